"""After a failed stop the case has a next step at once: by the reason, and by how often it has been tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models import Callback
from dispatch.models import Stop
from dispatch.trip_lifecycle import StopState

Why = Stop.FailedReason


class Next(models.TextChoices):
    """What happens with the case, in one word."""

    RETRY_TODAY = "retry_today", _("tried again today")
    OTHER_WINDOW = "other_window", _("planned for another time")
    OTHER_RECEIVER = "other_receiver", _("somebody else may receive it: call")
    CALL_BACK = "call_back", _("call the resident first")
    AGENT = "agent", _("an agent clears it up")
    NEW_GOODS = "new_goods", _("the goods are looked for again")


@dataclass(frozen=True)
class Follow:
    """The next step: held for that long while somebody calls (`call`), or straight back."""

    next: Next
    hold: timedelta | None = None
    call: str = ""


HOURS = {n: timedelta(hours=n) for n in (1, 3, 6, 12)}
# By reason: what follows the first time, and what follows when the same has happened before.
AT_THE_DOOR: dict[str, tuple[Follow, Follow]] = {
    Why.GATE_REFUSED: (
        Follow(Next.OTHER_RECEIVER, HOURS[3], Callback.Kind.CLARIFY),
        Follow(Next.AGENT, HOURS[6], Callback.Kind.CLARIFY),
    ),
    Why.NO_ANSWER: (
        Follow(Next.RETRY_TODAY, HOURS[1], Callback.Kind.CLARIFY),
        Follow(Next.CALL_BACK, HOURS[12], Callback.Kind.CLARIFY),
    ),
    Why.WRONG_ADDRESS: (
        Follow(Next.AGENT, HOURS[6], Callback.Kind.CLARIFY),
        Follow(Next.AGENT, HOURS[12], Callback.Kind.CLARIFY),
    ),
    Why.NOT_WANTED: (
        Follow(Next.CALL_BACK, HOURS[12], Callback.Kind.CONFIRM),
        Follow(Next.CALL_BACK, HOURS[12], Callback.Kind.CONFIRM),
    ),
    Why.TURNED_BACK: (Follow(Next.OTHER_WINDOW), Follow(Next.OTHER_WINDOW)),
    Why.GOODS_DAMAGED: (Follow(Next.NEW_GOODS), Follow(Next.NEW_GOODS)),
    Why.GOODS_MISSING: (Follow(Next.NEW_GOODS), Follow(Next.NEW_GOODS)),
    Why.OTHER: (
        Follow(Next.AGENT, HOURS[3], Callback.Kind.CLARIFY),
        Follow(Next.AGENT, HOURS[6], Callback.Kind.CLARIFY),
    ),
}


def rule(stop: Stop) -> Follow:
    """What follows this failed stop. At the counter it is the goods that are not to be had, but for the check-point."""
    if stop.kind == Stop.Kind.PICKUP:
        return Follow(Next.OTHER_WINDOW) if stop.failed_reason == Why.TURNED_BACK else Follow(Next.NEW_GOODS)
    first, again = AT_THE_DOOR[stop.failed_reason]
    return again if _before(stop) else first


def why(stop: Stop, follow: Follow, words: str = "") -> str:
    """The reason as the history keeps it: what happened, what the driver said, what comes next."""
    happened = str(stop.get_failed_reason_display())
    return f"{happened}{f': {words}' if words else ''} → {follow.next.label}"


def _before(stop: Stop) -> bool:
    """Whether a hand-over of this case has failed for the same reason before."""
    same = Stop.objects.filter(case=stop.case_id, kind=stop.kind, state=StopState.FAILED)
    return same.filter(failed_reason=stop.failed_reason).exclude(pk=stop.pk).exists()
