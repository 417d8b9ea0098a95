"""Travel between places: pace by hour, check-points by border and hour."""

from datetime import timedelta

import pytest

from dispatch import travel
from dispatch.travel import Conditions
from tests.dispatch.planner.problems import ISLAND, NORTH, NOW, ROADS, SOUTH, place

NIGHT = NOW + timedelta(hours=14)  # midnight in Shanghai


def between(start, end, conditions=ROADS, at=NOW, until=None):
    found = travel.matrix([start.point, end.point], [start.district, end.district], conditions, at, until)
    return int(found.seconds[0, 1])


def test_it_is_faster_at_night():
    assert between(place(), place(east=9), at=NIGHT) < between(place(), place(east=9))


def test_a_ride_into_the_night_has_the_pace_of_both():
    day, night = between(place(), place(east=9)), between(place(), place(east=9), at=NIGHT)
    assert night < between(place(), place(east=9), at=NIGHT - timedelta(hours=4), until=NIGHT) < day


def test_each_border_on_the_way_costs_a_checkpoint():
    one, two = ROADS.checkpoints([10])[NORTH][SOUTH], ROADS.checkpoints([10])[NORTH][ISLAND]
    assert (one, two) == (travel.CHECKPOINT_SECONDS, 2 * travel.CHECKPOINT_SECONDS)


def test_a_learned_delay_counts_at_its_hour_and_in_its_direction():
    by_hour = [float(travel.CHECKPOINT_SECONDS)] * 24
    by_hour[10] = 3000.0
    learned = Conditions(ROADS.neighbours, delays={(NORTH, SOUTH): by_hour})
    there, back = (place(NORTH), place(SOUTH)), (place(SOUTH), place(NORTH))
    assert between(*there, learned) - between(*there) == 3000 - travel.CHECKPOINT_SECONDS
    assert between(*back, learned) == between(*back)
    assert between(*there, learned, at=NOW + timedelta(hours=1)) == between(*there, at=NOW + timedelta(hours=1))


def test_a_slow_border_is_driven_around_where_there_is_another_way():
    triangle = {NORTH: [SOUTH, ISLAND], SOUTH: [NORTH, ISLAND], ISLAND: [NORTH, SOUTH]}
    shut = Conditions(triangle, delays={(NORTH, SOUTH): [7200.0] * 24})
    assert shut.checkpoints([10])[NORTH][SOUTH] == 2 * travel.CHECKPOINT_SECONDS


@pytest.mark.parametrize("hours", [0, 1, 30])
def test_the_hours_of_a_time_are_those_it_touches(hours):
    found = ROADS.hours(NOW, NOW + timedelta(hours=hours))
    assert found[0] == 10
    assert len(found) == min(24, hours + 1)
