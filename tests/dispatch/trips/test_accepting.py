"""A dispatcher says yes: trips come to be, once, and only what still holds."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from cases import outcomes
from cases.models import Case
from dispatch import planner, trips
from dispatch.models import Plan, Trip, Vehicle
from dispatch.trips import accepting
from tests.factories.cases import AddressFactory, CommunityFactory
from tests.factories.dispatch import CertificateFactory, PlanFactory, ShiftFactory, VehicleFactory, ready_case
from tests.factories.hotline import LineFactory, UserFactory


@pytest.fixture
def proposed(db):
    """A proposal of one trip with two cases."""
    ShiftFactory()
    for _ in range(2):
        ready_case()
    return planner.propose(planner.ask(LineFactory(), because="test"))


def test_a_yes_makes_the_trip_with_its_stops(proposed, dispatcher):
    (trip,) = trips.accept(proposed, dispatcher)
    assert (trip.state, trip.created_by, trip.plan) == ("planned", dispatcher, proposed)
    assert sorted(trip.stops.values_list("kind", flat=True)) == ["delivery", "delivery", "pickup", "pickup"]
    assert list(trip.stops.values_list("sequence", flat=True)) == [1, 2, 3, 4]


def test_the_cases_stay_ready_until_release(proposed, dispatcher):
    (trip,) = trips.accept(proposed, dispatcher)
    assert {stop.case.state for stop in trip.stops.all()} == {"ready"}


def test_the_second_is_told_who_was_first(proposed, dispatcher):
    trips.accept(proposed, dispatcher)
    with pytest.raises(trips.Refused, match="调度员"):
        trips.accept(proposed, UserFactory(role="dispatcher"))


def test_an_agent_may_not(proposed):
    with pytest.raises(trips.Refused):
        trips.accept(proposed, UserFactory(role="agent"))


def test_one_vehicle_of_several(db, dispatcher):
    for _ in range(2):
        ShiftFactory(vehicle__capacity_boxes=1)
        ready_case(level=1)
    plan = planner.propose(planner.ask(LineFactory(), because="test"))
    first, *others = (row["vehicle"] for row in plan.trips)
    assert [t.vehicle_id for t in trips.accept(plan, dispatcher, vehicles=[first])] == [first]
    assert [t.vehicle_id for t in trips.accept(plan, dispatcher)] == others


def test_a_case_that_was_cancelled_meanwhile_is_left_out(proposed, dispatcher):
    gone = Case.objects.first()
    outcomes.cancel(gone, reason="邻居给了")
    (trip,) = trips.accept(proposed, dispatcher)
    assert gone.pk not in trip.stops.values_list("case", flat=True)


def test_a_superseded_plan_is_not_accepted(proposed, dispatcher):
    planner.propose(planner.ask(proposed.line, because="again"))
    with pytest.raises(trips.Refused):
        trips.accept(proposed, dispatcher)


def test_a_plan_that_lay_too_long_is_not_accepted(proposed, dispatcher):
    long_ago = timezone.now() - accepting.GOOD_FOR - timedelta(hours=1)
    proposed.trips[0]["starts_at"] = long_ago.isoformat()
    proposed.save()
    with pytest.raises(trips.Refused):
        trips.accept(proposed, dispatcher)


def test_a_permit_withdrawn_meanwhile_stops_it(proposed, dispatcher):
    vehicle = Vehicle.objects.get()
    vehicle.permits.update(withdrawn_at=timezone.now())
    with pytest.raises(trips.Refused, match=vehicle.plate):
        trips.accept(proposed, dispatcher)
    assert not Trip.objects.exists()


def test_a_certificate_that_lapses_on_the_way_was_never_planned(db):
    """The planner stops before it; the trip ends while the test still holds."""
    shift = ShiftFactory(driver__tested=-1)
    certificate = CertificateFactory(driver=shift.driver, sampled_at=timezone.now() - timedelta(hours=46))
    for _ in range(2):
        ready_case()
    plan = planner.propose(planner.ask(LineFactory(), because="test"))
    assert plan.trips
    assert all(row["ends_at"] <= certificate.valid_until.isoformat() for row in plan.trips)


def test_nothing_to_accept_is_said(db, dispatcher):
    with pytest.raises(trips.Refused):
        trips.accept(PlanFactory(trips=[]), dispatcher)


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_at_once_make_one_trip():
    ShiftFactory()
    ready_case()
    plan = planner.propose(planner.ask(LineFactory(), because="test"))
    people = [UserFactory(role="dispatcher") for _ in range(2)]
    start, said = Barrier(2), []

    def press(who):
        start.wait()
        try:
            trips.accept(Plan.objects.get(pk=plan.pk), who)
            said.append("made")
        except trips.Refused:
            said.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=press, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["made", "refused"]
    assert Trip.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_plans_at_once_never_take_one_vehicle_or_case_twice():
    """Even past the check of the newest plan the database lets only one of them in."""
    ShiftFactory()
    ready_case()
    plan = planner.propose(planner.ask(LineFactory(), because="test"))
    twin = PlanFactory(line=plan.line, trips=plan.trips, proposed_at=plan.proposed_at)
    start, said = Barrier(2), []

    def press(pk):
        start.wait()
        try:
            trips.accept(Plan.objects.get(pk=pk), None)
            said.append("made")
        except trips.Refused:
            said.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=press, args=(pk,)) for pk in (plan.pk, twin.pk)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["made", "refused"]
    assert Trip.objects.count() == 1


def test_one_stop_of_a_vehicle_and_later_the_rest_on_the_same_trip(proposed, dispatcher):
    first, second = {stop["case"] for stop in proposed.trips[0]["stops"]}
    (trip,) = trips.accept(proposed, dispatcher, cases={first})
    assert set(trip.stops.values_list("case_id", flat=True)) == {first}
    assert trips.accept(proposed, dispatcher) == [trip]
    assert set(trip.stops.values_list("case_id", flat=True)) == {first, second}
    with pytest.raises(trips.Refused):
        trips.accept(proposed, dispatcher)
    assert Trip.objects.count() == 1


def test_a_trip_of_fewer_stops_than_proposed_is_over_earlier(proposed, dispatcher):
    first = proposed.trips[0]["stops"][0]["case"]
    (trip,) = trips.accept(proposed, dispatcher, cases={first})
    assert trip.period.upper < accepting._time(proposed.trips[0]["ends_at"])


def test_two_shifts_of_one_vehicle_are_two_trips_and_accepted_one_by_one(db, dispatcher):
    vehicle, now = VehicleFactory(capacity_boxes=1), timezone.now()
    for begins in (0, 2):
        begins = now + timedelta(hours=begins)
        ShiftFactory(vehicle=vehicle, starts_at=begins, ends_at=begins + timedelta(hours=2))
    for n in range(6):
        community = CommunityFactory(name=f"c{n}", lon=121.45 + n / 20, lat=31.3)
        ready_case(level=3, address=AddressFactory(community=community))
    plan = planner.propose(planner.ask(LineFactory(), because="test"))
    first, second = sorted(plan.trips, key=lambda row: row["starts_at"])
    (sooner,) = trips.accept(plan, dispatcher, shifts={first["shift"]})
    assert sooner.shift_id == first["shift"]
    (later,) = trips.accept(plan, dispatcher)
    assert (later.vehicle_id, later.shift_id) == (vehicle.pk, second["shift"])
