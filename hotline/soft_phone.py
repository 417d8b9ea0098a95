"""The browser phone: Twilio's Voice SDK in a window of its own, offered when the account's API key is set.

It lives in its own window, so that going from page to page at the desk never ends a talk. While it is registered and has a
microphone it says so every few seconds and is rung in the place of the desk phone; when it falls silent, the desk phone
rings again. It only takes calls: who is dialled is the line's business (hotline.outgoing).
"""

from __future__ import annotations

from datetime import timedelta

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from hotline import live, phones, presence
from hotline.access import AGENT, SUPERVISOR, roles
from hotline.models import Presence, User

TOKEN_SECONDS = 600
THERE_SECONDS = 50  # it says so every 20
# What the SDK talks to, and nothing else: signalling, its own quality events, and its ringing sounds.
NEEDS = {
    "connect-src": [
        "'self'",
        "wss://voice-js.roaming.twilio.com",
        "https://eventgw.twilio.com",
        "https://sdk.twilio.com",
    ],
    "media-src": ["'self'", "mediastream:", "blob:", "https://sdk.twilio.com"],
}


def is_offered() -> bool:
    return all((settings.TWILIO_API_KEY, settings.TWILIO_API_SECRET, settings.TWILIO_TWIML_APP_SID))


def is_there(user: User) -> bool:
    """Whether this user's browser phone is rung now."""
    return Presence.objects.filter(user=user, soft_phone_until__gt=timezone.now()).exists()


def access_token(user: User) -> str:
    """Good for ten minutes, for voice, as this user and nobody else."""
    token = AccessToken(
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_API_KEY,
        settings.TWILIO_API_SECRET,
        identity=phones.identity(user),
        ttl=TOKEN_SECONDS,
    )
    token.add_grant(VoiceGrant(incoming_allow=True, outgoing_application_sid=settings.TWILIO_TWIML_APP_SID))
    return str(token.to_jwt())


def says_it_is_there(user: User) -> None:
    _until(user, timezone.now() + timedelta(seconds=THERE_SECONDS))


def says_it_is_gone(user: User) -> None:
    _until(user, None)


def _until(user: User, until: object) -> None:
    was = presence.of(user).soft_phone_until
    Presence.objects.filter(user=user).update(soft_phone_until=until)
    if (was is not None and was > timezone.now()) != (until is not None):
        live.publish(f"desk:{user.pk}", "phone")


# the window


def _offered() -> None:
    if not is_offered():
        raise Http404


@roles(AGENT, SUPERVISOR)
@never_cache
@csp_update(NEEDS)
def window(request: HttpRequest) -> HttpResponse:
    """The telephone itself."""
    _offered()
    user: User = request.user  # type: ignore[assignment]
    return render(request, "hotline/soft_phone.html", {"desk_phone": user.desk_phone})


@roles(AGENT, SUPERVISOR)
@require_POST
@never_cache
def token(request: HttpRequest) -> HttpResponse:
    """A token for whoever is logged in; nobody asks for somebody else's."""
    _offered()
    return JsonResponse({"token": access_token(request.user), "seconds": TOKEN_SECONDS})  # type: ignore[arg-type]


@roles(AGENT, SUPERVISOR)
@require_POST
def state(request: HttpRequest, what: str) -> HttpResponse:
    """The window says that it is there, or that it is not."""
    _offered()
    act = {"there": says_it_is_there, "gone": says_it_is_gone}.get(what)
    if act is None:
        raise Http404
    act(request.user)  # type: ignore[arg-type]
    return HttpResponse(status=204)
