"""The dispatcher decides: one stop of a proposal, a stop dragged to another vehicle, a breakdown with goods on board; the driver
finishes without signal and with it; each resident's handset got exactly the right messages.

It means the same at any hour, midnight and the small hours too: the two vehicles, their drivers and shifts, the counter and
the category are its own and made around now, so that neither the rota of the demo city nor a pharmacy's closing time is asked;
the certificates and passes last for days; the stack keeps no quiet hours, and no order in the city closes a gate. No other
category drives with these vehicles and no other vehicle for this category, so no other test meets them.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from cases.models import Case, Community, District
from dispatch import planner, trips
from dispatch.models import Driver, PickupPoint, Shift, Stop, Trip, Vehicle
from hotline.models import Line, Message, User
from tests.browser.conftest import Visit
from tests.browser.test_journey import drive_on, press, proposal_with
from tests.factories.cases import AddressFactory, CaseFactory, CategoryFactory, NeedFactory, ResidentFactory
from tests.factories.dispatch import (
    DriverFactory,
    FleetFactory,
    PickupPointFactory,
    ShiftFactory,
    SourcingFactory,
    VehicleFactory,
)
from tests.journeys.people import link_of
from tests.stack import Stack
from tests.waiting import until

NUMBERS = ("+8613822230001", "+8613822230002", "+8613822230003")
DRIVERS = ("+8613822230011", "+8613822230012")
Telephone = Callable[[str], Page]


@pytest.fixture
def telephone(browser: Browser) -> Iterator[Telephone]:
    """telephone(url) is a driver's phone."""
    context = browser.new_context(viewport={"width": 360, "height": 640}, locale="zh-CN")

    def at(url: str) -> Page:
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(url)
        return page

    yield at
    context.close()


@pytest.fixture
def counter(stack: Stack) -> Iterator[PickupPoint]:
    """A counter that never closes, with goods of a category for which only two vehicles drive, both on duty."""
    line, xuhui = Line.objects.get(slug="shanghai"), District.objects.get(slug="xuhui")
    now = timezone.now()
    category = CategoryFactory(slug="deciding", active_from=now - timedelta(days=2), active_until=now)  # in no menu
    fleet = FleetFactory(line=line, slug="deciding", name="决定", categories=[category])
    base = {"lon": xuhui.lon, "lat": xuhui.lat}
    for number in DRIVERS:
        vehicle = VehicleFactory(line=line, fleets=[fleet], districts=list(District.objects.all()), **base)
        ShiftFactory(vehicle=vehicle, driver=DriverFactory(line=line, phone=number))
    yield PickupPointFactory(line=line, district=xuhui, categories=[category], **base)
    Driver.objects.filter(phone__in=DRIVERS).update(active=False)
    Vehicle.objects.filter(fleets=fleet).update(state=Vehicle.State.OUT_OF_SERVICE)


def ready(number: str, counter: PickupPoint) -> Case:
    """A case whose goods lie ready at the counter, of somebody with this telephone."""
    nth = NUMBERS.index(number)
    community = Community.objects.filter(district=counter.district).order_by("id")[5 + nth]
    case = CaseFactory(
        line=counter.line,
        category=counter.categories.get(),
        person=ResidentFactory(number=number),
        address=AddressFactory(community=community),
        state="ready",
        next_step="plan",
        owner="dispatch",
        needed_by=timezone.now() + timedelta(hours=8),
    )
    NeedFactory(case=case)
    SourcingFactory(case=case, pickup_point=counter, state="confirmed", ready_at=timezone.now())
    return case


def texts_to(stack: Stack, case: Case) -> list[str]:
    """What the handset has received, by its purpose, in order."""
    arrived = [message["body"] for message in stack.phone(case.person.phones.get().number.as_e164).messages("in")]
    known = dict(Message.objects.filter(topic=f"case:{case.pk}", direction="out").values_list("body", "purpose"))
    return [known.get(body, body) for body in arrived]


def drag(stop: Stop, trip: Trip, board: Page) -> Locator:
    """The stop is dragged to the end of the trip's row; the sheet that asks about it."""
    dragged = board.locator(f".chart .block[data-stop='{stop.pk}']")
    lane = board.locator(f".chart-row[data-drop='{trip.pk}'] .lane")
    lane.scroll_into_view_if_needed()
    width = lane.bounding_box()["width"]  # type: ignore[index]
    dragged.drag_to(lane, target_position={"x": width - 8, "y": 12}, force=True)
    sheet = board.locator("#decide")
    expect(sheet).to_contain_text(trip.vehicle.plate)
    return sheet


def test_a_stop_accepted_one_dragged_a_breakdown_and_a_driver_without_signal(
    stack: Stack, visit: Visit, telephone: Telephone, counter: PickupPoint
) -> None:
    first, second, third = cases = [ready(number, counter) for number in NUMBERS]
    planner.ask(first.line, because="test")
    proposal_with(first)
    decider = User.objects.get(username="dispatcher")

    # one stop of the proposal
    board = visit("dispatcher", "/dispatch/")
    board.locator(f".differences li[data-case='{first.pk}']").get_by_role("button", name="Accept this stop").click()
    trip = until(lambda: Trip.objects.filter(stops__case=first).first(), "a trip of one stop")
    assert set(trip.stops.values_list("case_id", flat=True)) == {first.pk}

    # two on the other vehicle by hand; one of them is dragged from there to the first vehicle
    free = Shift.objects.exclude(vehicle=trip.vehicle).get(driver__phone__in=DRIVERS)
    other = trips.make([second, third], free, by=decider, reason="试")
    board.goto("/dispatch/")
    sheet = drag(Stop.objects.get(case=third, kind="delivery", state="planned"), trip, board)
    sheet.locator("form[hx-post*=move] input[name=reason]").fill("顺路")
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
    driver = telephone(link_of(stack, other))
    driver.context.set_offline(True)
    press(driver, "arrive")
    expect(driver.locator("#kept")).to_be_visible()
    driver.context.set_offline(False)
    until(lambda: other.stops.exclude(arrived_at=None).exists(), "what was kept is sent", 30)

    until(lambda: drive_on(driver, cases, lambda stop: stop.pin), "three hand-overs", 60)

    # exactly the right messages, each once, none stale; what was promised before it was sent is not news any more
    for case in cases:
        until(lambda case=case: "survey" in texts_to(stack, case), "the last text", 20)
        got = texts_to(stack, case)
        assert len(got) == len(set(got)), got
        assert set(got) <= {"planned", "on_its_way", "moved", "delayed", "near", "driver_here", "delivered", "survey"}
        told_by_all = [one for one in got if one in ("on_its_way", "delivered", "survey")]
        assert told_by_all == ["on_its_way", "delivered", "survey"], got
