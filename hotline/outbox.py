"""Texts to people: a row first, then the carrier, each once.

A row is written in the transaction of the event it tells about, under a key that makes the same news twice impossible. A
task hands it to the carrier; what that answers decides the state. When the answer is lost the text is looked up in the
carrier's log before it is tried again, because the carrier's create is not idempotent.

Each line has one sender at a time: it takes the most urgent texts first, at the pace the carrier takes them, and asks the carrier
for several at once. Only the asking is done on threads of its own; the rows are written by the sender.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone

from hotline import live, opening, restraint, segments, wording
from hotline.carriers.twilio import client as carrier
from hotline.carriers.twilio.errors import REASON_OF_ERROR
from hotline.handlers import handlers
from hotline.locks import alone, hold_number
from hotline.models import Line, Message, MessageTemplate, OptOut, User
from hotline.wake import wake

log = logging.getLogger(__name__)
S, R = Message.State, Message.Reason
MOST_ATTEMPTS = 12
BACKOFF_SECONDS = (2, 5, 10, 30, 60)  # the last one for every further try
SENDER_SECONDS = 5.0  # then it lets others have the worker, and goes on later
REFUSED_FOR_NOW_SECONDS = 1.0  # the whole line waits so long when the carrier refuses one text after the other
MADE_UP_FOR = timedelta(seconds=1)  # a sender that was held up for so long catches up with its pace
URGENT = (1, 2)  # told at night too
# Deliberately not sent, and so told by telephone.
CALL_INSTEAD = frozenset({R.BAD_NUMBER, R.BLOCKED, R.UNREACHABLE, R.DAILY_CAP})
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
            expires_at=expires_at or _stale_at(template),
            not_before=not_before or _not_at_night(template, line, level),
        )
    )


def _stale_at(template: MessageTemplate) -> datetime | None:
    minutes = template.stale_after_minutes
    return timezone.now() + timedelta(minutes=minutes) if minutes else None


def _not_at_night(template: MessageTemplate, line: Line, level: int) -> datetime | None:
    if not template.quiet_at_night or level in URGENT or not settings.QUIET_HOURS:
        return None
    return opening.after_the_night(line)


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


def send_test(line: Line, body: str, *, key: str, expires_at: datetime) -> Message:
    """Queues a test from end to end (hotline.line_tests), among the urgent ones: those must get through."""
    return _queue(
        Message(
            line=line,
            number=str(line.test_number),
            body=body,
            purpose=restraint.TEST,
            topic=f"line_test:{key}",
            idempotency_key=f"{restraint.TEST}/{key}",
            level=2,
            expires_at=expires_at,
        )
    )


def _queue(message: Message) -> Message:
    from hotline.tasks import send_texts

    message.direction = Message.Direction.OUT
    message.state, message.reason = _first_state(message)
    message.segments = segments.size(message.body).segments
    if message.state == S.SUPPRESSED:
        message.ended_at = timezone.now()
    Message.objects.bulk_create([message], ignore_conflicts=True)
    kept = Message.objects.get(idempotency_key=message.idempotency_key)
    if kept.state == S.QUEUED:
        wake(send_texts, kept.line_id)
    return kept


def _first_state(message: Message) -> tuple[str, str]:
    if not can_take_texts(message.number):
        return S.SUPPRESSED, R.BAD_NUMBER
    if message.purpose not in DESPITE_OPT_OUT and is_opted_out(message.line, message.number):
        return S.SUPPRESSED, R.OPTED_OUT
    return S.QUEUED, R.NONE


def can_take_texts(number: str) -> bool:
    """Whether this is a whole telephone number: not withheld, not a short code, not an address."""
    return number.startswith("+") and number[1:].isdecimal() and 7 < len(number) < 17


def is_opted_out(line: Line, number: str) -> bool:
    return OptOut.objects.filter(line=line, number=number, ended_at=None).exists()


def supersede(topic: str, events: Iterable[str]) -> int:
    """Newer news took their place: what is still queued about this topic of these events is not sent."""
    return Message.objects.filter(topic=topic, purpose__in=list(events), state=S.QUEUED).update(
        state=S.SUPPRESSED, reason=R.SUPERSEDED, ended_at=timezone.now()
    )


# sending


def send_queued(line_id: int) -> int:
    """Hands the line's queued texts to the carrier until none is left or others want the worker; returns how many.

    Whoever comes while a sender is at work returns at once: that one finds the new text itself, else the sweep does.
    """
    from hotline.tasks import send_texts

    sent = 0
    until = time.monotonic() + SENDER_SECONDS
    while _waiting(line_id).exists():
        if time.monotonic() > until:
            wake(send_texts, line_id)
            break
        with alone(f"sender:{line_id}") as first:
            if not first:
                break
            sent += _Sender(line_id).send(until)
    return sent


class _Sender:
    """One run over the queued texts of a line. `turn` is when the next may leave."""

    def __init__(self, line_id: int) -> None:
        self.line = Line.objects.get(pk=line_id)
        before, now = self.line.next_text_at, timezone.now()
        self.turn = before if before and before > now - MADE_UP_FOR else now  # the one before has only just stopped
        self.under_way: dict[Future[str], Message] = {}
        self.refused = 0  # in a row

    def send(self, until: float) -> int:
        sent = 0
        with ThreadPoolExecutor(settings.SENDER_THREADS, thread_name_prefix="sender") as threads:
            while time.monotonic() < until:
                if not _waiting(self.line.pk).exists():
                    if not self.under_way:
                        break
                    self._note_answers()
                    continue
                room = settings.SENDER_THREADS - len(self.under_way)
                for message in _claim_urgent(self.line, min(room, self._allowed())):
                    if self._goes_out(message):
                        self.under_way[threads.submit(_ask, message)] = message
                        sent += 1
                self._note_answers(seconds=0)
            while self.under_way:
                self._note_answers()
        Line.objects.filter(pk=self.line.pk).update(next_text_at=self.turn)
        return sent

    def _allowed(self) -> int:
        """How many may leave now, after waiting for the turn of the first."""
        ahead = (self.turn - timezone.now()).total_seconds()
        if ahead > 0:
            self._note_answers(seconds=ahead)
            time.sleep(max(0.0, (self.turn - timezone.now()).total_seconds()))
        late = timezone.now() - self.turn
        return 1 + int(late.total_seconds() * self.line.texts_per_second)

    def _goes_out(self, message: Message) -> bool:
        reason = _why_not(message)
        if reason:
            _settle(message, S.SUPPRESSED, reason)
            return False
        made_up_for = max(self.turn, timezone.now() - MADE_UP_FOR)
        self.turn = made_up_for + timedelta(seconds=1 / self.line.texts_per_second)
        return True

    def _note_answers(self, seconds: float | None = None) -> None:
        """Writes down what the carrier has answered, after waiting for one answer for so long at most."""
        if len(self.under_way) >= settings.SENDER_THREADS:
            seconds = None
        for answer in wait(self.under_way, seconds, FIRST_COMPLETED).done:
            message = self.under_way.pop(answer)
            self.refused = self.refused + 1 if _answered(message, answer) == S.QUEUED else 0
            if self.refused > 1:
                self.turn = max(self.turn, timezone.now() + timedelta(seconds=REFUSED_FOR_NOW_SECONDS))


def deliver(message_id: int) -> str:
    """Hands one queued text to the carrier and returns its state; safe to call any number of times at once."""
    message = _claim(message_id)
    if message is None:
        return ""
    reason = _why_not(message)
    if reason:
        return _settle(message, S.SUPPRESSED, reason)
    answer: Future[str] = Future()
    try:
        answer.set_result(_ask(message))
    except (carrier.AnswerLost, carrier.CarrierError) as error:
        answer.set_exception(error)
    return _answered(message, answer)


def _why_not(message: Message) -> str:
    if message.expires_at and message.expires_at <= timezone.now():
        return R.TOO_OLD
    if message.purpose in DESPITE_OPT_OUT:
        return ""
    if is_opted_out(message.line, message.number):
        return R.OPTED_OUT
    return restraint.why_not(message)


def _ask(message: Message) -> str:
    """Runs on a thread without a database connection."""
    return carrier.send_text(
        to=message.number,
        from_=str(message.line.number),
        body=message.body,
        status_path=reverse("line:message-status", args=[message.pk]),
    )


def _answered(message: Message, answer: Future[str]) -> str:
    """Writes down what became of a text that was handed over."""
    error = answer.exception()
    if error is None:
        return _accepted(message, answer.result())
    if isinstance(error, carrier.CarrierError):
        log.warning("message %s: carrier says %s", message.pk, error)
        if error.permanent or message.attempts >= MOST_ATTEMPTS:
            return _settle(message, S.FAILED, REASON_OF_ERROR.get(error.code, R.CARRIER_ERROR), error.code)
        return _again_later(message)
    # whatever else went wrong, the carrier may have it
    log.warning("message %s: answer lost (%s)", message.pk, error)
    return _advance(message, S.UNKNOWN, from_=(S.SENDING,))


def _claim(message_id: int) -> Message | None:
    now = timezone.now()
    claimed = Message.objects.filter(Q(not_before=None) | Q(not_before__lte=now), pk=message_id, state=S.QUEUED).update(
        state=S.SENDING, sending_at=now, attempts=F("attempts") + 1
    )
    return Message.objects.select_related("line").get(pk=message_id) if claimed else None


def _claim_urgent(line: Line, limit: int) -> list[Message]:
    """The line's next texts, most urgent first, now being sent."""
    now = timezone.now()
    with transaction.atomic():
        waiting = _waiting(line.pk).select_for_update(no_key=True, skip_locked=True)
        messages = list(waiting.order_by("level", "id")[:limit])
        if messages:
            Message.objects.filter(pk__in=[message.pk for message in messages]).update(
                state=S.SENDING, sending_at=now, attempts=F("attempts") + 1
            )
    for message in messages:
        message.line, message.state, message.sending_at = line, S.SENDING, now
        message.attempts += 1
    return messages


def _waiting(line_id: int | None = None) -> QuerySet[Message]:
    """Queued texts whose time has come."""
    now = timezone.now()
    found = Message.objects.filter(Q(not_before=None) | Q(not_before__lte=now), state=S.QUEUED)
    return found if line_id is None else found.filter(line=line_id)


def _accepted(message: Message, sid: str) -> str:
    """The carrier's id is written whatever a quicker report has made of the state already."""
    on_the_way = When(state__in=(S.SENDING, S.UNKNOWN), then=Value(str(S.ACCEPTED)))
    try:
        Message.objects.filter(pk=message.pk, sid="").update(
            sid=sid, accepted_at=timezone.now(), state=Case(on_the_way, default=F("state"))
        )
    except IntegrityError:  # a look-up gave it to an equal text meanwhile: the look-up of this one finds that one's
        log.warning("message %s: %s is another one's", message.pk, sid)
    return S.ACCEPTED


def _advance(message: Message, state: str, from_: Iterable[str], **changes: Any) -> str:
    Message.objects.filter(pk=message.pk, state__in=list(from_)).update(state=state, **changes)
    return state


def _again_later(message: Message) -> str:
    wait = BACKOFF_SECONDS[min(message.attempts, len(BACKOFF_SECONDS)) - 1]
    later = timezone.now() + timedelta(seconds=wait)
    # only this very try: another look-up may have queued it already, and a sender taken it
    Message.objects.filter(pk=message.pk, state__in=(S.SENDING, S.UNKNOWN), sending_at=message.sending_at).update(
        state=S.QUEUED, not_before=later
    )
    return S.QUEUED


def _settle(message: Message, state: str, reason: str = "", code: int | None = None) -> str:
    """Ends a text's way; one that will not arrive is handed on, so that somebody calls instead."""
    with transaction.atomic():
        hold_number(message.number)
        changed = (
            Message.objects.filter(pk=message.pk)
            .exclude(state__in=FINAL)
            .update(state=state, reason=reason, carrier_error=code, ended_at=timezone.now())
        )
        if changed and (state in (S.FAILED, S.UNDELIVERED) or reason in CALL_INSTEAD):
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
    if not message.sid:  # also the answer to a create whose answer was lost
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
    return list(_waiting().order_by("level", "id").values_list("pk", flat=True)[:limit])


def lines_with_texts() -> list[int]:
    return list(_waiting().order_by().values_list("line", flat=True).distinct())


def unsettled(limit: int = 200) -> list[int]:
    """Texts whose answer was lost, or whose worker died while asking, long enough ago that nothing is still under way."""
    before = timezone.now() - timedelta(seconds=settings.LOOK_UP_AFTER_SECONDS)
    lost = Message.objects.filter(state__in=[S.SENDING, S.UNKNOWN], sending_at__lt=before)
    return list(lost.order_by("sending_at").values_list("pk", flat=True)[:limit])


def look_up_unsettled() -> int:
    """Looks each of them up, in one process at a time: of two equal texts each must find its own."""
    with alone("look up texts") as first:
        lost = unsettled() if first else []
        for message_id in lost:
            look_up(message_id)
    return len(lost)


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
