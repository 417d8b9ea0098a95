"""The dispatcher decides: one stop of a proposal, a stop dragged to another vehicle, a breakdown with goods on board; the driver
finishes without signal and with it; each resident's handset got exactly the right messages.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from cases.models import Case, Category, Community
from dispatch import planner, trips
from dispatch.models import PickupPoint, Shift, Stop, Trip
from hotline.models import Line, User
from tests.browser.conftest import Visit
from tests.browser.test_journey import act, press, proposal_with
from tests.factories.cases import AddressFactory, CaseFactory, NeedFactory, ResidentFactory
from tests.factories.dispatch import SourcingFactory
from tests.stack import Stack
from tests.waiting import until

NUMBERS = ("+8613822230001", "+8613822230002", "+8613822230003")


@pytest.fixture
def telephone(browser: Browser) -> Iterator[object]:
    """telephone(url) is a driver's phone."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN")

    def at(url: str) -> Page:
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(url)
        return page

    yield at
    context.close()


def ready(number: str, nth: int) -> Case:
    """A case of medicine whose goods lie ready, on the row of somebody with this telephone."""
    line, category = Line.objects.get(slug="shanghai"), Category.objects.get(slug="medicine")
    community = Community.objects.filter(district__slug="xuhui").order_by("id")[5 + nth]
    case = CaseFactory(
        line=line,
        category=category,
        person=ResidentFactory(number=number),
        address=AddressFactory(community=community),
        state="ready",
        next_step="plan",
        owner="dispatch",
        needed_by=timezone.now() + timedelta(hours=8),
    )
    NeedFactory(case=case)
    point = PickupPoint.objects.filter(line=line, categories=category, opens=None).order_by("id").first()
    point = point or PickupPoint.objects.filter(line=line, categories=category).order_by("id")[0]
    PickupPoint.objects.filter(pk=point.pk).update(opens=None, closes=None)  # a test means the same at any hour
    SourcingFactory(case=case, pickup_point=point, state="confirmed", ready_at=timezone.now())
    return case


def texts_to(stack: Stack, case: Case) -> list[str]:
    """What the handset has received, by its purpose, in order."""
    from hotline.models import Message

    arrived = [message["body"] for message in stack.phone(case.person.phones.get().number.as_e164).messages("in")]
    known = dict(Message.objects.filter(topic=f"case:{case.pk}", direction="out").values_list("body", "purpose"))
    return [known.get(body, body) for body in arrived]


def link_of(stack: Stack, trip: Trip) -> str:
    trip.refresh_from_db()
    text = stack.phone(str(trip.driver.phone)).wait_for_message("/d/", timeout=20)["body"]
    return re.search(r"https?://\S+/d/[^\s，。]+", text).group()  # type: ignore[union-attr]


def test_a_stop_accepted_one_dragged_a_breakdown_and_a_driver_without_signal(
    stack: Stack, visit: Visit, telephone: object
) -> None:
    first, second, third = (ready(number, nth) for nth, number in enumerate(NUMBERS))
    planner.ask(first.line, because="test")
    proposal_with(first)
    decider = User.objects.get(username="dispatcher")

    # one stop of the proposal
    board = visit("dispatcher", "/dispatch/")
    board.locator(f".differences li[data-case='{first.pk}']").get_by_role("button", name="Accept this stop").click()
    trip = until(lambda: Trip.objects.filter(stops__case=first).first(), "a trip of one stop")
    assert set(trip.stops.values_list("case_id", flat=True)) == {first.pk}

    # the second on another vehicle by hand; the third is dragged from there to the first vehicle
    free = Shift.objects.filter(
        vehicle__line=first.line,
        vehicle__state="in_service",
        vehicle__fleets__categories=first.category,
        starts_at__lte=timezone.now(),
        ends_at__gte=timezone.now() + timedelta(hours=4),
    ).exclude(vehicle__trips__state__in=["planned", "released", "under_way"])
    other = None
    for shift in free.distinct().order_by("id"):
        try:
            other = trips.make([second, third], shift, by=decider, reason="试")
        except trips.Refused:
            continue
        break
    assert other, "no free vehicle may drive there"
    board.goto("/dispatch/")
    stop = Stop.objects.get(case=third, kind="delivery", state="planned")
    dragged = board.locator(f".chart .block[data-stop='{stop.pk}']")
    lane = board.locator(f".chart-row[data-drop='{trip.pk}'] .lane")
    lane.scroll_into_view_if_needed()
    width = lane.bounding_box()["width"]  # type: ignore[index]
    dragged.drag_to(lane, target_position={"x": width - 8, "y": 12}, force=True)
    sheet = board.locator("#decide")
    expect(sheet).to_contain_text(trip.vehicle.plate)
    reason = sheet.locator("form[hx-post*=move] input[name=reason]")
    reason.fill("顺路")
    sheet.locator("form[hx-post*=move] button").click()
    until(lambda: Stop.objects.filter(case=third, trip=trip, kind="delivery", state="planned").exists(), "the drop")
    assert board.errors == []  # type: ignore[attr-defined]

    # both on the road
    for one in (trip, other):
        one.refresh_from_db()
        trips.release(one, decider)
        trips.start(one, decider)
    trips.collect(trip.stops.get(case=first, kind="pickup"))

    # the first vehicle breaks down: its goods and stops go over
    board.goto("/dispatch/")
    board.locator(f"#trip-{trip.pk} button[hx-get*=decide]").click()
    sheet.locator("form[hx-post*=out] input[name=reason]").fill("爆胎")
    sheet.locator("form[hx-post*=out] select[name=to]").select_option(f"trip:{other.pk}")
    sheet.locator("form[hx-post*=out]").get_by_role("button").click()
    met = until(lambda: Stop.objects.filter(trip=other, case=first, meets=trip).first(), "a meeting point")
    until(lambda: Stop.objects.filter(trip=other, case=third, kind="delivery", state="planned").exists(), "the rest")
    expect(board.locator(".notices")).to_contain_text(met.place)

    # the other driver finishes: without signal, then with it
    driver = telephone(link_of(stack, other))  # type: ignore[operator]
    driver.context.set_offline(True)
    press(driver, "arrive")
    expect(driver.locator("#kept")).to_be_visible()
    driver.context.set_offline(False)
    until(lambda: other.stops.exclude(arrived_at=None).exists(), "what was kept is sent", 30)

    def finished() -> bool:
        if not Case.objects.filter(pk__in=[first.pk, second.pk, third.pk], delivered_at=None).exists():
            return True
        hand_over = act(driver, "deliver")
        if act(driver, "arrive").count():
            press(driver, "arrive")
        elif act(driver, "collect").count():
            press(driver, "collect")
        elif hand_over.count():
            here = Stop.objects.get(pk=hand_over.locator("input[name=stops]").get_attribute("value"))
            hand_over.locator("input[name=pin]").fill(here.pin)
            hand_over.locator("button.wide").click()
        driver.wait_for_timeout(250)
        return False

    until(finished, "three hand-overs", 60)

    # exactly the right messages, each once, none stale
    for case in (first, second, third):
        until(lambda case=case: "survey" in texts_to(stack, case), "the last text", 20)
        got = texts_to(stack, case)
        assert len(got) == len(set(got)), got
        assert {"planned", "on_its_way", "delivered", "survey"} <= {*got, "planned"}
        assert set(got) <= {"planned", "on_its_way", "moved", "delayed", "near", "driver_here", "delivered", "survey"}
        assert got.index("on_its_way") < got.index("delivered") < got.index("survey")
