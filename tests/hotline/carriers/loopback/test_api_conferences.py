import pytest
from twilio.base.exceptions import TwilioRestException

from hotline.carriers.loopback.client import wait_until

from .conftest import AGENT, RESIDENT

SUPERVISOR = "+8613700000001"
EVENTS = "start end join leave mute hold modify announcement"


@pytest.fixture
def talk(sdk, number, hotline, carrier):
    """Resident and agent in a conference."""
    callback = f'statusCallback="/room" statusCallbackEvent="{EVENTS}"'
    hotline.says("/voice", f'<Dial><Conference {callback} waitUrl="/music">call-1</Conference></Dial>')
    hotline.says("/music", "<Say>请稍候</Say>")
    for address in (AGENT, SUPERVISOR):
        carrier.phone(address).behave(voice="answer", after=0)
    resident = carrier.phone(RESIDENT)
    sid = resident.dial(number)
    resident.wait_to_hear("请稍候", sid)
    room = sdk.conferences.list(friendly_name="call-1")[0]
    made = sdk.conferences(room.sid).participants.create(to=AGENT, from_=number, label="agent", beep="false")
    hotline.wait_for("/room", StatusCallbackEvent="conference-start")
    return room.sid, sid, made.call_sid


def heard_by(carrier, number: str) -> list[str]:
    return carrier.phone(number).speak("听得见吗")


def test_a_conference_starts_with_the_second(sdk, talk, hotline, carrier):
    room, sid, agent = talk
    assert sdk.conferences(room).fetch().status == "in-progress"
    assert [row.sid for row in sdk.conferences.list(status="in-progress")] == [room]
    assert {row.call_sid for row in sdk.conferences(room).participants.list()} == {sid, agent}
    of_this = [one.params for one in hotline.requests("/room") if one.params["ConferenceSid"] == room]
    events = [params["StatusCallbackEvent"] for params in of_this]
    assert events == ["participant-join", "participant-join", "conference-start"]
    assert heard_by(carrier, RESIDENT) == [AGENT]


def test_hold_separates_and_plays_music(sdk, talk, hotline, carrier):
    room, sid, _ = talk
    hotline.says("/hold", "<Say>请别挂断</Say>")
    row = sdk.conferences(room).participants(sid).update(hold=True, hold_url=hotline.url + "/hold")
    assert row.hold
    carrier.phone(RESIDENT).wait_to_hear("请别挂断", sid)
    assert heard_by(carrier, RESIDENT) == heard_by(carrier, AGENT) == []
    assert carrier.call(sid)["on_hold"]
    hotline.wait_for("/room", StatusCallbackEvent="participant-hold")
    sdk.conferences(room).participants(sid).update(hold=False)
    assert heard_by(carrier, AGENT) == [RESIDENT]
    hotline.wait_for("/room", StatusCallbackEvent="participant-unhold")


def test_mute_silences_one_side_only(sdk, talk, hotline, carrier):
    room, _, _ = talk
    assert sdk.conferences(room).participants("agent").update(muted=True).muted
    assert heard_by(carrier, AGENT) == []
    assert heard_by(carrier, RESIDENT) == [AGENT]
    assert hotline.wait_for("/room", StatusCallbackEvent="participant-mute").params["ParticipantLabel"] == "agent"


def test_a_coach_is_heard_by_the_agent_only(sdk, talk, carrier, number):
    room, _, agent = talk
    coach = sdk.conferences(room).participants.create(
        to=SUPERVISOR, from_=number, coaching=True, call_sid_to_coach=agent, label="coach"
    )
    carrier.phone(SUPERVISOR).wait_for("conference", coach.call_sid)
    assert heard_by(carrier, SUPERVISOR) == [AGENT]
    assert set(heard_by(carrier, RESIDENT)) == {AGENT, SUPERVISOR}
    assert set(heard_by(carrier, AGENT)) == {RESIDENT, SUPERVISOR}
    assert [party["number"] for party in carrier.call(coach.call_sid)["heard_by"]] == [AGENT]
    sdk.conferences(room).participants("coach").update(coaching=False)
    assert set(heard_by(carrier, SUPERVISOR)) == {AGENT, RESIDENT}


def test_listening_in_is_being_muted(sdk, talk, carrier, number):
    room, _, _ = talk
    made = sdk.conferences(room).participants.create(to=SUPERVISOR, from_=number, muted=True)
    carrier.phone(SUPERVISOR).wait_for("conference", made.call_sid)
    assert heard_by(carrier, SUPERVISOR) == []
    assert set(heard_by(carrier, RESIDENT)) == {AGENT, SUPERVISOR}


def test_a_participant_can_be_put_out(sdk, talk, carrier):
    room, sid, agent = talk
    assert sdk.conferences(room).participants("agent").delete()
    carrier.phone(AGENT).wait_until_hung_up(agent)
    assert carrier.call(sid)["live"]


def test_the_api_ends_it_for_all(sdk, talk, hotline, carrier):
    room, sid, agent = talk
    assert sdk.conferences(room).update(status="completed").reason_conference_ended == "conference-ended-via-api"
    carrier.phone(RESIDENT).wait_until_hung_up(sid)
    carrier.phone(AGENT).wait_until_hung_up(agent)
    hotline.wait_for("/room", StatusCallbackEvent="conference-end")


def test_the_last_to_leave_ends_it(sdk, talk, hotline, carrier):
    room, sid, agent = talk
    carrier.phone(RESIDENT).hang_up(sid)
    carrier.phone(AGENT).hang_up(agent)
    assert wait_until(lambda: sdk.conferences(room).fetch().reason_conference_ended) == "last-participant-left"


def test_somebody_hears_an_announcement(sdk, talk, hotline, carrier):
    room, sid, agent = talk
    hotline.says("/say", "<Say>通话将被录音</Say>")
    sdk.conferences(room).participants(sid).update(announce_url=hotline.url + "/say")
    carrier.phone(RESIDENT).wait_to_hear("通话将被录音", sid)
    hotline.wait_for("/room", StatusCallbackEvent="announcement-end")
    sdk.conferences(room).update(announce_url=hotline.url + "/say")
    carrier.phone(AGENT).wait_to_hear("通话将被录音", agent)


def test_whoever_does_not_answer_is_not_in_it(sdk, talk, carrier, number):
    room, _, _ = talk
    carrier.phone("+8613600000001").behave(voice="no-answer")
    made = sdk.conferences(room).participants.create(to="+8613600000001", from_=number, timeout=5)
    assert made.status in ("queued", "ringing")
    assert len(sdk.conferences(room).participants.list()) == 2
    wait_until(lambda: sdk.calls(made.call_sid).fetch().status == "no-answer")
    with pytest.raises(TwilioRestException):
        sdk.conferences(room).participants(made.call_sid).fetch()


def test_a_conference_can_begin_by_calling_somebody(sdk, number, agent, hotline):
    made = sdk.conferences("call-9").participants.create(
        to=AGENT,
        from_=number,
        status_callback=hotline.url + "/leg",
        status_callback_event=["ringing", "answered", "completed"],
        conference_status_callback=hotline.url + "/room",
        conference_status_callback_event=["start", "end", "join", "leave"],
        end_conference_on_exit=True,
    )
    agent.answer()
    hotline.wait_for("/leg", CallStatus="in-progress")
    joined = hotline.wait_for("/room", StatusCallbackEvent="participant-join")
    assert joined.params["CallSid"] == made.call_sid
    assert joined.params["EndConferenceOnExit"] == "true"
    agent.hang_up()
    assert hotline.wait_for("/room", StatusCallbackEvent="conference-end").params["FriendlyName"] == "call-9"
