"""Texts to people: a row first, then the carrier, each once.

A row is written in the transaction of the event it tells about, under a key that makes the same news twice impossible. A
task hands it to the carrier; what that answers decides the state. When the answer is lost the text is looked up in the
carrier's log before it is tried again, because the carrier's create is not idempotent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from hotline import live, segments, wording
from hotline.carriers.twilio import client as carrier
from hotline.carriers.twilio.errors import REASON_OF_ERROR
from hotline.handlers import handlers
from hotline.locks import hold_number
from hotline.models import Line, Message, OptOut, User
from hotline.wake import wake

log = logging.getLogger(__name__)
S, R = Message.State, Message.Reason
MOST_ATTEMPTS = 12
BACKOFF_SECONDS = (2, 5, 10, 30, 60)  # the last one for every further try
# Told although the number has opted out: that it is so, and that it is no longer so.
DESPITE_OPT_OUT = frozenset({"opted_out", "opted_in"})
FINAL = (S.DELIVERED, S.UNDELIVERED, S.FAILED, S.SUPPRESSED)
# How far a text is; a report never takes it back.
RANK = {
    S.QUEUED: 0,
    S.SENDING: 1,
    S.UNKNOWN: 1,
    S.ACCEPTED: 2,
    S.SENT: 3,
    S.DELIVERED: 4,
    S.UNDELIVERED: 4,
    S.FAILED: 4,
}
REPORTED = {
    "accepted": S.ACCEPTED,
    "queued": S.ACCEPTED,
    "scheduled": S.ACCEPTED,
    "sending": S.ACCEPTED,
    "sent": S.SENT,
    "delivered": S.DELIVERED,
    "read": S.DELIVERED,
    "undelivered": S.UNDELIVERED,
    "failed": S.FAILED,
    "canceled": S.FAILED,
}


# writing


def send(
    *,
    line: Line,
    number: str,
    event: str,
    topic: str,
    words: Mapping[str, object],
    occasion: str = "",
    language: str = "zh-hans",
    category: str = "",
    level: int = 3,
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
) -> Message | None:
    """Queues the news of `event` about `topic`, once per occasion and number; the existing row when it is there already.

    None when nobody wrote a template for the event: that is logged as an error and never stops what happened.
    """
    try:
        template = wording.find(event, language, category)
    except wording.NoTemplate:
        log.error("no template for %s, nothing is sent about %s", event, topic)
        return None
    return _queue(
        Message(
            line=line,
            number=number,
            body=wording.fill(template.body, words),
            language=template.language,
            purpose=event,
            topic=topic,
            idempotency_key=f"{event}/{topic}/{occasion}/{number}"[:120],
            level=level,
            expires_at=expires_at,
            not_before=not_before,
        )
    )


def send_text(
    *,
    line: Line,
    number: str,
    body: str,
    topic: str,
    key: str,
    level: int = 3,
    language: str = "zh-hans",
    author: User | None = None,
) -> Message:
    """Queues free text of an agent's; `key` makes a second press the same message."""
    return _queue(
        Message(
            line=line,
            number=number,
            body=body,
            language=language,
            purpose="free",
            topic=topic,
            idempotency_key=f"free/{topic}/{key}"[:120],
            level=level,
            author=author,
        )
    )


def _queue(message: Message) -> Message:
    from hotline.tasks import send_message

    message.direction = Message.Direction.OUT
    message.state, message.reason = _first_state(message)
    message.segments = segments.size(message.body).segments
    if message.state == S.SUPPRESSED:
        message.ended_at = timezone.now()
    Message.objects.bulk_create([message], ignore_conflicts=True)
    kept = Message.objects.get(idempotency_key=message.idempotency_key)
    if kept.state == S.QUEUED:
        wake(send_message, kept.pk)
    return kept


def _first_state(message: Message) -> tuple[str, str]:
    if not can_take_texts(message.number):
        return S.SUPPRESSED, R.BAD_NUMBER
    if message.purpose not in DESPITE_OPT_OUT and is_opted_out(message.line, message.number):
        return S.SUPPRESSED, R.OPTED_OUT
    return S.QUEUED, R.NONE


def can_take_texts(number: str) -> bool:
    """Whether this is a whole telephone number: not withheld, not a short code, not an address."""
    return number.startswith("+") and number[1:].isdigit() and 7 < len(number) < 17


def is_opted_out(line: Line, number: str) -> bool:
    return OptOut.objects.filter(line=line, number=number, ended_at=None).exists()


def supersede(topic: str, events: Iterable[str]) -> int:
    """Newer news took their place: what is still queued about this topic of these events is not sent."""
    return Message.objects.filter(topic=topic, purpose__in=list(events), state=S.QUEUED).update(
        state=S.SUPPRESSED, reason=R.SUPERSEDED, ended_at=timezone.now()
    )


# sending


def deliver(message_id: int) -> str:
    """Hands one queued text to the carrier and returns its state; safe to call any number of times at once."""
    message = _claim(message_id)
    if message is None:
        return ""
    if message.expires_at and message.expires_at <= timezone.now():
        return _settle(message, S.SUPPRESSED, R.TOO_OLD)
    if message.purpose not in DESPITE_OPT_OUT and is_opted_out(message.line, message.number):
        return _settle(message, S.SUPPRESSED, R.OPTED_OUT)
    try:
        sid = carrier.send_text(
            to=message.number,
            from_=str(message.line.number),
            body=message.body,
            status_path=reverse("line:message-status", args=[message.pk]),
        )
    except carrier.AnswerLost as lost:
        log.warning("message %s: answer lost (%s)", message.pk, lost)
        return _advance(message, S.UNKNOWN, from_=(S.SENDING,))
    except carrier.CarrierError as error:
        log.warning("message %s: carrier says %s", message.pk, error)
        if error.permanent or message.attempts >= MOST_ATTEMPTS:
            return _settle(message, S.FAILED, REASON_OF_ERROR.get(error.code, R.CARRIER_ERROR), error.code)
        return _again_later(message)
    return _accepted(message, sid)


def _claim(message_id: int) -> Message | None:
    now = timezone.now()
    claimed = Message.objects.filter(Q(not_before=None) | Q(not_before__lte=now), pk=message_id, state=S.QUEUED).update(
        state=S.SENDING, sending_at=now, attempts=F("attempts") + 1
    )
    return Message.objects.select_related("line").get(pk=message_id) if claimed else None


def _accepted(message: Message, sid: str) -> str:
    """The carrier's id is written whatever a quicker report has made of the state already."""
    Message.objects.filter(pk=message.pk, sid="").update(sid=sid, accepted_at=timezone.now())
    return _advance(message, S.ACCEPTED, from_=(S.SENDING, S.UNKNOWN))


def _advance(message: Message, state: str, from_: Iterable[str], **changes: Any) -> str:
    Message.objects.filter(pk=message.pk, state__in=list(from_)).update(state=state, **changes)
    return state


def _again_later(message: Message) -> str:
    wait = BACKOFF_SECONDS[min(message.attempts, len(BACKOFF_SECONDS)) - 1]
    later = timezone.now() + timedelta(seconds=wait)
    return _advance(message, S.QUEUED, from_=(S.SENDING, S.UNKNOWN), not_before=later)


def _settle(message: Message, state: str, reason: str = "", code: int | None = None) -> str:
    """Ends a text's way; one that will not arrive is handed on, so that somebody calls instead."""
    with transaction.atomic():
        hold_number(message.number)
        changed = (
            Message.objects.filter(pk=message.pk)
            .exclude(state__in=FINAL)
            .update(state=state, reason=reason, carrier_error=code, ended_at=timezone.now())
        )
        if changed and state in (S.FAILED, S.UNDELIVERED):
            message.refresh_from_db()
            handlers().message_undeliverable(message)
    return state


# reports


def reported(message_id: int, sid: str, status: str, code: int | None) -> bool:
    """The carrier's delivery report, in any order and any number of times. False for one we cannot read."""
    state = REPORTED.get(status)
    message = Message.objects.filter(pk=message_id, direction=Message.Direction.OUT).first()
    if state is None or message is None:
        return False
    # also the answer to a create whose answer was lost
    Message.objects.filter(pk=message_id, sid="").update(sid=sid, accepted_at=timezone.now())
    if state in (S.FAILED, S.UNDELIVERED):
        _settle(message, state, REASON_OF_ERROR.get(code or 0, R.CARRIER_ERROR), code)
        return True
    before = [s for s, rank in RANK.items() if rank < RANK[state] and s != S.QUEUED]
    times = (
        {"sent_at": timezone.now()} if state == S.SENT else {"ended_at": timezone.now()} if state == S.DELIVERED else {}
    )
    _advance(message, state, before, **times)
    if message.topic:
        live.publish(message.topic, "message")
    return True


# the sweep


def due(limit: int = 500) -> list[int]:
    """Queued texts whose time has come, most urgent first: what a lost nudge or a backoff left behind."""
    now = timezone.now()
    waiting = Message.objects.filter(Q(not_before=None) | Q(not_before__lte=now), state=S.QUEUED)
    return list(waiting.order_by("level", "id").values_list("pk", flat=True)[:limit])


def unsettled(limit: int = 200) -> list[int]:
    """Texts whose answer was lost, or whose worker died while asking, long enough ago that nothing is still under way."""
    before = timezone.now() - timedelta(seconds=settings.LOOK_UP_AFTER_SECONDS)
    lost = Message.objects.filter(state__in=[S.SENDING, S.UNKNOWN], sending_at__lt=before)
    return list(lost.order_by("sending_at").values_list("pk", flat=True)[:limit])


def look_up(message_id: int) -> str:
    """Looks for the text in the carrier's log: takes its id when it is there, queues it again when it is not."""
    message = Message.objects.select_related("line").get(pk=message_id)
    if message.state not in (S.SENDING, S.UNKNOWN) or message.sending_at is None:
        return message.state
    if message.sid:
        return _advance(message, S.ACCEPTED, from_=(S.SENDING, S.UNKNOWN))
    since = message.sending_at.replace(microsecond=0) - timedelta(seconds=5)
    try:
        rows = carrier.texts_sent(to=message.number, from_=str(message.line.number), since=since)
    except (carrier.CarrierError, carrier.AnswerLost) as error:
        log.warning("message %s: log not to be had (%s)", message.pk, error)
        return message.state
    same = [row for row in rows if row.body == message.body]
    taken = set(Message.objects.filter(sid__in=[row.sid for row in same]).values_list("sid", flat=True))
    ours = next((row for row in same if row.sid not in taken), None)
    if ours is None:
        return _again_later(message)
    _accepted(message, ours.sid)
    reported(message.pk, ours.sid, ours.status, ours.error)
    return S.ACCEPTED
