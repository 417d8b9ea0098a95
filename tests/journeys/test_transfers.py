"""A caller is passed from one agent to the next while the carrier is slow."""

from hotline.models import Call
from tests.journeys.people import Agent, alone_on_duty, press
from tests.stack import Stack
from tests.waiting import until


def test_passed_on_and_picked_up_before_the_caller_has_left_the_old_talk_nobody_is_dropped(stack: Stack) -> None:
    caller = stack.phone("+8613811110021")
    first, second = Agent(stack, "agent161"), Agent(stack, "agent162")
    alone_on_duty(first, second)
    first.picks_up()
    second.phone.behave(voice="answer", after=0)
    first.go_available()
    sid = caller.dial(stack.number)
    caller.press("1")
    call = until(lambda: Call.objects.filter(sid=sid, state="connected").first(), "they talk")
    caller.wait_for("conference", timeout=20)
    second.go_available()
    # hold and mute reach the carrier, and are noted when they have
    press(first.browser, f"/desk/call/{call.pk}/hold/")
    assert caller.call(sid)["on_hold"]
    press(first.browser, f"/desk/call/{call.pk}/unhold/")
    press(first.browser, f"/desk/call/{call.pk}/mute/")
    assert first.phone.call()["muted"]
    assert first.phone.number not in {one["number"] for one in caller.call(sid)["hears"]}

    stack.carrier.fault("latency", on="calls.update", count=1, seconds=3)  # the caller is led out late
    press(first.browser, f"/desk/transfer/{call.pk}/pass-on/", to=second.user.pk)
    taken = until(lambda: Call.objects.filter(pk=call.pk, state="connected", agent=second.user).first(), "picked up")
    assert taken.legs.get(party="person").status == "to-queue", "the caller is still in the old talk"
    until(lambda: second.phone.number in {one["number"] for one in caller.call(sid)["hears"]}, "they hear each other")
    until(lambda: taken.legs.filter(user=first.user, ended_at__isnull=False).exists(), "the first agent is out")
    assert second.phone.number in caller.speak("还在吗")
    taken.refresh_from_db()
    assert (taken.state, taken.agent) == ("connected", second.user)
    caller.hang_up()
    until(lambda: Call.objects.filter(pk=call.pk, state="wrap_up").exists(), "wrap-up")
    second.take_a_break()
    first.take_a_break()
