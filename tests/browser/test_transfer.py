"""One call in the browsers of everybody it passes: caller, two agents, a supervisor, and the wall."""

import os

from playwright.sync_api import Page, expect

from hotline.models import Call, Presence, Recording
from tests.browser.conftest import Look, Visit, handset
from tests.journeys.people import Agent, alone_on_duty
from tests.stack import Stack
from tests.waiting import until

NUMBER = "+8613822220009"
SLOW = 20_000


def picture(page: Page, name: str) -> None:
    """For whoever wants to look at the screens: PICTURES=/some/directory."""
    if where := os.environ.get("PICTURES"):
        page.screenshot(path=f"{where}/{name}.png")


def answered_today(wall: Page) -> int:
    return int(wall.locator(".four .big").nth(1).locator("p").inner_text().split(" ")[2])


def test_a_call_goes_from_one_agent_to_another_while_a_supervisor_listens(
    stack: Stack, visit: Visit, look: Look
) -> None:
    first, second, lead = Agent(stack, "agent163"), Agent(stack, "agent164"), Agent(stack, "supervisor")
    alone_on_duty()
    for one in (first, second, lead):
        one.phone.behave(voice="manual")
    stack.phone(NUMBER).behave(press=["1"])  # the carrier's time goes too fast for a finger
    caller = handset(look, stack, NUMBER)
    desk, other = visit("agent163", "/desk/"), visit("agent164", "/desk/")
    board, wall = visit("supervisor", "/board/calls/"), visit("supervisor", "/board/")
    before = answered_today(wall)

    # the caller on the handset, the agent's telephone rings, the screen opens on the caller
    desk.keyboard.press("Control+b")
    expect(desk.locator("#presence")).to_contain_text("available")
    caller.locator("#tab-dial").click()
    caller.locator("#dial").click()
    expect(caller.locator("#transcript")).to_contain_text("120", timeout=SLOW)
    expect(desk.locator(".call.ringing")).to_contain_text("138 **** 0009", timeout=SLOW)
    picture(desk, "ringing")
    first.phone.answer()
    expect(desk.locator("[name=caller-number]")).to_have_value(NUMBER, timeout=SLOW)
    call = Call.objects.get(number=NUMBER, state="connected")
    desk.locator("#words").fill("我爸的降压药只剩两天")
    desk.keyboard.press("Escape")
    picture(desk, "talking")

    # the supervisor listens, and is heard by nobody
    row = board.locator("tr", has_text="138 **** 0009")
    row.get_by_role("button", name="Listen").click(timeout=SLOW)
    lead.phone.answer()
    expect(row.locator(".tag")).to_contain_text("listens", timeout=SLOW)
    until(lambda: NUMBER in {one["number"] for one in lead.phone.call()["hears"]}, "the supervisor hears the caller")
    assert lead.phone.speak("嗯") == []
    picture(board, "listening")

    # to a second agent, after speaking with her
    other.keyboard.press("Control+b")
    expect(other.locator("#presence")).to_contain_text("available")
    desk.keyboard.press("t")
    expect(desk.locator("#call [id^=transfer] .drop-body")).to_contain_text(str(second.user), timeout=SLOW)
    picture(desk, "colleagues")
    desk.keyboard.press("Alt+1")
    expect(other.locator(".call")).to_contain_text("asks you about a caller", timeout=SLOW)
    second.phone.answer()
    hand_over = desk.get_by_role("button", name="Hand over")
    expect(hand_over).to_be_visible(timeout=SLOW)
    # the carrier says it, then the handset shows it: two waits, each with its own patience
    until(lambda: stack.carrier.call(call.sid)["on_hold"], "the caller on hold", 40)
    expect(caller.locator("#call-state")).to_contain_text("保持", timeout=SLOW)
    picture(caller, "caller")
    picture(desk, "asking")
    desk.keyboard.press("g")
    expect(other.locator("[name=caller-number]")).to_have_value(NUMBER, timeout=SLOW)
    expect(desk.locator(".call.wrap")).to_contain_text("Passed on", timeout=SLOW)
    until(lambda: second.phone.number in {one["number"] for one in stack.carrier.call(call.sid)["hears"]}, "they talk")
    picture(other, "handed-over")

    # the first one's wrap-up, the second one's talk and wrap-up
    desk.keyboard.press("w")
    expect(desk.locator("#presence")).to_contain_text("available", timeout=SLOW)
    desk.keyboard.press("Control+b")
    caller.locator("#hangup").click()
    expect(other.locator(".call.wrap")).to_be_visible(timeout=SLOW)
    picture(other, "wrap-up")
    other.keyboard.press("Alt+2")
    expect(other.locator(".call.wrap [aria-pressed=true]")).to_have_count(1, timeout=SLOW)
    other.keyboard.press("w")
    expect(other.locator(".call.wrap")).to_have_count(0, timeout=SLOW)
    expect(board.locator("tr", has_text="138 **** 0009")).to_have_count(0, timeout=SLOW)

    # every telephone is on the call's record, and the figures have changed
    call.refresh_from_db()
    assert (call.state, call.agent, call.outcome) == ("completed", second.user, "answered")
    legs = {(leg.party, leg.user_id): leg.ended_at for leg in call.legs.all()}
    assert set(legs) == {
        ("person", None),
        ("agent", first.user.pk),
        ("agent", second.user.pk),
        ("supervisor", lead.user.pk),
    }
    assert all(legs.values())
    until(lambda: answered_today(wall) > before, "the wall counts one caller more", 40)
    picture(wall, "wall")
    assert not Recording.objects.filter(call=call).exists(), "nothing is recorded unless a queue says so"
    for page in (desk, other, board, wall):
        assert page.errors == []  # type: ignore[attr-defined]
    assert Presence.objects.get(user=lead.user).state != "on_call"
