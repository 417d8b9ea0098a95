"""A second factor after the password: a code from an app (TOTP, RFC 6238), or one of the recovery codes kept on paper.

Asked of supervisors, dispatchers and administrators when SECOND_FACTOR is on, as in production, and of whoever has set one up.
The session says whether it has been given, so that no page asks the database. Whoever guesses is slowed down by the device
itself (django-otp) and locked out like whoever guesses passwords (axes).
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import django_otp
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from hotline.access import ADMINISTRATOR, DISPATCHER, SUPERVISOR
from hotline.models import User

log = logging.getLogger(__name__)
ROLES = frozenset({SUPERVISOR, DISPATCHER, ADMINISTRATOR})
KEY = "second_factor"  # in the session
ASKED, GIVEN = "asked", "given"
CODES = 10


def is_required_of(user: Any) -> bool:
    return settings.SECOND_FACTOR and getattr(user, "role", "") in ROLES


def is_missing(request: HttpRequest) -> bool:
    """Whether this log-in has still to give it. Asks the session only."""
    said = request.session.get(KEY)
    return said != GIVEN and (said == ASKED or is_required_of(request.user))


def is_given(request: HttpRequest) -> bool:
    return request.session.get(KEY) == GIVEN


@receiver(user_logged_in)
def _logged_in(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Each log-in begins without it; who has set one up is asked for it whatever the role."""
    if request is None or not hasattr(request, "session"):
        return
    request.session.pop(KEY, None)
    if is_set_up(user):
        request.session[KEY] = ASKED


def is_set_up(user: Any) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


# giving it


def check(request: HttpRequest, code: str) -> bool:
    """Whether the code is right: of the app, once, or a recovery code, once for ever. A wrong one counts as a failed log-in."""
    user: User = request.user  # type: ignore[assignment]
    device = django_otp.match_token(user, code.replace(" ", "").replace("-", "").lower())
    if device is None:
        log.warning("second factor refused: user %s", user.pk)
        user_login_failed.send(sender=__name__, credentials={"username": user.get_username()}, request=request)
        return False
    if isinstance(device, StaticDevice):
        log.warning("recovery code used: user %s, %d left", user.pk, device.token_set.count())
    _pass(request)
    return True


def _pass(request: HttpRequest) -> None:
    request.session[KEY] = GIVEN
    request.session.cycle_key()


def waits_until(user: User) -> datetime | None:
    """Until when the next code is not even looked at, after wrong ones."""
    waits = []
    for device in TOTPDevice.objects.filter(user=user, confirmed=True):
        allowed, why = device.verify_is_allowed()
        if not allowed and why and why.get("locked_until"):
            waits.append(why["locked_until"])
    return max(waits, default=None)


# setting it up


def device_to_confirm(user: User) -> TOTPDevice:
    """The one being set up; the same one until it is confirmed, so that a reload shows the same picture."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).order_by("id").last()
    return device or TOTPDevice.objects.create(user=user, name="app", confirmed=False)


def confirm(request: HttpRequest, code: str) -> list[str]:
    """The app shows the right code: from now on it is asked for. Returns fresh recovery codes, or [] when the code is wrong."""
    user: User = request.user  # type: ignore[assignment]
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().get(pk=device_to_confirm(user).pk)
        allowed, _why = device.verify_is_allowed()
        if not allowed or not device.verify_token(code.replace(" ", "")):
            return []
        TOTPDevice.objects.filter(user=user, confirmed=True).delete()
        device.confirmed = True
        device.save()
        codes = renew_codes(user)
    log.info("second factor set up: user %s", user.pk)
    _pass(request)
    return codes


def renew_codes(user: User) -> list[str]:
    """Ten fresh recovery codes; the earlier ones are void."""
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="recovery codes")
        codes = [StaticToken.random_token() for _ in range(CODES)]
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def reset(user: User, by: User) -> None:
    """Telephone and paper are lost: the next log-in sets it up anew. An administrator has made sure who asks.

    Whoever is logged in as this user is logged out: the telephone may be in somebody else's hands.
    """
    with transaction.atomic():
        TOTPDevice.objects.filter(user=user).delete()
        StaticDevice.objects.filter(user=user).delete()
        ended = _end_sessions(user)
    log.warning("second factor of user %s reset by user %s, %d sessions ended", user.pk, by.pk, ended)


def _end_sessions(user: User) -> int:
    """A session says whose it is in its content only: all that are open are read, which is done once in a while."""
    ended = 0
    for kept in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if kept.get_decoded().get(SESSION_KEY) == str(user.pk):
            SessionStore(kept.session_key).delete()  # in the cache too
            ended += 1
    return ended
