"""What goes wrong stands on top, in words."""

from datetime import timedelta

import pytest
from django.utils import timezone
from psycopg.types.range import TimestamptzRange

from dispatch import trips
from dispatch.board import chart, map, overview, troubles
from tests.factories.dispatch import CertificateFactory, DriverFactory, ready_case, trip_with
from tests.factories.hotline import LineFactory

pytestmark = pytest.mark.django_db


def words_of(line=None):
    return [t.words for t in troubles.of(overview.of(line or LineFactory()))]


def test_nothing_is_wrong_with_a_fresh_trip():
    trip_with(ready_case())
    assert words_of() == []


def test_a_certificate_that_ends_during_the_trip_is_said_with_the_stops_after_it():
    driver = DriverFactory(tested=-1)
    CertificateFactory(driver=driver, valid_until=timezone.now() + timedelta(minutes=30))
    trip = trip_with(ready_case(), driver=driver)
    (words,) = words_of()
    assert trip.vehicle.plate in words
    assert "2" in words


def test_a_released_trip_that_has_not_started_is_said():
    trip = trips.release(trip_with(ready_case()), None)
    past = timezone.now() - timedelta(minutes=30)
    trip.period = TimestamptzRange(past, trip.period.upper)
    trip.save()
    assert any(trip.vehicle.plate in words for words in words_of())


def test_a_stop_behind_its_window_is_said():
    trip = trips.start(trips.release(trip_with(ready_case(level=1)), None))
    long_ago = timezone.now() - timedelta(hours=2)
    trip.stops.update(eta=long_ago, window_from=long_ago - timedelta(hours=1), window_until=long_ago)
    assert any("1" in words for words in words_of())


def test_a_vehicle_that_broke_down_on_a_trip_is_grave():
    trip = trip_with(ready_case())
    trip.vehicle.state = "broken_down"
    trip.vehicle.save()
    assert troubles.of(overview.of(LineFactory()))[0].grave


def test_the_drawing_and_the_time_line_show_the_vehicle():
    trip = trip_with(ready_case())
    seen = overview.of(trip.line)
    assert any(trip.vehicle.plate in mark.title for mark in map.of(seen).vehicles)
    assert [row.vehicle for row in chart.of(seen).rows] == [trip.vehicle]


def test_a_position_heard_of_long_ago_is_shown_as_old():
    trip = trips.start(trips.release(trip_with(ready_case()), None))
    assert not map.of(overview.of(trip.line)).vehicles[0].is_old
    trip.started_at = timezone.now() - timedelta(hours=1)
    trip.save()
    assert map.of(overview.of(trip.line)).vehicles[0].is_old


def test_every_place_lies_inside_the_drawing():
    trip = trip_with(ready_case(), ready_case())
    drawing = map.of(overview.of(trip.line))
    assert all(0 <= m.x <= map.WIDTH and 0 <= m.y <= drawing.height for m in [*drawing.marks, *drawing.vehicles])
