"""Expected times follow the day; a resident hears of it when the window no longer holds."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cases.models import Case
from dispatch import trips
from dispatch.models import DriverBreak, Shift, Stop, Trip
from dispatch.trips import itinerary, windows
from hotline.models import Message
from tests.factories.dispatch import ShiftFactory, ready_case, trip_with


@pytest.fixture
def case(templates):
    return ready_case()


def delays(case):
    return Message.objects.filter(topic=f"case:{case.pk}", purpose="delayed").exclude(state="suppressed")


def test_a_window_lies_on_quarter_hours_around_the_time():
    eta = timezone.now()
    start, end = windows.around(eta)
    assert start <= eta - windows.BEFORE < start + windows.QUARTER
    assert end - windows.QUARTER < eta + windows.AFTER <= end
    assert {start.minute % 15, end.minute % 15, start.second, end.microsecond} == {0}


def test_a_small_delay_is_nobodys_news(case):
    trip = trips.start(trips.release(trip_with(case), None))
    with time_machine.travel(timezone.now() + timedelta(minutes=25)):
        trips.collect(trip.stops.get(kind="pickup"))
    assert not delays(case).exists()


def test_a_broken_window_is_told_with_the_new_one_once(case):
    trip = trips.start(trips.release(trip_with(case), None))
    before = Case.objects.get(pk=case.pk).promised_until
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        trips.collect(trip.stops.get(kind="pickup"))
        assert delays(case).count() == 1
        assert Case.objects.get(pk=case.pk).promised_until > before
        trips.retime(trip)
        assert delays(case).count() == 1


def test_a_vehicle_that_is_not_heard_of_is_noticed(case):
    trip = trips.start(trips.release(trip_with(case), None))
    assert trips.notice_late() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=4)):
        assert trips.notice_late() == 1
        assert trip.stops.get(kind="delivery").eta > timezone.now()
        assert delays(case).count() == 1


def test_who_comes_after_the_drivers_meal_is_told_the_time_after_it(case):
    shift = ShiftFactory()
    trip = trip_with(case, shift=shift, vehicle=shift.vehicle, driver=shift.driver)
    trips.start(trips.release(trip, None))
    Stop.objects.update(window_from=None, window_until=None)
    now = timezone.now()
    meal = {
        "from": str(now - timedelta(minutes=15)),
        "until": str(now + timedelta(minutes=40)),
        "minutes": 30,
        "what": "meal",
    }

    def comes():
        trip = Trip.objects.select_related("shift").get(driver=shift.driver)
        trips.retime(trip, now)
        with time_machine.travel(now, tick=False):
            situation = itinerary.read([trip])
            reckoned = itinerary.reckon(situation, trip, situation.order(trip))
        assert abs(reckoned.etas[-1] - trip.stops.get(kind="delivery").eta) < timedelta(seconds=2)
        return reckoned.etas[-1]

    without = comes()
    Shift.objects.update(breaks=[meal])
    assert comes() - without == timedelta(minutes=30)
    DriverBreak.objects.create(driver=shift.driver, started_at=now - timedelta(minutes=10), what="meal")
    assert comes() - without == timedelta(minutes=20)
    DriverBreak.objects.update(ended_at=now)
    assert comes() == without


def test_a_late_start_moves_all_that_follows(case):
    trip = trips.release(trip_with(case), None)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        trips.start(trip)
        assert trip.stops.get(kind="delivery").eta > timezone.now()
        assert trip.stops.get(kind="pickup").eta < trip.stops.get(kind="delivery").eta
