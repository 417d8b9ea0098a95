"""What came in while we could not hear it. The carrier does not repeat a webhook that failed, but it keeps a log."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.utils import timezone

from hotline import inbox, incidents, line_tests
from hotline.carriers.twilio import client as carrier
from hotline.models import Call, InboundEvent, Line

log = logging.getLogger(__name__)
OVERLAP = timedelta(minutes=3)  # the two clocks, and what was under way while we asked
FIRST_LOOK = timedelta(hours=24)
MISSED = frozenset({"completed", "failed", "no-answer", "busy", "canceled"})


def catch_up() -> int:
    """Keeps every text and every ended call of the carrier's log that we do not have; returns how many there were."""
    return sum(_catch_up(line) for line in Line.objects.filter(active=True))


def _catch_up(line: Line) -> int:
    began = timezone.now()
    since = (line.caught_up_until or began - FIRST_LOOK) - OVERLAP
    number = str(line.number)
    texts = _unknown("message", "MessageSid", carrier.texts_received(to=number, since=since))
    calls = _unknown("call", "CallSid", carrier.calls_received(to=number, since=since))
    written_down = set(Call.objects.filter(sid__in=[c["CallSid"] for c in calls]).values_list("sid", flat=True))
    # a test of the line that nobody heard is no caller
    calls = [c for c in calls if not line_tests.is_test_call(c)]
    calls = [c for c in calls if c["CallStatus"] in MISSED and c["CallSid"] not in written_down]
    for kind, sid, found in (("message", "MessageSid", texts), ("call", "CallSid", calls)):
        for payload in found:
            inbox.keep(kind, payload[sid], number=payload["From"], payload=payload)
    if texts or calls:
        inbox.wake_taker()
    Line.objects.filter(pk=line.pk).update(caught_up_until=began)
    missed = len(calls) + sum(_is_older(text, began - inbox.WEBHOOK_TAKES) for text in texts)
    if missed and line.caught_up_until:  # the first look of all finds what came before we were there
        incidents.note(incidents.Found(incidents.Cause.WEBHOOKS, facts={"missed": missed}))
    if texts or calls:
        log.warning("line %s: %d texts and %d calls caught up", line.pk, len(texts), len(calls))
    return len(texts) + len(calls)


def _is_older(text: dict[str, str], than: datetime) -> bool:
    logged = text[carrier.LOGGED_AT]
    return bool(logged) and datetime.fromisoformat(logged) < than


def _unknown(kind: str, sid: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    known = set(
        InboundEvent.objects.filter(kind=kind, sid__in=[row[sid] for row in rows]).values_list("sid", flat=True)
    )
    return [row for row in rows if row[sid] not in known]
