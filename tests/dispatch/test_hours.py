"""Hours on trips, rest, breaks and meals: warned of, planned within, allowed with a reason, and the end."""

from datetime import timedelta

import pytest
from django.utils import timezone
from psycopg.types.range import TimestamptzRange

from dispatch import hours, trips
from dispatch.clearance import Span
from dispatch.models import DriverBreak, HoursOverride
from dispatch.planner import problem
from dispatch.planner.problem import Ends
from hotline.models import Line
from tests.factories.dispatch import ShiftFactory, TripFactory, ready_case, trip_with
from tests.factories.hotline import UserFactory

HOUR = timedelta(hours=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def shift(templates, now):
    return ShiftFactory(starts_at=now - 12 * HOUR, ends_at=now + 8 * HOUR)


def drove(shift, since, until, now):
    """A finished trip, so many hours ago."""
    span = (now - since * HOUR, now - until * HOUR)
    return TripFactory(
        driver=shift.driver,
        vehicle=shift.vehicle,
        shift=shift,
        state="finished",
        period=TimestamptzRange(*span),
        started_at=span[0],
        ended_at=span[1],
    )


def worked(shift, now):
    return hours.of([shift.driver_id], now)[shift.driver_id]


def rides(now):
    return problem.read(Line.objects.get(), now).rides


def test_breaks_are_no_driving(shift, now):
    drove(shift, 6, 1, now)
    DriverBreak.objects.create(
        driver=shift.driver, what="meal", started_at=now - 4 * HOUR, ended_at=now - timedelta(hours=3, minutes=30)
    )
    assert worked(shift, now).driven(now - hours.DAY, now) == timedelta(hours=4, minutes=30)


def test_a_ride_ends_where_the_hours_end(shift, now):
    drove(shift, 7, 0.5, now)
    ride = rides(now)[0]
    assert ride.ends == Ends.HOURS
    assert ride.over - ride.opens == timedelta(hours=2, minutes=30)


def test_who_has_used_up_the_hours_gets_no_ride(shift, now):
    drove(shift, 10, 0.5, now)
    assert rides(now) == []


def test_a_dispatcher_allows_more_with_a_reason_up_to_the_hard_limit(shift, now, dispatcher):
    drove(shift, 10, 0.5, now)
    with pytest.raises(trips.Refused):
        hours.allow(shift, dispatcher, " ")
    hours.allow(shift, dispatcher, "没有别的司机")
    ride = rides(now)[0]
    assert ride.over - ride.opens == timedelta(hours=2, minutes=30)
    drove(shift, 15, 10, now)
    assert rides(now) == []


def test_an_agent_allows_nothing(shift):
    with pytest.raises(trips.Refused):
        hours.allow(shift, UserFactory(role="agent"), "快")
    assert not HoursOverride.objects.exists()


def test_a_ride_begins_when_the_driver_is_rested(templates, now):
    shift = ShiftFactory(starts_at=now, ends_at=now + 10 * HOUR)
    drove(shift, 9, 7, now)
    ride = rides(now)[0]
    assert ride.opens == now - 7 * HOUR + 9 * HOUR


def test_a_trip_beyond_the_hours_is_not_released_and_says_why(shift, now):
    drove(shift, 7, 0.5, now)
    trip = trip_with(ready_case(), driver=shift.driver, vehicle=shift.vehicle, shift=shift)
    with pytest.raises(trips.Refused, match="9"):
        trips.release(trip, None)


def test_beyond_the_hard_limit_no_reason_helps(shift, now, dispatcher):
    drove(shift, 11, 0.5, now)
    hours.allow(shift, dispatcher, "没有别的司机")
    period = Span(now, now + 4 * HOUR)
    assert hours.why_not(shift.driver, period, shift=shift)
    assert not hours.why_not(shift.driver, Span(now, now + HOUR), shift=shift)


def test_four_hours_without_a_break_are_warned_of(shift, now):
    trip = drove(shift, 5, -1, now)
    assert any("5" in words for words in hours.warnings(shift.driver, worked(shift, now), now))
    hours.begin_break(trip, "break", now - timedelta(minutes=30))
    hours.end_break(shift.driver, now - timedelta(minutes=5))
    assert hours.warnings(shift.driver, worked(shift, now), now) == []


def test_a_break_too_short_is_none(shift, now):
    trip = drove(shift, 5, -1, now)
    hours.begin_break(trip, "break", now - timedelta(minutes=15))
    hours.end_break(shift.driver, now - timedelta(minutes=5))
    assert worked(shift, now).stretch(now) == 5 * HOUR


def test_a_missed_meal_is_warned_of(shift, now):
    trip = drove(shift, 7, -1, now)
    hours.begin_break(trip, "break", now - 3 * HOUR)
    hours.end_break(shift.driver, now - timedelta(hours=2, minutes=30))
    assert len(hours.warnings(shift.driver, worked(shift, now), now)) == 1


def test_one_break_at_a_time(shift, now):
    trip = drove(shift, 2, -1, now)
    assert hours.begin_break(trip, "break") == hours.begin_break(trip, "meal")
    hours.end_break(shift.driver)
    assert hours.end_break(shift.driver) is None


def test_hours_are_rows_by_driver_and_day(shift, now):
    drove(shift, 3, 1, now)
    rows = hours.by_day(timezone.localdate() - timedelta(days=1), timezone.localdate())
    assert sum(float(row[3]) for row in rows) == 2
    assert {row[1] for row in rows} == {shift.driver.name}
