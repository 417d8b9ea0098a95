"""A vehicle or a driver is out: goods on board and stops ahead go over to another vehicle or back, and each case is told of."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch import integrity, trips
from dispatch.models import Permit, Plan, Sourcing, Stop, Trip
from dispatch.trips import outage
from hotline.models import Message
from tests.dispatch.trips.test_moving import case_at, order_of
from tests.factories.dispatch import DriverFactory, ShiftFactory, TripFactory, VehicleFactory, trip_with
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases():
    return [case_at(121.50 + n / 100, 31.25 + n / 100) for n in range(3)]


@pytest.fixture
def driving(cases, dispatcher, templates):
    """A trip under way: the goods of the first case are on board, the others still to be collected."""
    trip = trip_with(*cases)
    trips.release(trip, dispatcher)
    trips.start(trip, dispatcher)
    trips.collect(trip.stops.get(case=cases[0], kind="pickup"))
    return trip


@pytest.fixture
def rescue(dispatcher, templates):
    """Another trip under way with a case of its own."""
    trip = trip_with(case_at(121.56, 31.24))
    trips.release(trip, dispatcher)
    trips.start(trip, dispatcher)
    return trip


def all_is_well():
    found = [*integrity.cases_and_trips_agree(), *integrity.cases_are_on_one_stop(), *integrity.trips_do_not_overlap()]
    return found == []


def told(case):
    return list(Message.objects.filter(topic=f"case:{case.pk}").order_by("id").values_list("purpose", flat=True))


def test_without_a_second_vehicle_everything_goes_back_to_ready(driving, cases, dispatcher):
    fates = trips.vehicle_out(driving.vehicle, by=dispatcher, reason="爆胎")
    assert [fate.ok for fate in fates] == [True] * 3
    driving.refresh_from_db()
    driving.vehicle.refresh_from_db()
    assert (driving.state, driving.vehicle.state) == ("aborted", "broken_down")
    assert {type(case).objects.get(pk=case.pk).state for case in cases} == {"ready"}
    assert Plan.objects.filter(state="asked").exists()
    assert all_is_well()


def test_who_had_a_window_hears_once_that_it_is_off_and_why(driving, cases, dispatcher):
    trips.vehicle_out(driving.vehicle, by=dispatcher, reason="爆胎，司机老王没事")
    for case in cases:
        assert told(case).count("put_off") == 1
        words = Message.objects.get(topic=f"case:{case.pk}", purpose="put_off").body
        assert "车辆临时故障" in words
        assert "老王" not in words


def test_goods_on_board_are_taken_over_at_a_meeting_point(driving, rescue, cases, dispatcher):
    fates = trips.vehicle_out(driving.vehicle, by=dispatcher, reason="爆胎", to=rescue)
    assert all(fate.ok for fate in fates)
    met = Stop.objects.get(trip=rescue, case=cases[0], kind="pickup")
    assert met.meets == driving
    assert met.place
    order = order_of(rescue)
    assert order.index(("p", cases[0].pk)) < order.index(("d", cases[0].pk))
    cases[0].refresh_from_db()
    assert cases[0].state == "en_route"
    assert all_is_well()


def test_the_meeting_point_can_be_chosen(driving, rescue, cases, dispatcher):
    place = outage.Meeting("国权路地铁站2号口", 121.51, 31.29)
    trips.vehicle_out(driving.vehicle, by=dispatcher, reason="爆胎", to=rescue, meeting=place)
    met = Stop.objects.get(trip=rescue, case=cases[0], kind="pickup")
    assert (met.place, met.lon) == ("国权路地铁站2号口", 121.51)


def test_what_was_taken_over_is_handed_over_by_the_other_driver(driving, rescue, cases, dispatcher):
    trips.vehicle_out(driving.vehicle, by=dispatcher, reason="爆胎", to=rescue)
    delivery = Stop.objects.get(trip=rescue, case=cases[0], kind="delivery")
    with pytest.raises(trips.Refused):
        trips.deliver(delivery, name="门卫")  # not before the two have met
    trips.collect(Stop.objects.get(trip=rescue, case=cases[0], kind="pickup"))
    trips.deliver(delivery, name="门卫", by=dispatcher)
    cases[0].refresh_from_db()
    assert cases[0].state == "delivered"


def test_a_resident_whose_window_holds_hears_nothing(driving, rescue, cases, dispatcher):
    Stop.objects.filter(trip=driving).update(window_until=timezone.now() + timedelta(hours=9))
    before = told(cases[0])
    trips.vehicle_out(driving.vehicle, by=dispatcher, reason="爆胎", to=rescue)
    assert told(cases[0]) == before


def test_a_free_vehicle_takes_all_of_it_on_one_new_trip(driving, cases, dispatcher):
    shift = ShiftFactory()
    fates = trips.vehicle_out(driving.vehicle, by=dispatcher, reason="爆胎", to=shift)
    assert all(fate.ok for fate in fates), [fate.words for fate in fates]
    new = Trip.objects.get(vehicle=shift.vehicle)
    assert new.state == "released"
    assert {pk for _kind, pk in order_of(new)} == {case.pk for case in cases}
    assert Message.objects.filter(topic=f"trip:{new.pk}", purpose="driver_trip").count() == 1
    assert {type(case).objects.get(pk=case.pk).state for case in cases} == {"planned"}
    assert all_is_well()


def test_what_the_other_vehicle_cannot_take_goes_back_and_says_why(driving, cases, dispatcher):
    small = TripFactory(vehicle=VehicleFactory(capacity_boxes=1))
    fates = trips.vehicle_out(driving.vehicle, by=dispatcher, reason="爆胎", to=small)
    fates = {fate.case.pk: fate for fate in fates}
    assert [fates[case.pk].ok for case in cases].count(False) == 0 or any(
        small.vehicle.plate in fate.words for fate in fates.values()
    )
    assert all_is_well()


def test_a_vehicle_without_a_pass_takes_nothing_over(driving, cases, dispatcher):
    shift = ShiftFactory()
    Permit.objects.filter(vehicle=shift.vehicle).update(withdrawn_at=timezone.now())
    fates = trips.vehicle_out(driving.vehicle, by=dispatcher, reason="爆胎", to=shift)
    assert [fate.ok for fate in fates] == [False] * 3
    assert all(shift.vehicle.plate in fate.words for fate in fates)
    assert {type(case).objects.get(pk=case.pk).state for case in cases} == {"ready"}
    assert not Trip.objects.filter(vehicle=shift.vehicle).exists()


def test_goods_that_are_lost_are_looked_for_again(driving, cases, dispatcher):
    trips.vehicle_out(driving.vehicle, by=dispatcher, reason="起火", goods=outage.LOST)
    states = [type(case).objects.get(pk=case.pk).state for case in cases]
    assert states == ["sourcing", "ready", "ready"]
    assert Sourcing.objects.get(case=cases[0]).state == "refused"
    assert told(cases[0]).count("put_off") == 1


def test_a_reason_is_needed_and_an_agent_may_not(driving, dispatcher):
    with pytest.raises(trips.Refused):
        trips.vehicle_out(driving.vehicle, by=dispatcher, reason=" ")
    with pytest.raises(trips.Refused):
        trips.vehicle_out(driving.vehicle, by=UserFactory(role="agent"), reason="爆胎")


def test_another_driver_takes_over_with_a_link_of_their_own(driving, dispatcher):
    other = DriverFactory()
    trips.replace_driver(driving, other, by=dispatcher, reason="发烧")
    driving.refresh_from_db()
    assert (driving.driver, driving.link_version) == (other, 2)
    assert Message.objects.filter(number=str(other.phone), purpose="driver_trip").count() == 1


def test_a_driver_without_a_test_does_not(driving, dispatcher):
    other = DriverFactory(tested=60)
    with pytest.raises(trips.Refused, match=other.name):
        trips.replace_driver(driving, other, by=dispatcher, reason="发烧")


def test_a_driver_on_another_trip_does_not(driving, rescue, dispatcher):
    with pytest.raises(trips.Refused):
        trips.replace_driver(driving, rescue.driver, by=dispatcher, reason="发烧")
    driving.refresh_from_db()
    assert driving.link_version == 1
