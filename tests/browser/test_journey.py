"""Resident, agent, dispatcher and driver, each in a browser of their own, take one request to its end."""

import re
from collections.abc import Callable, Iterable

from playwright.sync_api import Locator, Page, expect

from cases.models import Case, Community
from dispatch.models import Plan, Stop, Trip
from tests.browser.conftest import Look, Visit, handset
from tests.journeys.people import case_of, link_of
from tests.stack import Stack
from tests.waiting import until

NUMBER = "+8613822220001"
WORDS = "我妈妈79岁，帕金森，美多芭只剩三天的量，徐汇这边封着出不去"


def proposal_with(case: Case) -> dict[str, int]:
    """The trip of the newest proposal that serves the case."""

    def found() -> dict[str, int] | None:
        plan = Plan.objects.filter(line=case.line, state="proposed").order_by("-id").first()
        trips = plan.trips if plan else []
        return next((t for t in trips if any(s["case"] == case.pk for s in t["stops"])), None)

    return until(found, "a proposal with the case", 40)


def act(page: Page, what: str) -> Locator:
    """The visible form of the driver's page that does this."""
    return page.locator(f"form.act:visible:has(input[name=act][value={what}])").first


def press(page: Page, what: str) -> None:
    act(page, what).locator("button").first.click()


def drive_on(page: Page, cases: Iterable[Case], pin: Callable[[Stop], str]) -> bool:
    """The next press on the driver's page, with the PIN that is said at the door; True when all of the cases have their goods."""
    if not Case.objects.filter(pk__in=[case.pk for case in cases], delivered_at=None).exists():
        return True
    hand_over = act(page, "deliver")
    if act(page, "arrive").count():
        press(page, "arrive")
    elif act(page, "collect").count():
        press(page, "collect")
    elif hand_over.count():
        stops = hand_over.locator("input[name=stops]").get_attribute("value") or ""
        here = Stop.objects.get(pk=stops.split(",")[0])
        hand_over.locator("input[name=pin]").fill(pin(here))
        hand_over.locator("button.wide").click()
    page.wait_for_timeout(300)
    return False


def test_a_request_goes_from_handset_to_hand_in_real_browsers(stack: Stack, visit: Visit, look: Look) -> None:
    resident = handset(look, stack, NUMBER)
    resident.locator("#body").fill(WORDS)
    resident.locator("#compose button.strong").click()
    expect(resident.locator("#thread")).to_contain_text("编号", timeout=20_000)
    case = case_of(NUMBER)

    agent = visit("agent5", f"/cases/{case.number}/")
    agent.get_by_role("button", name=re.compile("Claim")).click()
    agent.wait_for_url("**/desk/**")
    expect(agent.locator("#words")).to_have_value(WORDS)
    community = Community.objects.filter(district__slug="xuhui").order_by("id")[1]
    agent.locator("[name=caller-name]").fill("周女士")
    agent.locator("[name=need-0-item]").fill("多巴丝肼片（美多芭）")
    agent.locator("[name=need-0-quantity]").fill("2")
    agent.locator("[name=address-community_name]").fill(community.name)
    agent.locator(".options [role=option]").first.click()
    expect(agent.locator("[name=address-community]")).to_have_value(str(community.pk))
    agent.keyboard.press("Control+Enter")
    expect(agent.locator("#next-title")).to_contain_text(case.number)
    agent.keyboard.press("s")
    agent.get_by_role("button", name="they have it").first.click()
    until(lambda: Case.objects.filter(pk=case.pk, state="ready").exists(), "goods confirmed")
    assert agent.errors == []  # type: ignore[attr-defined]

    trip = proposal_with(case)
    dispatcher = visit("dispatcher", "/dispatch/")
    form = dispatcher.locator(f"form:has(input[name=vehicle][value='{trip['vehicle']}'])").first
    form.get_by_role("button", name="and release").click()
    released = until(lambda: Trip.objects.filter(stops__case=case, state="released").first(), "released", 30)
    assert dispatcher.errors == []  # type: ignore[attr-defined]

    driver = look(link_of(stack, released))
    press(driver, "accept")
    press(driver, "start")
    expect(resident.locator("#thread")).to_contain_text("收货码", timeout=20_000)
    pin = re.search(r"收货码(\d{4,6})", resident.locator("#thread").inner_text()).group(1)  # type: ignore[union-attr]
    until(lambda: drive_on(driver, [case], lambda _stop: pin), "the hand-over", 60)
    expect(resident.locator("#thread")).to_contain_text("已送到", timeout=20_000)
    resident.locator("#body").fill("1")
    resident.locator("#compose button.strong").click()
    closed = until(lambda: Case.objects.filter(pk=case.pk, state="closed").first(), "closed")
    assert closed.outcome == "received"
