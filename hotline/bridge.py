"""Two people outside speak through the line's number: one is rung, or rings us, then the other. Nobody's number is shown.

Who may be bridged with whom is the business of the package that knows them (dispatch): it asks here, or registers for callers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from hotline.carriers.twilio import client as carrier
from hotline.locks import hold
from hotline.models import BridgedCall, Line
from hotline.wake import wake

log = logging.getLogger(__name__)
B = BridgedCall.State
# Nobody talks for so long: a report was lost.
LONGEST = timedelta(minutes=30)


@dataclass(frozen=True)
class Target:
    """Whom a caller at work can be connected with."""

    topic: str
    number: str
    language: str = "zh-hans"


Known = Callable[[Line, str], Target | None]
_known: list[Known] = []


def know_callers(known: Known) -> None:
    """Registers who can say whether a caller is somebody at work who can be connected."""
    if known not in _known:
        _known.append(known)


def for_caller(line: Line, number: str) -> Target | None:
    """Whom this caller could be connected with; asked for every call that comes in, and writes nothing."""
    return next((target for target in (known(line, number) for known in _known) if target), None)


def connect(line: Line, *, topic: str, first: str, second: str, language: str = "zh-hans") -> BridgedCall:
    """Rings `first`, and `second` when that one has picked up. The call under way when there is one about `topic`."""
    from hotline.tasks import ring_bridge

    with transaction.atomic():
        hold(f"bridge:{topic}")
        live = BridgedCall.objects.filter(topic=topic, ended_at=None).first()
        if live:
            return live
        made = BridgedCall.objects.create(line=line, topic=topic, first=first, second=second, language=language)
        wake(ring_bridge, made.pk)
        return made


def ring(bridge_id: int) -> None:
    """Asks the carrier to ring the first telephone; once."""
    if not BridgedCall.objects.filter(pk=bridge_id, state=B.ASKED).update(state=B.RINGING):
        return
    bridge = BridgedCall.objects.select_related("line").get(pk=bridge_id)
    try:
        sid = carrier.place_call(
            to=bridge.first,
            from_=str(bridge.line.number),
            answer_path=reverse("line:bridge", args=[bridge.pk]),
            status_path=reverse("line:bridge-status", args=[bridge.pk]),
            ring_seconds=settings.RING_SECONDS,
        )
    except carrier.AnswerLost:
        return  # its own reports tell
    except carrier.CarrierError as error:
        log.warning("bridge %s: not rung (%s)", bridge.pk, error)
        ended(bridge.pk)
        return
    BridgedCall.objects.filter(pk=bridge.pk, sid="").update(sid=sid)


def calling_in(line: Line, target: Target, number: str, sid: str) -> BridgedCall:
    """Somebody at work called us and asked to be connected; the same call again is the same row."""
    with transaction.atomic():
        hold(f"bridge:{target.topic}")
        known = BridgedCall.objects.filter(sid=sid).first()
        if known:
            return known
        now = timezone.now()
        BridgedCall.objects.filter(topic=target.topic, ended_at=None).update(state=B.FAILED, ended_at=now)
        return BridgedCall.objects.create(
            line=line,
            topic=target.topic,
            first=number,
            second=target.number,
            language=target.language,
            sid=sid,
            state=B.RINGING,
        )


def talked(bridge_id: int) -> None:
    """The second telephone was picked up and they spoke."""
    BridgedCall.objects.filter(pk=bridge_id, answered_at=None).update(answered_at=timezone.now(), state=B.OVER)


def ended(bridge_id: int) -> None:
    """The call is over, for both."""
    live = BridgedCall.objects.filter(pk=bridge_id, ended_at=None)
    live.filter(answered_at=None).update(state=B.FAILED)
    live.update(ended_at=timezone.now())


def sweep(limit: int = 50) -> int:
    """Calls that were never rung because a nudge was lost, and those whose end nobody reported. Returns how many."""
    from hotline.tasks import ring_bridge

    now = timezone.now()
    lost = BridgedCall.objects.filter(state=B.ASKED, ended_at=None, asked_at__lt=now - timedelta(seconds=10))
    for pk in lost.values_list("pk", flat=True)[:limit]:
        wake(ring_bridge, pk)
    old = BridgedCall.objects.filter(ended_at=None, asked_at__lt=now - LONGEST).values_list("pk", flat=True)[:limit]
    for pk in old:
        ended(pk)
    return len(old)
