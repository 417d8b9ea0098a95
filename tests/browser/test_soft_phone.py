"""The browser phone where there is no microphone: said plainly, and the desk phone rings."""

from playwright.sync_api import expect

from hotline import phones
from hotline.models import User
from tests.browser.conftest import Visit
from tests.stack import Stack


def test_without_a_microphone_it_says_so_and_the_desk_phone_is_rung(stack: Stack, visit: Visit) -> None:
    agent = User.objects.get(username="agent165")
    desk = visit("agent165", "/desk/", permissions=["microphone"])
    desk.locator("#presence summary").click()
    with desk.expect_popup() as opened:
        desk.locator("[data-phone-window]").click()
    window = opened.value
    window.get_by_role("button", name="Switch on").click()
    expect(window.locator("#phone-state")).to_contain_text("microphone", timeout=20_000)
    expect(window.locator("#phone-instead")).to_contain_text(agent.desk_phone)
    expect(desk.locator(".toast")).to_contain_text("microphone", timeout=20_000)
    assert phones.address(agent) == agent.desk_phone
    assert window.evaluate("typeof Twilio.Device") == "function"
    assert desk.errors == []  # type: ignore[attr-defined]
