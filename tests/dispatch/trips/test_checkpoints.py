"""Check-points: how long each took, between which districts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch import trips
from dispatch.models import CheckpointPassage
from dispatch.trips import checkpoints
from tests.factories.dispatch import ready_case, trip_with


@pytest.fixture
def trip(templates):
    return trips.start(trips.release(trip_with(ready_case()), None))


def test_a_passage_says_between_which_districts_and_how_long(trip):
    trips.collect(trip.stops.get(kind="pickup"))
    came = timezone.now() - timedelta(minutes=25)
    checkpoints.reach(trip, came)
    checkpoints.passed(trip, came + timedelta(minutes=20))
    passage = CheckpointPassage.objects.get()
    assert passage.delay == timedelta(minutes=20)
    assert passage.from_district == trip.stops.get(kind="pickup").pickup_point.district
    assert passage.to_district == trip.stops.get(kind="delivery").case.address.community.district


def test_the_same_check_point_said_twice_is_one(trip):
    assert checkpoints.reach(trip) == checkpoints.reach(trip)
    checkpoints.passed(trip)
    assert checkpoints.passed(trip) is None
    assert CheckpointPassage.objects.count() == 1


def test_turned_back_is_no_passage(trip):
    checkpoints.reach(trip)
    trips.fail(trip.stops.get(kind="pickup"), "turned_back")
    passage = CheckpointPassage.objects.get()
    assert passage.turned_back_at
    assert passage.delay is None


def test_no_check_point_before_the_start(templates):
    trip = trips.release(trip_with(ready_case()), None)
    with pytest.raises(trips.Refused):
        checkpoints.reach(trip)
