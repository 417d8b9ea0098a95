"""A message after the tone, when nobody can answer."""

from typing import Any

import pytest

from cases.models import Callback
from hotline.models import Call, Holiday, Line, OpeningHours, Recording
from tests.factories.cases import CaseFactory
from tests.factories.hotline import LINE_NUMBER, CallFactory, PresenceFactory
from tests.hotline.conftest import Webhook

CALLER = "+8613800000791"
SID = "CA" + "8" * 32
RECORDING = "RE" + "8" * 32

pytestmark = pytest.mark.django_db


def calls_and_waits(webhook: Webhook) -> str:
    """Dials, and presses no key until the menu leads on."""
    webhook("line:call", CallSid=SID, From=CALLER, To=LINE_NUMBER, CallStatus="ringing")
    silent = {"CallSid": SID, "From": CALLER, "To": LINE_NUMBER, "Digits": ""}
    return webhook("line:menu", query="step=menu&try=3", **silent).content.decode()


def leaves_message(webhook: Webhook, seconds: str = "14") -> str:
    said = {"CallSid": SID, "From": CALLER, "RecordingSid": RECORDING, "RecordingDuration": seconds}
    return webhook("line:message-left", **said, Digits="#").content.decode()


def recording_is_reported(webhook: Webhook, call: Call, kind: str = "message") -> None:
    said = {"RecordingSid": RECORDING, "RecordingStatus": "completed", "RecordingDuration": "14"}
    webhook("line:recording", call.pk, kind, **said)


def call() -> Call:
    return Call.objects.get(sid=SID)


def test_with_nobody_on_duty_the_caller_may_leave_a_message(line: Line, webhook: Webhook) -> None:
    heard = calls_and_waits(webhook)
    assert "<Record" in heard
    assert "没有客服在线" in heard
    assert "<Enqueue" not in heard


def test_when_the_line_is_closed_it_says_so(line: Line, webhook: Webhook) -> None:
    from django.utils import timezone

    PresenceFactory()
    OpeningHours.objects.create(line=line, weekday=timezone.localtime().weekday(), opens="00:00", closes="23:59")
    for day in (timezone.localdate(), timezone.localdate() - timezone.timedelta(days=1)):
        Holiday.objects.create(line=line, day=day, name="春节")
    assert "不是服务时间" in calls_and_waits(webhook)


def test_when_too_many_wait_the_next_may_leave_a_message(line: Line, webhook: Webhook, settings: Any) -> None:
    settings.MOST_CALLERS_WAITING = 1
    PresenceFactory(state="on_call")
    CallFactory()
    assert "等候的来电很多" in calls_and_waits(webhook)


def test_while_somebody_is_at_work_callers_wait(line: Line, webhook: Webhook) -> None:
    PresenceFactory(state="on_call")
    assert "<Enqueue" in calls_and_waits(webhook)


def test_the_urgent_wait_for_a_person_at_any_hour(line: Line, webhook: Webhook) -> None:
    CaseFactory(level=2, person__number=CALLER)
    assert "<Enqueue" in calls_and_waits(webhook)


def test_a_message_is_kept_once_and_a_call_is_owed(line: Line, webhook: Webhook) -> None:
    calls_and_waits(webhook)
    assert "留言已收到" in leaves_message(webhook)
    recording_is_reported(webhook, call())
    recording_is_reported(webhook, call())
    webhook("line:call-status", CallSid=SID, From=CALLER, To=LINE_NUMBER, CallStatus="completed")
    assert call().state == "voicemail"
    kept = Recording.objects.get()
    assert (kept.sid, kept.kind, kept.seconds) == (RECORDING, "message", 14)
    owed = Callback.objects.get(number=CALLER)
    assert owed.first_due_at == call().waiting_since


def test_who_speaks_and_hangs_up_has_left_a_message(line: Line, webhook: Webhook) -> None:
    calls_and_waits(webhook)
    webhook("line:call-status", CallSid=SID, From=CALLER, To=LINE_NUMBER, CallStatus="completed")
    assert call().state == "abandoned"
    recording_is_reported(webhook, call())
    assert call().state == "voicemail"
    assert Callback.objects.filter(number=CALLER).count() == 1


def test_who_says_nothing_is_called_back(line: Line, webhook: Webhook) -> None:
    calls_and_waits(webhook)
    heard = webhook("line:message-left", CallSid=SID, From=CALLER).content.decode()
    assert "没有听到留言" in heard
    webhook("line:call-status", CallSid=SID, From=CALLER, To=LINE_NUMBER, CallStatus="completed")
    assert (call().state, Recording.objects.count()) == ("abandoned", 0)
    assert Callback.objects.filter(number=CALLER).exists()


def test_a_recording_of_no_call_is_kept_for_a_person(line: Line, webhook: Webhook) -> None:
    from hotline.models import InboundEvent

    webhook("line:recording", 999_999, "message", RecordingSid=RECORDING, RecordingStatus="completed")
    assert InboundEvent.objects.get().state == "malformed"


def test_a_forged_recording_is_refused(line: Line, webhook: Webhook) -> None:
    answer = webhook("line:recording", CallFactory().pk, "message", sign=False, RecordingSid=RECORDING)
    assert answer.status_code == 403
    assert not Recording.objects.exists()
