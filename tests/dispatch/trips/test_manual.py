"""Trips made by hand, and a trip split over two vehicles."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch import integrity, trips
from dispatch.models import Permit, Plan, Stop, Trip
from hotline.models import Message
from tests.dispatch.trips.test_moving import case_at, order_of
from tests.factories.dispatch import ShiftFactory, trip_with
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases():
    return [case_at(121.50 + n / 100, 31.25 + n / 100) for n in range(3)]


def test_chosen_cases_become_a_trip_collected_before_handed_over(cases, dispatcher):
    trip = trips.make(cases, ShiftFactory(), by=dispatcher, reason="急")
    order = order_of(trip)
    assert (trip.state, trip.created_by, len(order)) == ("planned", dispatcher, 6)
    for case in cases:
        assert order.index(("p", case.pk)) < order.index(("d", case.pk))
    assert trip.metres > 0


def test_the_draft_shows_it_first_and_keeps_nothing(cases):
    thought = trips.draft(cases, ShiftFactory())
    assert thought.itinerary.ends_at > timezone.now()
    assert thought.hard == []
    assert not Trip.objects.exists()


def test_a_new_plan_is_asked_for(cases, dispatcher):
    trips.make(cases, ShiftFactory(), by=dispatcher, reason="急")
    assert Plan.objects.filter(state="asked").count() == 1


def test_without_papers_it_is_refused(cases, dispatcher):
    shift = ShiftFactory()
    Permit.objects.filter(vehicle=shift.vehicle).update(withdrawn_at=timezone.now())
    with pytest.raises(trips.Refused, match=shift.vehicle.plate):
        trips.make(cases, shift, by=dispatcher, reason="急")
    assert not Trip.objects.exists()


def test_a_vehicle_on_the_road_is_not_sent_out_twice(cases, dispatcher):
    shift = ShiftFactory()
    trips.make(cases[:1], shift, by=dispatcher, reason="急")
    with pytest.raises(trips.Refused, match=shift.vehicle.plate):
        trips.make(cases[1:], shift, by=dispatcher, reason="急")


def test_a_case_is_not_put_on_a_second_trip(cases, dispatcher):
    trips.make(cases, ShiftFactory(), by=dispatcher, reason="急")
    with pytest.raises(trips.Refused):
        trips.make(cases[:1], ShiftFactory(), by=dispatcher, reason="急")


def test_a_case_that_is_not_ready_is_named(cases, dispatcher):
    case = case_at(121.6, 31.2, state="triaged", next_step="source", owner="queue")
    with pytest.raises(trips.Refused, match=case.number):
        trips.make([case], ShiftFactory(), by=dispatcher, reason="急")


def test_after_the_shift_it_needs_a_reason(cases, dispatcher):
    shift = ShiftFactory(ends_at=timezone.now() + timedelta(minutes=30))
    with pytest.raises(trips.Refused):
        trips.make(cases, shift, by=dispatcher, reason="")
    assert trips.make(cases, shift, by=dispatcher, reason="司机同意加班")


def test_an_agent_may_not(cases):
    with pytest.raises(trips.Refused):
        trips.make(cases, ShiftFactory(), by=UserFactory(role="agent"), reason="急")


def test_a_released_trip_is_split_under_its_promises(cases, dispatcher, templates):
    trip = trip_with(*cases)
    trips.release(trip, dispatcher)
    second = trips.split(trip, cases[2:], ShiftFactory(), by=dispatcher, reason="装不下")
    assert second.state == "released"
    assert [pk for _kind, pk in order_of(second)] == [cases[2].pk] * 2
    assert cases[2].pk not in [pk for _kind, pk in order_of(trip)]
    assert Message.objects.filter(topic=f"trip:{second.pk}", purpose="driver_trip").count() == 1
    assert list(Message.objects.filter(topic=f"case:{cases[2].pk}").values_list("purpose", flat=True)) == ["planned"]
    assert not list(integrity.cases_and_trips_agree())


def test_a_trip_on_the_road_is_split_and_the_case_promised_anew(cases, dispatcher, templates):
    trip = trip_with(*cases)
    trips.release(trip, dispatcher)
    trips.start(trip, dispatcher)
    second = trips.split(trip, cases[2:], ShiftFactory(), by=dispatcher, reason="来不及")
    cases[2].refresh_from_db()
    assert (second.state, cases[2].state) == ("released", "planned")
    assert not list(integrity.cases_and_trips_agree())
    assert not list(integrity.cases_are_on_one_stop())


def test_splitting_off_goods_on_board_is_refused(cases, dispatcher):
    trip = trip_with(*cases)
    trips.release(trip, dispatcher)
    trips.start(trip, dispatcher)
    trips.collect(trip.stops.get(case=cases[0], kind="pickup"))
    with pytest.raises(trips.Refused):
        trips.split(trip, cases[:1], ShiftFactory(), by=dispatcher, reason="来不及")
    assert Stop.objects.get(case=cases[0], kind="delivery").trip == trip
