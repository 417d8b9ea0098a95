"""Urgent cases on trips already on the road: what is on the road is pinned, promises cost to move, and a dispatcher says yes."""

from datetime import datetime, timedelta
from unittest import mock

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg.types.range import TimestamptzRange

from cases import holds
from cases.models import Case
from dispatch import planner, travel, trips
from dispatch.models import Stop, Trip
from dispatch.planner.routing import TOLERANCE, Effort
from dispatch.trips import itinerary, joining, moving
from hotline import integrity
from hotline.models import Message
from tests.factories.cases import AddressFactory, CommunityFactory
from tests.factories.dispatch import ShiftFactory, VehicleFactory, ready_case, trip_with
from tests.factories.hotline import LineFactory, UserFactory

LIVE = ("planned", "arrived")


@pytest.fixture
def line(templates):
    return LineFactory()


def at(name, lon, lat=31.3):
    return AddressFactory(community=CommunityFactory(name=name, lon=lon, lat=lat))


def trip_of(line, cases, *, hours=5.0, **vehicle):
    """A planned trip of these cases by a vehicle of its own, whose shift is long enough."""
    shift = ShiftFactory(vehicle=VehicleFactory(line=line, **vehicle), ends_at=timezone.now() + timedelta(hours=9))
    begins = timezone.now() + timedelta(minutes=5)
    period = TimestamptzRange(begins, begins + timedelta(hours=hours))
    crew = {"vehicle": shift.vehicle, "driver": shift.driver, "shift": shift}
    trip = trip_with(*cases, line=line, period=period, **crew)
    for n, stop in enumerate(trip.stops.order_by("sequence")):
        Stop.objects.filter(pk=stop.pk).update(eta=begins + timedelta(minutes=20 * (n + 1)))
    return trip


def on_the_road(line, count=3, **fields):
    """The only vehicle, released with so many hand-overs, one after the other to the east."""
    cases = [ready_case(line=line, level=3, address=at(f"g{n}", 121.53 + n / 50)) for n in range(count)]
    trip = trip_of(line, cases, **fields)
    trips.release(trip, None)
    return trip


def drive(trip, stops):
    """So many stops of it are done, and the vehicle stands at the next."""
    trips.start(trip)
    for stop in trip.stops.select_related("trip", "case").order_by("sequence")[:stops]:
        trips.arrive(stop)
        if stop.kind == "pickup":
            trips.collect(stop)
        else:
            trips.deliver(stop, name="门卫")
    return trip


def propose(line):
    return planner.propose(planner.ask(line, because="test"), Effort(threads=1))


def order_of(trip):
    return list(trip.stops.filter(state__in=LIVE).order_by("sequence").values_list("pk", flat=True))


def test_a_level_one_case_is_proposed_for_the_trip_on_the_road_when_nobody_else_is_free(line):
    trip = on_the_road(line)
    urgent = ready_case(line=line, level=1, address=at("u", 121.54))
    plan = propose(line)
    (row,) = plan.joins
    assert (row["case"], row["trip"], row["instead"]) == (urgent.pk, trip.pk, None)
    assert urgent.pk not in {one["case"] for one in plan.unserved}
    urgent.refresh_from_db()
    assert urgent.waits_because == {}


def test_a_free_vehicle_that_is_there_as_soon_takes_it_instead(line):
    on_the_road(line)
    ShiftFactory(vehicle=VehicleFactory(line=line))
    urgent = ready_case(line=line, level=1, address=at("u", 121.54))
    plan = propose(line)
    assert plan.joins == []
    assert urgent.pk in {stop["case"] for trip in plan.trips for stop in trip["stops"]}


def test_a_new_trip_that_comes_later_stays_proposed_beside_it(line):
    on_the_road(line)
    begins = timezone.now() + timedelta(hours=2)
    ShiftFactory(vehicle=VehicleFactory(line=line), starts_at=begins, ends_at=begins + timedelta(hours=8))
    urgent = ready_case(line=line, level=1, address=at("u", 121.54))
    plan = propose(line)
    (row,) = plan.joins
    assert row["eta"] < row["instead"]
    assert urgent.pk in {stop["case"] for trip in plan.trips for stop in trip["stops"]}


@pytest.mark.parametrize("level", [1, 3])
def test_who_was_not_there_is_tried_again_while_the_goods_are_on_board(line, level):
    cases = [ready_case(line=line, level=each, address=at(f"g{each}", 121.53)) for each in (level, 4)]
    trip = trip_of(line, cases)
    drive(trips.release(trip, None), 2)
    trips.fail(trip.stops.get(case=cases[0], kind="delivery"), "no_answer")
    case = holds.resume(Case.objects.get(pk=cases[0].pk))
    plan = propose(line)
    (row,) = plan.joins
    assert (row["case"], row["trip"]) == (case.pk, trip.pk)
    assert [why for _row, why in joining.accept(plan, UserFactory(role="dispatcher"))] == [""]
    (stop,) = trip.stops.filter(case=case, state__in=LIVE)
    assert (stop.kind, case.sourcings.get().state) == ("delivery", "collected")
    trips.deliver(stop, name="王")
    case.refresh_from_db()
    assert case.state == "delivered"
    assert integrity.check() == []


def test_what_can_wait_does_not_come_on_a_trip_on_the_road(line):
    on_the_road(line)
    ready_case(line=line, level=3, address=at("u", 121.54))
    assert propose(line).joins == []


def test_a_level_two_case_comes_on_it_where_no_promise_breaks(line):
    trip = on_the_road(line)
    second = ready_case(line=line, level=2, address=at("u", 121.575))
    (row,) = propose(line).joins
    assert (row["case"], row["trip"], row["breaks"]) == (second.pk, trip.pk, [])


def test_a_level_one_case_on_board_is_not_kept_waiting_for_another(line):
    first = ready_case(line=line, level=1, address=at("first", 121.53))
    trip = trip_of(line, [first])
    trips.release(trip, None)
    drive(trip, 1)
    second = ready_case(line=line, level=1, address=at("second", 121.40))
    (row,) = propose(line).joins
    assert (row["case"], row["before"]) == (second.pk, None)


def test_no_trip_is_proposed_for_what_its_vehicle_may_not_bring(line):
    trip = on_the_road(line)
    trip.vehicle.permits.all().delete()
    ready_case(line=line, level=1, address=at("u", 121.54))
    assert propose(line).joins == []


def test_the_dispatcher_puts_it_on_the_trip_with_one_press_and_driver_and_residents_are_told(client, line):
    trip = drive(on_the_road(line), 3)
    urgent = ready_case(line=line, level=1, address=at("u", 121.47))
    plan = propose(line)
    client.force_login(UserFactory(role="dispatcher"))
    assert 'id="joins"' in client.get(reverse("dispatch:board")).content.decode()
    before = order_of(trip)
    client.post(reverse("dispatch:join", args=[plan.pk]), {"case": urgent.pk})
    urgent.refresh_from_db()
    assert urgent.state == "en_route"
    assert [pk for pk in order_of(trip) if pk in before] == before
    assert set(urgent.stops.values_list("trip", "state")) == {(trip.pk, "planned")}
    purposes = set(Message.objects.values_list("purpose", flat=True))
    assert {"driver_trip_changed", "planned"} <= purposes
    assert list(integrity.check()) == []


def test_everything_accepted_takes_urgent_cases_onto_the_road_first(client, line):
    trip = on_the_road(line)
    begins = timezone.now() + timedelta(hours=2)
    ShiftFactory(vehicle=VehicleFactory(line=line), starts_at=begins, ends_at=begins + timedelta(hours=8))
    urgent = ready_case(line=line, level=1, address=at("u", 121.54))
    plan = propose(line)
    client.force_login(UserFactory(role="dispatcher"))
    client.post(reverse("dispatch:accept", args=[plan.pk]))
    assert set(urgent.stops.values_list("trip", flat=True)) == {trip.pk}


def test_where_the_vehicle_has_passed_the_place_the_best_one_from_there_is_taken(line, dispatcher):
    trip = on_the_road(line)
    urgent = ready_case(line=line, level=1, address=at("u", 121.54))
    plan = propose(line)
    plan.joins[0]["before"] = trip.stops.order_by("sequence").first().pk
    drive(trip, 1)
    assert [why for _row, why in joining.accept(plan, dispatcher)] == [""]
    assert urgent.stops.filter(trip=trip).count() == 2


def test_a_case_that_is_settled_meanwhile_is_said_and_left(client, line):
    on_the_road(line)
    urgent = ready_case(line=line, level=1, address=at("u", 121.54))
    plan = propose(line)
    Case.objects.filter(pk=urgent.pk).update(state="cancelled", outcome="no_longer_needed")
    client.force_login(UserFactory(role="dispatcher"))
    answer = client.post(reverse("dispatch:join", args=[plan.pk]), follow=True)
    assert urgent.number in answer.content.decode()
    assert not Stop.objects.filter(case=urgent).exists()


# whatever is on the road

places = st.tuples(st.floats(121.3, 121.7), st.floats(31.1, 31.4)).map(lambda p: (round(p[0], 2), round(p[1], 2)))


@st.composite
def roads(draw):
    """Trips with where they go, how many of their stops are done and what they can carry; an urgent case; a free vehicle."""
    drawn = [
        {
            "cases": draw(st.lists(st.tuples(places, st.integers(1, 4)), min_size=1, max_size=4)),
            "done": draw(st.integers(-1, 5)),
            "boxes": draw(st.integers(1, 6)),
            "hours": draw(st.floats(1, 6)),
        }
        for _ in range(draw(st.integers(1, 2)))
    ]
    return drawn, draw(places), draw(st.sampled_from([1, 1, 2])), draw(st.one_of(st.none(), st.floats(0, 3)))


def build(drawn):
    line = LineFactory()
    made = []
    for t, one in enumerate(drawn[0]):
        cases = [
            ready_case(line=line, level=level, address=at(f"t{t}c{n}", *place))
            for n, (place, level) in enumerate(one["cases"])
        ]
        trip = trip_of(line, cases, hours=one["hours"], capacity_boxes=max(one["boxes"], len(cases)))
        made.append(trip)
        if one["done"] >= 0:
            trips.release(trip, None)
            drive(trip, min(one["done"], 2 * len(cases) - 1))
    if drawn[3] is not None:
        begins = timezone.now() + timedelta(hours=drawn[3])
        ShiftFactory(vehicle=VehicleFactory(line=line), starts_at=begins, ends_at=begins + timedelta(hours=8))
    return line, made, ready_case(line=line, level=drawn[2], address=at("urgent", *drawn[1]))


def sooner_places(line, made, urgent, than):
    """Places on trips where it would be handed over clearly sooner and nothing speaks against it, tried one by one."""
    coming = moving.new_stops(urgent, made[0])
    situation = itinerary.read(made, [urgent], coming)
    for trip in made:
        now = itinerary.reckon(situation, trip, situation.order(trip))
        known = {one.what for one in itinerary.breaks(situation, trip, now)}
        for n in range(len(situation.order(trip)) + 1):
            then = itinerary.reckon(situation, trip, moving.inserted(situation, trip, coming, n))
            against = [
                b
                for b in itinerary.breaks(situation, trip, then)
                if b.what not in known or b.hard or b.code in joining.NOT_EVEN_BROKEN
            ]
            if any(b.hard or b.code in joining.NEVER for b in against):
                continue
            if any(later_urgent(now, then)):
                continue
            if than is None or then.eta_of(urgent.pk) < than - TOLERANCE - timedelta(minutes=1):
                yield trip, n


def later_urgent(now, then):
    for stop, eta in zip(now.stops, now.etas, strict=True):
        if stop.kind == "delivery" and stop.case.level == 1:
            yield then.eta_of(stop.case_id) > eta + TOLERANCE


@pytest.mark.django_db
@settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(roads())
def test_whatever_is_on_the_road_an_urgent_case_comes_on_it_as_soon_as_can_be_and_breaks_nothing_pinned(
    templates, drawn
):
    # the clock stands still, and so does the one that ends a search: what is proposed now is reckoned the same a moment later
    still = time_machine.travel(timezone.now(), tick=False)
    with still, mock.patch.object(joining, "SECONDS", 600), transaction.atomic():
        line, made, urgent = build(drawn)
        made = [Trip.objects.select_related("line", "vehicle__line", "driver", "shift").get(pk=t.pk) for t in made]
        plan = propose(line)
        new = {s["case"]: s["eta"] for t in plan.trips for s in t["stops"] if s["kind"] == "delivery"}
        gate = timedelta(seconds=travel.GATE_SETUP_SECONDS)
        joined = next((row for row in plan.joins if row["case"] == urgent.pk), None)
        if urgent.level == 1:
            than = joined["eta"] if joined else new.get(urgent.pk)
            than = datetime.fromisoformat(than) if than else None
            if than and not joined:
                than -= gate  # a new trip says when it hands over, the gate done; an itinerary, when it is there
            assert not list(sooner_places(line, made, urgent, than))
        if joined:
            check_the_join(plan, joined, made, urgent)
        transaction.set_rollback(True)


def check_the_join(plan, row, made, urgent):
    trip = next(t for t in made if t.pk == row["trip"])
    before = order_of(trip)
    told = dict(trip.stops.filter(kind="delivery").values_list("pk", "window_until"))
    (stands,) = trip.stops.filter(state="arrived").values_list("pk", flat=True)[:1] or (None,)
    assert [why for _row, why in joining.accept(plan, UserFactory(role="dispatcher"))] == [""]
    after = order_of(trip)
    assert [pk for pk in after if pk in before] == before
    assert stands is None or after[0] == stands
    trip = Trip.objects.select_related("line", "vehicle__line", "driver", "shift").get(pk=trip.pk)
    situation = itinerary.read([trip])
    reckoned = itinerary.reckon(situation, trip, situation.order(trip))
    assert not [b for b in itinerary.breaks(situation, trip, reckoned) if b.hard]
    for stop in trip.stops.filter(kind="delivery", state__in=LIVE).select_related("case"):
        moved = Message.objects.filter(purpose="moved", topic=f"case:{stop.case_id}").exists()
        if stop.pk in told and stop.window_until != told[stop.pk]:
            assert moved
            assert urgent.level == 1
        if stop.window_until:
            assert stop.eta < stop.window_until
