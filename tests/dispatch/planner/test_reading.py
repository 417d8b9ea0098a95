"""What the planner reads: cases whose goods lie ready, and vehicles that are free and cleared."""

from datetime import timedelta

import pytest
from django.utils import timezone
from psycopg.types.range import TimestamptzRange

from dispatch.planner import problem as problems
from dispatch.planner.problem import KEPT_BACK, LEAD, TRIP_HOURS, Ends
from tests.factories.cases import CaseFactory, NeedFactory
from tests.factories.dispatch import (
    CertificateFactory,
    PermitFactory,
    ShiftFactory,
    VehicleFactory,
    ready_case,
    trip_with,
)
from tests.factories.hotline import LineFactory

pytestmark = pytest.mark.django_db


def read():
    return problems.read(LineFactory(), timezone.now())


def test_a_case_whose_goods_lie_ready_is_an_order():
    case = ready_case()
    NeedFactory(case=case, weight_grams=2600, needs_cooling=True)
    (order,) = read().orders
    assert order.case == case.pk
    assert order.amount == (4, 2, 1)
    assert order.delivery.point == (case.address.community.lon, case.address.community.lat)


def test_a_case_on_a_trip_is_none():
    trip_with(ready_case())
    assert read().orders == []


def test_a_case_without_confirmed_goods_says_what_is_missing():
    case = CaseFactory(state="ready", next_step="plan", owner="dispatch")
    assert read().missing == [(case.pk, "no_goods")]


def test_a_vehicle_on_duty_is_a_ride_of_a_trips_length():
    shift = ShiftFactory()
    (ride,) = read().rides
    assert (ride.vehicle, ride.driver, ride.shift) == (shift.vehicle_id, shift.driver_id, shift.pk)
    assert ride.closes - ride.opens == TRIP_HOURS
    assert ride.opens >= timezone.now() + LEAD - timedelta(seconds=5)


def test_a_ride_ends_with_the_shift():
    shift = ShiftFactory(ends_at=timezone.now() + timedelta(hours=2))
    (ride,) = read().rides
    assert (ride.closes, ride.ends) == (shift.ends_at, Ends.SHIFT)


def test_a_ride_ends_before_the_certificate_does():
    shift = ShiftFactory(driver__tested=46)
    (ride,) = read().rides
    assert (ride.over, ride.ends) == (shift.driver.certificates.get().valid_until, Ends.CERTIFICATE)
    assert ride.closes == ride.over - KEPT_BACK  # who sets out a little later is not refused


def test_no_certificate_no_ride():
    ShiftFactory(driver__tested=-1)
    assert read().rides == []


def test_a_certificate_taken_later_opens_a_later_ride():
    shift = ShiftFactory(driver__tested=-1)
    sampled_at = timezone.now() + timedelta(hours=1)
    CertificateFactory(driver=shift.driver, sampled_at=sampled_at)
    (ride,) = read().rides
    assert ride.opens == sampled_at


def test_only_permitted_districts_count():
    vehicle = VehicleFactory(districts=[])
    ShiftFactory(vehicle=vehicle)
    (ride,) = read().rides
    assert ride.districts == frozenset()


def test_a_permit_for_a_part_of_the_trip_does_not_count():
    case = ready_case()
    vehicle = VehicleFactory(districts=[])
    PermitFactory(
        vehicle=vehicle, districts=[case.address.district], valid_until=timezone.now() + timedelta(minutes=30)
    )
    ShiftFactory(vehicle=vehicle)
    (ride,) = read().rides
    assert case.address.district_id not in ride.districts
    assert ride.opens >= vehicle.permits.get().valid_until


def test_a_broken_vehicle_makes_no_ride():
    ShiftFactory(vehicle__state="broken_down")
    assert read().rides == []


def test_a_vehicle_on_a_trip_is_free_when_it_ends():
    trip = trip_with(ready_case())
    ShiftFactory(vehicle=trip.vehicle, driver=trip.driver)
    assert read().rides == []  # it ends beyond what is looked at now
    trip.period = TimestamptzRange(trip.period.lower, timezone.now() + timedelta(hours=1))
    trip.save()
    (ride,) = read().rides
    assert ride.opens == trip.period.upper
    last = trip.stops.last()
    assert ride.start.point == (last.lon, last.lat)


def test_a_shift_entered_twice_makes_one_ride():
    shift = ShiftFactory()
    ShiftFactory(vehicle=shift.vehicle, driver=shift.driver)
    assert len(read().rides) == 1


def test_a_meal_inside_the_ride_is_kept():
    now = timezone.now()
    start, until = now + timedelta(hours=2), now + timedelta(hours=3)
    meal = {"from": start.isoformat(), "until": until.isoformat(), "minutes": 30, "what": "meal"}
    ShiftFactory(breaks=[meal])
    (ride,) = read().rides
    assert [(p.window.start, p.seconds) for p in ride.pauses] == [(start, 1800)]


def test_a_closed_counter_is_known():
    local = timezone.localtime()
    opens = (local + timedelta(hours=2)).time().replace(second=0, microsecond=0)
    closes = (local + timedelta(hours=6)).time().replace(second=0, microsecond=0)
    case = ready_case()
    case.sourcings.get().pickup_point.__class__.objects.update(opens=opens, closes=closes)
    (order,) = read().orders
    assert order.pickup_windows[0].start > timezone.now() + timedelta(hours=1)
