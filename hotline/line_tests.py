"""Tests of a line from end to end: a text and a call that go out through the carrier and come back by webhook.

The text leaves through the outbox from the line's number to its test number; the call goes from the test number to the line,
as a caller's would. Both numbers are the account's. What comes back is known by its mark and its numbers before anything is
made of it. A test that does not arrive in time opens an incident, which the next one that arrives ends.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q
from django.urls import reverse
from django.utils import timezone

from hotline import incidents, outbox
from hotline.carriers.twilio import client as carrier
from hotline.incidents import Cause, Found
from hotline.models import Line, LineTest, Message
from hotline.wake import wake

log = logging.getLogger(__name__)
Kind, State, Why = LineTest.Kind, LineTest.State, LineTest.Why
SENT = (Message.State.SENT, Message.State.DELIVERED)
AGAIN_AFTER_A_FAILURE = timedelta(minutes=3)  # so that the incident ends soon after the line is well
KEPT = timedelta(days=30)


def begin_due() -> int:
    """Sweep: begins each test whose time has come; returns how many."""
    if not settings.LINE_TESTS:
        return 0
    begun = 0
    for line in Line.objects.filter(active=True, test_every_minutes__gt=0).exclude(test_number=""):
        for kind in Kind.values:
            if _is_due(line, kind) and begin(line, kind):
                begun += 1
    return begun


def _is_due(line: Line, kind: str) -> bool:
    last = LineTest.objects.filter(line=line, kind=kind).order_by("-id").first()
    if last is None:
        return True
    every = timedelta(minutes=line.test_every_minutes)
    wait = min(every, AGAIN_AFTER_A_FAILURE) if last.state == State.FAILED else every
    return last.state != State.RUNNING and last.started_at + wait <= timezone.now()


def begin(line: Line, kind: str) -> LineTest | None:
    """Begins one; None when one of this kind is under way or the line has no test number."""
    from hotline.tasks import call_for_test

    if not line.test_number:
        return None
    token = secrets.token_hex(4).upper()
    due_at = timezone.now() + timedelta(seconds=settings.LINE_TEST_SECONDS)
    try:
        with transaction.atomic():
            test = LineTest.objects.create(line=line, kind=kind, token=token, due_at=due_at)
            if kind == Kind.TEXT:
                test.message = outbox.send_test(line, _body(test), key=token, expires_at=due_at)
                test.save(update_fields=["message"])
            else:
                wake(call_for_test, test.pk)
    except IntegrityError:
        return None
    return test


def _body(test: LineTest) -> str:
    return f"LINE TEST {test.token}"


def call(test_id: int) -> None:
    """Places the test call; what does not come about fails at once."""
    test = LineTest.objects.select_related("line").get(pk=test_id)
    if test.state != State.RUNNING or test.sid:
        return
    try:
        sid = carrier.place_call(
            to=str(test.line.number),
            from_=str(test.line.test_number),
            answer_path=reverse("line:test-call", args=[test.pk]),
            status_path=reverse("line:test-status", args=[test.pk]),
            ring_seconds=settings.PERSON_RING_SECONDS,
        )
    except carrier.AnswerLost:
        return  # it may be on its way
    except carrier.CarrierError as error:
        log.warning("test %s: carrier says %s", test.pk, error)
        _end(test, State.FAILED, Why.REFUSED)
        return
    LineTest.objects.filter(pk=test.pk, sid="").update(sid=sid)


# what comes back


def is_test_text(said: Mapping[str, str]) -> bool:
    """Whether this text goes from one of our lines to its own test number."""
    return _are(said.get("From", ""), said.get("To", ""))


def is_test_call(said: Mapping[str, str]) -> bool:
    """Whether this call comes from a line's own test number, which nobody has in a telephone."""
    return _are(said.get("To", ""), said.get("From", ""))


def _are(line: str, test: str) -> bool:
    # a line without a test number has "", and so has a caller who withholds theirs
    return bool(test) and Line.objects.filter(number=line, test_number=test).exists()


def text_came(said: Mapping[str, str]) -> None:
    """The text is back."""
    _came(LineTest.objects.filter(kind=Kind.TEXT, token=said.get("Body", "").rpartition(" ")[2]))


def call_came(said: Mapping[str, str]) -> None:
    """The call is back: it stands at the line's door."""
    _came(LineTest.objects.filter(kind=Kind.CALL, line__number=said.get("To", "")))


def _came(tests: object) -> None:
    test = LineTest.objects.filter(pk__in=tests.values("pk"), state=State.RUNNING).first()  # type: ignore[attr-defined]
    if test:
        LineTest.objects.filter(pk=test.pk, came_at=None).update(came_at=timezone.now())
        settle(test)


def call_reported(test_id: int) -> None:
    """The carrier reports that the calling leg is over."""
    LineTest.objects.filter(pk=test_id, reported_at=None).update(reported_at=timezone.now())
    test = LineTest.objects.filter(pk=test_id).first()
    if test:
        settle(test)


# how it ends


def settle_running() -> int:
    """Sweep: tests that arrived whole, and those that ran out of time; returns how many ended."""
    running = LineTest.objects.filter(state=State.RUNNING)
    return sum(settle(test) for test in running)


def settle(test: LineTest) -> bool:
    """Ends the test if it can be ended; whether it was."""
    test.refresh_from_db()
    if test.state != State.RUNNING:
        return False
    if test.kind == Kind.TEXT and test.message and test.message.state in SENT and test.reported_at is None:
        test.reported_at = test.message.sent_at or test.message.ended_at or timezone.now()
        test.save(update_fields=["reported_at"])
    if test.came_at and test.reported_at:
        return _end(test, State.PASSED)
    if test.due_at <= timezone.now():
        return _end(test, State.FAILED, _why(test))
    return False


def _why(test: LineTest) -> str:
    message = test.message
    if message and message.state == Message.State.FAILED:
        return Why.REFUSED
    if test.kind == Kind.TEXT and (message is None or not message.accepted_at):
        return Why.NOT_SENT
    return Why.NOT_REPORTED if test.came_at else Why.NOT_COME


def _end(test: LineTest, state: str, why: str = "") -> bool:
    seconds = (test.came_at - test.started_at).total_seconds() if test.came_at else None
    ended = LineTest.objects.filter(pk=test.pk, state=State.RUNNING).update(
        state=state, why=why, ended_at=timezone.now(), seconds=seconds
    )
    if not ended:
        return False
    subject = f"{test.line.slug}:{test.kind}"
    if state == State.FAILED:
        incidents.note(Found(Cause.LINE_TEST, subject, {"why": str(Why(why).value)}))
    else:
        incidents.end(Cause.LINE_TEST, subject)
    return True


def delete_old() -> int:
    """Rows older than a month."""
    return LineTest.objects.filter(started_at__lt=timezone.now() - KEPT).delete()[0]


def last_seconds() -> dict[str, float]:
    """How long the last text and the last call that arrived took, the slowest of all lines."""
    newest = (
        LineTest.objects.filter(state=State.PASSED)
        .order_by()
        .values("line", "kind")
        .annotate(last=Max("pk"))
        .values("last")
    )
    rows = LineTest.objects.filter(Q(pk__in=newest), seconds__isnull=False).values_list("kind", F("seconds"))
    found: dict[str, float] = {}
    for kind, seconds in rows:
        found[kind] = max(found.get(kind, 0.0), seconds)
    return found
