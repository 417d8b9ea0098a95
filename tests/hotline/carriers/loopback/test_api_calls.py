from datetime import UTC, datetime, timedelta

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException

from hotline.carriers.loopback.client import wait_until

from .conftest import ACCOUNT, AGENT, RESIDENT, TOKEN

HOLD = '<Say>您好</Say><Pause length="600"/>'


@pytest.fixture
def call(sdk, number, hotline):
    """Calls somebody; the document holds the line."""
    hotline.says("/out", HOLD)

    def place(to: str = AGENT, **options):
        options.setdefault("url", hotline.url + "/out")
        return sdk.calls.create(to=to, from_=number, **options)

    return place


def code_of(action) -> int:
    with pytest.raises(TwilioRestException) as refused:
        action()
    return refused.value.code


def test_a_call_rings_is_answered_and_follows_its_document(sdk, call, agent, hotline):
    made = call()
    assert (made.status, made.direction, made.duration) == ("queued", "outbound-api", None)
    agent.answer()
    agent.wait_to_hear("您好", made.sid)
    asked = hotline.wait_for("/out")
    assert asked.signed
    assert (asked.params["CallStatus"], asked.params["Direction"]) == ("in-progress", "outbound-api")
    assert sdk.calls(made.sid).fetch().status == "in-progress"


def test_a_document_can_come_with_the_call(sdk, number, agent):
    made = sdk.calls.create(to=AGENT, from_=number, twiml="<Response><Say>就这一句</Say></Response>")
    agent.answer()
    agent.wait_to_hear("就这一句", made.sid)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "nobody", "url": "http://x"}, 21211),
        ({"to": RESIDENT}, 21205),
        ({"to": RESIDENT, "url": "x"}, 21205),
        ({"to": RESIDENT, "from_": "+862100000000", "url": "http://x"}, 21210),
        ({"to": RESIDENT, "twiml": "<Oops"}, 12100),
    ],
)
def test_what_cannot_be_called_is_refused(sdk, number, fields, code):
    assert code_of(lambda: sdk.calls.create(**({"from_": number} | fields))) == code


def test_progress_is_reported_in_order(call, agent, hotline):
    events = ["initiated", "ringing", "answered", "completed"]
    made = call(status_callback=hotline.url + "/progress", status_callback_event=events)
    agent.answer()
    agent.wait_to_hear("您好", made.sid)
    agent.hang_up(made.sid)
    hotline.wait_for("/progress", CallStatus="completed")
    reports = hotline.requests("/progress")
    assert [one.params["CallStatus"] for one in reports] == ["initiated", "ringing", "in-progress", "completed"]
    assert [one.params["SequenceNumber"] for one in reports] == ["0", "1", "2", "3"]
    assert all(one.signed for one in reports)
    assert "CallDuration" in reports[-1].params


def test_only_the_end_is_reported_unless_asked(call, agent, hotline):
    made = call(status_callback=hotline.url + "/progress")
    agent.answer()
    agent.hang_up(made.sid)
    hotline.wait_for("/progress")
    assert [one.params["CallStatus"] for one in hotline.requests("/progress")] == ["completed"]


@pytest.mark.parametrize(("habit", "status"), [("busy", "busy"), ("no-answer", "no-answer"), ("unreachable", "failed")])
def test_nobody_may_answer(sdk, call, carrier, hotline, habit, status):
    carrier.phone(AGENT).behave(voice=habit)
    made = call(timeout=5, status_callback=hotline.url + "/progress")
    assert hotline.wait_for("/progress").params["CallStatus"] == status
    assert sdk.calls(made.sid).fetch().status == status
    assert not hotline.requests("/out")


def test_a_declined_call_is_busy(call, agent, hotline):
    call(status_callback=hotline.url + "/progress")
    agent.decline()
    hotline.wait_for("/progress", CallStatus="busy")


def test_a_live_call_is_led_elsewhere(sdk, call, agent, hotline):
    made = call()
    agent.answer()
    agent.wait_for("pause", made.sid)
    hotline.says("/elsewhere", "<Say>换了地方</Say>" + HOLD)
    assert sdk.calls(made.sid).update(url=hotline.url + "/elsewhere").status == "in-progress"
    agent.wait_to_hear("换了地方", made.sid)
    sdk.calls(made.sid).update(twiml="<Response><Say>又换了</Say></Response>")
    agent.wait_to_hear("又换了", made.sid)


def test_a_live_call_is_ended(sdk, call, agent):
    made = call()
    agent.answer()
    assert sdk.calls(made.sid).update(status="completed").status == "completed"
    assert agent.wait_until_hung_up(made.sid)["status"] == "completed"


def test_a_ringing_call_is_canceled(sdk, call, agent):
    made = call()
    agent.wait_until_ringing()
    assert sdk.calls(made.sid).update(status="canceled").status == "canceled"
    assert agent.state()["ringing"] == []


def test_a_finished_call_cannot_be_led_anywhere(sdk, call, agent):
    made = call()
    agent.answer()
    sdk.calls(made.sid).update(status="completed")
    assert code_of(lambda: sdk.calls(made.sid).update(url="http://127.0.0.1/")) == 21220


def test_calls_are_listed_by_status_party_and_time(sdk, call, agent, carrier):
    carrier.phone(RESIDENT).behave(voice="busy", after=0)
    call(to=RESIDENT)
    made = call()
    agent.answer()
    wait_until(lambda: sdk.calls.list(status="busy"), 5, "the busy one")
    assert [row.sid for row in sdk.calls.list(status="in-progress")] == [made.sid]
    assert [row.to for row in sdk.calls.list(to=RESIDENT)] == [RESIDENT]
    hour = timedelta(hours=1)
    assert len(sdk.calls.list(start_time_after=datetime.now(UTC) - hour)) == 2
    assert sdk.calls.list(start_time_before=datetime.now(UTC) - hour) == []


def test_a_machine_is_told_from_a_person(sdk, call, carrier, hotline):
    carrier.phone(AGENT).behave(voice="machine", greeting="请留言")
    call(machine_detection="Enable")
    assert hotline.wait_for("/out").params["AnsweredBy"] == "machine_start"
    carrier.phone(RESIDENT).behave(voice="answer")
    call(to=RESIDENT, machine_detection="DetectMessageEnd")
    assert hotline.wait_for("/out", times=2).params["AnsweredBy"] == "human"


def test_a_machine_can_be_reported_later(call, carrier, hotline):
    carrier.phone(AGENT).behave(voice="machine", greeting="请留言")
    call(machine_detection="DetectMessageEnd", async_amd="true", async_amd_status_callback=hotline.url + "/amd")
    assert hotline.wait_for("/amd").params["AnsweredBy"] == "machine_end_beep"
    assert "AnsweredBy" not in hotline.requests("/out")[0].params


def test_a_call_can_be_recorded_from_outside(sdk, call, agent, hotline, carrier):
    made = call()
    agent.answer()
    agent.wait_for("pause", made.sid)
    recording = sdk.calls(made.sid).recordings.create(recording_status_callback=hotline.url + "/recording")
    agent.speak("录下这句", made.sid)
    sdk.calls(made.sid).recordings("Twilio.CURRENT").update(status="paused")
    agent.speak("不录这句", made.sid)
    sdk.calls(made.sid).recordings(recording.sid).update(status="stopped")
    report = hotline.wait_for("/recording")
    assert (report.params["RecordingStatus"], report.params["RecordingSid"]) == ("completed", recording.sid)
    assert [line["text"] for line in carrier.recording(recording.sid)["transcript"]] == ["录下这句"]
    assert [row.sid for row in sdk.recordings.list(call_sid=made.sid)] == [recording.sid]


def test_the_sound_of_a_recording_is_for_the_account_only(sdk, call, agent, hotline):
    made = call(record=True, recording_status_callback=hotline.url + "/recording")
    agent.answer()
    agent.wait_for("pause", made.sid)
    agent.hang_up(made.sid)
    url = hotline.wait_for("/recording").params["RecordingUrl"]
    assert httpx.get(url + ".wav").status_code == 401
    assert httpx.get(url + ".wav", auth=(ACCOUNT, TOKEN)).content.startswith(b"RIFF")
    assert httpx.get(url + ".mp3", auth=(ACCOUNT, TOKEN)).headers["content-type"] == "audio/mpeg"
    sid = sdk.recordings.list()[0].sid
    assert sdk.recordings(sid).fetch().source == "OutboundAPI"
    assert sdk.recordings(sid).delete()
    assert sdk.recordings.list() == []
