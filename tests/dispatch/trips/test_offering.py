"""A released trip is offered: accepted, declined with a reason, asked again, given to somebody else."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone

from dispatch import declined, trips
from dispatch.models import TripOffer
from dispatch.trips import offering
from hotline.models import Message
from tests.factories.dispatch import DriverFactory, ShiftFactory, ready_case, trip_with


@pytest.fixture
def trip(templates):
    return trips.release(trip_with(ready_case()), None)


@pytest.fixture
def offer(trip):
    return TripOffer.objects.get(trip=trip)


def now(row):
    row.refresh_from_db()
    return row


def links_to(driver):
    return Message.objects.filter(number=str(driver.phone), purpose="driver_trip")


def test_a_released_trip_waits_for_the_drivers_answer(trip, offer):
    assert (offer.state, offer.driver) == ("open", trip.driver)
    assert offer.due_at > timezone.now()
    assert links_to(trip.driver).count() == 1


def test_starting_is_accepting(trip, offer):
    trips.start(trip)
    assert now(offer).state == "accepted"


def test_accepting_twice_is_once(trip, offer):
    trips.accept_offer(trip)
    trips.accept_offer(trip)
    assert now(offer).state == "accepted"


def test_declining_needs_a_reason(trip, offer):
    with pytest.raises(trips.Refused):
        trips.decline(trip, "")
    assert now(offer).state == "open"


def test_a_declined_trip_does_not_start_and_its_residents_stay_promised(trip, offer):
    trips.decline(trip, "unwell", "发烧")
    assert (now(offer).state, offer.why, offer.words) == ("declined", "unwell", "发烧")
    with pytest.raises(trips.Refused):
        trips.start(trip)
    assert trip.stops.get(kind="delivery").case.state == "planned"


def test_a_declined_trip_is_not_offered_to_the_same_driver_again(trip, offer, dispatcher):
    trips.decline(trip, "too_far")
    with pytest.raises(trips.Refused):
        trips.ask_again(trip, dispatcher)
    with pytest.raises(trips.Refused):
        trips.give_to(trip, trip.driver, dispatcher)


def test_not_even_the_database_lets_it(trip, offer):
    trips.decline(trip, "too_far")
    with pytest.raises(IntegrityError), transaction.atomic():
        TripOffer.objects.create(trip=trip, driver=trip.driver, due_at=timezone.now())
    with pytest.raises(ProgrammingError), transaction.atomic():
        TripOffer.objects.filter(pk=offer.pk).update(state="open")


def test_without_an_answer_it_is_asked_once_more_and_then_is_the_dispatchers(trip, offer):
    for times, state in ((2, "open"), (2, "unanswered")):
        TripOffer.objects.filter(pk=offer.pk).update(due_at=timezone.now() - timedelta(seconds=1))
        assert offering.run_out() == 1
        assert (now(offer).times, offer.state) == (times, state)
    assert offering.run_out() == 0
    assert links_to(trip.driver).count() == 2


def test_another_driver_gets_the_trip_and_the_old_link_is_worth_nothing(trip, offer, dispatcher):
    trips.decline(trip, "vehicle")
    other = ShiftFactory(vehicle=trip.vehicle).driver
    version = trip.link_version
    trips.give_to(trip, other, dispatcher)
    assert (now(trip).driver, trip.link_version) == (other, version + 1)
    assert TripOffer.objects.get(trip=trip, driver=other).state == "open"
    assert links_to(other).count() == 1
    trips.start(trip)


def test_a_driver_without_a_valid_test_does_not_get_it(trip, dispatcher):
    with pytest.raises(trips.Refused):
        trips.give_to(trip, DriverFactory(tested=-1), dispatcher)
    assert TripOffer.objects.get().state == "open"


def test_a_driver_on_another_trip_does_not_get_it(trip, dispatcher):
    busy = trip_with(ready_case()).driver
    with pytest.raises(trips.Refused):
        trips.give_to(trip, busy, dispatcher)


def test_who_is_unwell_is_not_planned_for_a_while_who_finds_it_too_far_is(templates):
    unwell, far = (trips.release(trip_with(ready_case()), None) for _ in range(2))
    trips.decline(unwell, "unwell")
    trips.decline(far, "too_far")
    drivers = {unwell.driver_id, far.driver_id}
    assert declined.not_planned(drivers, timezone.now()) == {unwell.driver_id}
    assert declined.not_planned(drivers, timezone.now() + timedelta(hours=3)) == set()


def test_the_same_trip_made_anew_is_known(trip, offer):
    cases = set(trip.stops.values_list("case_id", flat=True))
    assert declined.before(trip.driver, cases) is None
    trips.decline(trip, "too_far")
    assert declined.before(trip.driver, cases) == offer
    assert declined.before(trip.driver, {0}) is None


def test_nobody_is_waited_for_when_the_trip_is_off(trip, offer):
    trips.abort(trip, None, "爆胎")
    assert now(offer).state == "withdrawn"
