"""Whether an agent can take a call: the one place of truth, and the only writer of Presence.

Each change is one conditional update, so two who change it at once cannot both win. A heartbeat of the open desk keeps an
agent on duty; without one the sweep signs the agent off, unless on a call.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline import live
from hotline.models import Presence, PresenceSpan, User

P = Presence.State
FREE_TO_CHOOSE = (P.OFFLINE, P.AVAILABLE, P.BREAK, P.WRAP_UP)
ON_DUTY = (P.AVAILABLE, P.RINGING, P.ON_CALL, P.WRAP_UP)
NO_ANSWER = "no answer"  # set by routing when the desk phone was not picked up


class NotNow(Exception):
    """The agent cannot change to that now; the text says why."""


def of(user: User) -> Presence:
    return Presence.objects.get_or_create(user=user)[0]


def change(user: User, to: str, *, sources: Iterable[str], reason: str = "", until: datetime | None = None) -> bool:
    """Moves the agent from one of `sources`; False when the agent is in none of them (somebody was quicker)."""
    counts = not of(user).practice  # a shift of practice is nobody's time on duty
    now = timezone.now()
    with transaction.atomic():
        changed = Presence.objects.filter(user=user, state__in=list(sources)).update(
            state=to, reason=reason[:60], since=now, until=until
        )
        if changed:  # the row is ours until the commit, so spans of one agent never overlap
            PresenceSpan.objects.filter(user=user, ended_at=None).update(ended_at=now)
            if to != P.OFFLINE and counts:
                PresenceSpan.objects.create(user=user, state=to, reason=reason[:60], began_at=now)
    if changed:
        live.publish(f"desk:{user.pk}", "presence", state=str(to))
        live.publish("board", "presence")
    return bool(changed)


def go_available(user: User) -> None:
    """The next caller may be offered from now on; also ends wrap-up and a break."""
    from hotline import calls, phones, routing

    if not of(user).practice and not phones.address(user):
        raise NotNow(phones.without_a_phone())
    calls.wrap_up_done(user)
    if not change(user, P.AVAILABLE, sources=FREE_TO_CHOOSE):
        raise NotNow(_("You are on a call."))
    beat(user)
    routing.offer_soon()


def take_break(user: User, reason: str = "") -> None:
    """No calls until the agent says so."""
    from hotline import calls

    calls.wrap_up_done(user)
    if not change(user, P.BREAK, sources=FREE_TO_CHOOSE, reason=reason):
        raise NotNow(_("You are on a call."))
    beat(user)


def sign_off(user: User) -> None:
    """Off duty."""
    from hotline import calls

    calls.wrap_up_done(user)
    if not change(user, P.OFFLINE, sources=FREE_TO_CHOOSE):
        raise NotNow(_("You are on a call."))


def beat(user: User) -> None:
    """The agent's desk is open; called every few seconds by the page."""
    Presence.objects.filter(user=user).update(heartbeat_at=timezone.now())


def start_wrap_up(user: User) -> None:
    """After a call: time to note the outcome, ends by itself."""
    until = timezone.now() + timedelta(seconds=settings.WRAP_UP_SECONDS)
    change(user, P.WRAP_UP, sources=(P.ON_CALL, P.RINGING), until=until)


def more_time(user: User) -> None:
    """Doubles the wrap-up once."""
    until = timezone.now() + timedelta(seconds=settings.WRAP_UP_SECONDS)
    done = (
        Presence.objects.filter(user=user, state=P.WRAP_UP)
        .exclude(reason="more time")
        .update(until=until, reason="more time")
    )
    if not done:
        raise NotNow(_("There was more time already."))
    live.publish(f"desk:{user.pk}", "presence", state=P.WRAP_UP)


def finish_wrap_up(user: User) -> None:
    """Done: the next caller may come."""
    go_available(user)


def alive() -> Q:
    """Whose desk is open. A call goes on without the desk's page."""
    since = timezone.now() - timedelta(seconds=settings.PRESENCE_TIMEOUT_SECONDS)
    return Q(heartbeat_at__gte=since) | Q(state__in=(P.RINGING, P.ON_CALL))


def on_duty(*, practice: bool = False) -> QuerySet[Presence]:
    """Who takes callers now or as soon as the present one is served."""
    return Presence.objects.filter(alive(), state__in=ON_DUTY, practice=practice)


def anybody_at_work(*, practice: bool = False) -> bool:
    """Whether anybody is there to answer now or soon: who is on a break comes back, whose desk is silent does not."""
    return Presence.objects.exclude(state=P.OFFLINE).filter(alive(), practice=practice).exists()


def end_wrap_ups() -> int:
    """Sweep: wrap-ups whose time is over; the agent is available again. The sweep is no sign of life of the desk."""
    from hotline import calls, routing

    over = Presence.objects.filter(state=P.WRAP_UP, until__lte=timezone.now()).select_related("user")
    ended = 0
    for presence in over:
        calls.wrap_up_done(presence.user)
        ended += change(presence.user, P.AVAILABLE, sources=(P.WRAP_UP,))
    if ended:
        routing.offer_soon()
    return ended


def sign_off_silent() -> int:
    """Sweep: agents whose desk said nothing for a while (closed laptop, lost line) are off duty; their calls go on."""
    silent = timezone.now() - timedelta(seconds=settings.PRESENCE_TIMEOUT_SECONDS)
    gone = Presence.objects.filter(state__in=FREE_TO_CHOOSE, heartbeat_at__lt=silent).exclude(state=P.OFFLINE)
    signed_off = 0
    for presence in gone.select_related("user"):
        signed_off += change(presence.user, P.OFFLINE, sources=(presence.state,), reason="no sign of life")
    return signed_off
