"""What will become ready, by hour and district, and the vehicles it takes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from cases.models import Transition
from dispatch import forecast, reach
from dispatch.forecast import Became
from tests.factories.cases import DistrictFactory
from tests.factories.dispatch import ShiftFactory, StopFactory, TripFactory, VehicleFactory, ready_case
from tests.factories.hotline import LineFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2022, 4, 8, 10, 0, tzinfo=SHANGHAI)


def became(days_ago, hour, district=1, level=3):
    return Became(NOW.replace(hour=hour, minute=30) - timedelta(days=days_ago), district, 1, level)


def test_the_same_hour_of_the_last_days_is_expected_again():
    found = forecast.reckon([became(n, 14) for n in (1, 2, 3)], NOW, SHANGHAI, days=3)
    assert found.hours[4] == 14
    assert found.by_hour[4] == pytest.approx(1)
    assert found.total == pytest.approx(1)


def test_a_newer_day_counts_more():
    newer = forecast.reckon([became(1, 14)], NOW, SHANGHAI, days=7)
    older = forecast.reckon([became(6, 14)], NOW, SHANGHAI, days=7)
    assert newer.total > 2 * older.total


def test_districts_add_up_to_the_whole():
    found = forecast.reckon([became(1, 9, 1), became(1, 15, 2), became(2, 15, 2)], NOW, SHANGHAI, days=2)
    assert sum(found.districts[1]) + sum(found.districts[2]) == pytest.approx(found.total)


def test_only_what_is_urgent_keeps_places():
    found = forecast.reckon([became(1, 15, level=2), became(1, 15, level=3)], NOW, SHANGHAI, days=1)
    assert sum(found.urgent[1]) == pytest.approx(1)


@pytest.fixture
def line(db):
    return LineFactory()


def test_what_became_ready_is_read_from_the_cases(line):
    case = ready_case(line=line)
    moved = Transition.objects.create(case=case, move="make_ready", from_state="sourcing", to_state="ready")
    Transition.objects.filter(pk=moved.pk).update(at=timezone.now() - timedelta(hours=20))
    assert forecast.of(line).total == pytest.approx(1)


def test_a_case_that_comes_back_from_a_trip_is_not_new_demand(line):
    Transition.objects.create(
        case=ready_case(line=line), move="return_to_ready", from_state="en_route", to_state="ready"
    )
    assert forecast.of(line).total == 0


def test_pace_is_that_of_finished_trips(line):
    assert forecast.deliveries_per_hour(line) == forecast.USUAL_PER_HOUR
    ended = timezone.now() - timedelta(hours=1)
    for _ in range(forecast.LEAST_TRIPS):
        trip = TripFactory(line=line, state="finished", started_at=ended - timedelta(hours=2), ended_at=ended)
        for _stop in range(6):
            StopFactory(trip=trip, state="done", ended_at=ended)
    assert forecast.deliveries_per_hour(line) == pytest.approx(3)


def test_more_that_is_due_tonight_takes_more_vehicles(line):
    ShiftFactory(vehicle=VehicleFactory(line=line))
    now = timezone.now()

    def needed():
        (row,) = forecast.vehicles_needed(line, reach.cars_of(line, now, 2.0), now)
        return row

    before = needed()
    for _ in range(40):
        ready_case(line=line, needed_by=now + timedelta(minutes=1))
    assert (before.due, before.vehicles, before.on_duty) == (0, 0, 1)
    assert needed().due == 40
    assert needed().short > 0


def test_a_district_served_worse_than_the_city_comes_first(line):
    VehicleFactory(line=line)
    far = DistrictFactory(slug="chongming", name="崇明区")
    for _ in range(3):
        ready_case(line=line, district=far)
        ready_case(line=line, delivered_at=timezone.now())
    rows = forecast.fairness(line)
    assert (rows[0]["name"], rows[0]["share"], rows[0]["against_city"]) == (far, 0, -50)
