"""Released and started: the gate is asked each time, and residents hear each thing once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import steps
from dispatch import trips
from hotline import integrity
from hotline.lifecycle import MoveRefused
from hotline.models import Message
from tests.factories.dispatch import ready_case, trip_with


def texts(case, event):
    return [m.body for m in Message.objects.filter(topic=f"case:{case.pk}", purpose=event).exclude(state="suppressed")]


@pytest.fixture
def case(templates):
    return ready_case()


def test_released_cases_are_planned_with_a_promise(case, dispatcher):
    trip = trips.release(trip_with(case), dispatcher)
    case.refresh_from_db()
    stop = trip.stops.get(kind="delivery")
    assert (trip.state, case.state, case.owner) == ("released", "planned", "trip")
    assert (case.promised_from, case.promised_until) == (stop.window_from, stop.window_until)
    assert stop.window_from <= stop.eta < stop.window_until


def test_residents_hear_the_window_and_the_driver_gets_the_link(case, dispatcher):
    trip = trips.release(trip_with(case), dispatcher)
    stop = trip.stops.get(kind="delivery")
    (text,) = texts(case, "planned")
    assert timezone.localtime(stop.window_until).strftime("%H:%M") in text
    assert "/d/" in Message.objects.get(number=str(trip.driver.phone)).body


def test_the_pin_goes_out_at_the_start_and_not_before(case, dispatcher):
    trip = trips.release(trip_with(case), dispatcher)
    pin = trip.stops.get(kind="delivery").pin
    assert all(pin not in body for body in texts(case, "planned"))
    trips.start(trip)
    (text,) = texts(case, "on_its_way")
    assert pin in text
    case.refresh_from_db()
    assert case.state == "en_route"


def test_a_second_press_changes_nothing(case, dispatcher):
    trip = trips.release(trip_with(case), dispatcher)
    with pytest.raises(MoveRefused):
        trips.release(trip, dispatcher)
    assert len(texts(case, "planned")) == 1


def test_a_permit_withdrawn_before_release_stops_it(case, dispatcher):
    trip = trip_with(case)
    trip.vehicle.permits.update(withdrawn_at=timezone.now())
    with pytest.raises(trips.Refused, match=trip.vehicle.plate):
        trips.release(trip, dispatcher)
    case.refresh_from_db()
    assert (case.state, case.promised_until) == ("ready", None)


def test_a_certificate_that_lapsed_after_release_stops_the_start(case, dispatcher):
    trip = trips.release(trip_with(case), dispatcher)
    trip.driver.certificates.update(valid_until=timezone.now() + timedelta(minutes=20))
    with pytest.raises(trips.Refused, match=trip.driver.name):
        trips.start(trip)
    case.refresh_from_db()
    assert case.state == "planned"


def test_a_trip_without_stops_is_not_released(db, dispatcher):
    with pytest.raises(trips.Refused):
        trips.release(trip_with(), dispatcher)


def test_nobody_drives_two_trips_at_once(case, dispatcher):
    now = timezone.now()
    first = trips.start(trips.release(trip_with(case), dispatcher))
    later = (now + timedelta(hours=5), now + timedelta(hours=7))
    second = trip_with(ready_case(), vehicle=first.vehicle, driver=first.driver, period=later)
    trips.release(second, dispatcher)
    with pytest.raises(trips.Refused):
        trips.start(second)


def test_a_trip_with_nothing_left_is_over_when_its_driver_sets_out_again(case, dispatcher):
    first = trips.start(trips.release(trip_with(case), dispatcher))
    trips.collect(first.stops.get(kind="pickup"))
    trips.deliver(first.stops.get(kind="delivery"), name="王")
    period = (first.period.upper + timedelta(minutes=1), first.period.upper + timedelta(hours=2))
    second = trip_with(ready_case(), vehicle=first.vehicle, driver=first.driver, period=period)
    trips.start(trips.release(second, dispatcher))
    first.refresh_from_db()
    assert (first.state, second.state) == ("finished", "under_way")


def test_nobody_says_that_a_case_is_planned_or_on_its_way_without_its_trip(case, dispatcher):
    with pytest.raises(MoveRefused):
        steps.move(case, "plan", by=dispatcher)
    trip = trips.release(trip_with(case), dispatcher)
    with pytest.raises(MoveRefused):
        steps.move(case, "depart", by=dispatcher)
    trips.start(trip, dispatcher)
    case.refresh_from_db()
    assert case.state == "en_route"
    assert integrity.check() == []
