"""Fleets, vehicles, drivers and what lets them drive: permits, test certificates and shifts, renewed when they ran out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cases.models import Category, District
from dispatch.city.files import read
from dispatch.clearance import CERTIFICATE_HOURS
from dispatch.models import Driver, Fleet, Permit, Shift, TestCertificate, Vehicle
from hotline.models import Line

PERMIT_DAYS = 7
SHIFT_HOURS = 12
# Day and night change at 6 and 18 o'clock, so that somebody drives whenever the demo is started.
SHIFTS_CHANGE_AT = time(6)
MEAL_MINUTES = 30
# One driver's certificate lapses soon, so that the gate can be seen at work.
LAPSES_SOON_HOURS = 9


def load_fleets(city: str, line: Line) -> dict[str, Fleet]:
    categories = {c.slug: c for c in Category.objects.all()}
    fleets = {}
    for row in read("dispatch", city, "fleets"):
        slugs = row.pop("categories")
        fleet, made = Fleet.objects.get_or_create(line=line, slug=row.pop("slug"), defaults=row)
        if made:
            fleet.categories.set(categories[slug] for slug in slugs if slug in categories)
        fleets[fleet.slug] = fleet
    return fleets


def load_vehicles(
    city: str, line: Line, districts: dict[str, District], fleets: dict[str, Fleet], now: datetime
) -> None:
    for number, row in enumerate(read("dispatch", city, "vehicles"), start=1):
        wanted, permit, names = (row.pop(key) for key in ("fleets", "permit", "drivers"))
        vehicle, made = Vehicle.objects.get_or_create(plate=row.pop("plate"), defaults=row | {"line": line})
        if made:
            vehicle.fleets.set(fleets[slug] for slug in wanted)
        _renew_permit(vehicle, permit, districts, now)
        drivers = [_driver(line, name, 2 * number - 1 + place) for place, name in enumerate(names)]
        for place, driver in enumerate(drivers):
            _renew_certificate(driver, now, lapses_soon=(number, place) in {(3, 0), (3, 1)})
        _renew_shifts(line, vehicle, drivers, now)


def _driver(line: Line, name: str, number: int) -> Driver:
    defaults = {"line": line, "name": name, "licence": f"3101{number:08d}"}
    return Driver.objects.get_or_create(phone=f"+86199{number:08d}", defaults=defaults)[0]


def _renew_permit(vehicle: Vehicle, row: dict[str, Any], districts: dict[str, District], now: datetime) -> None:
    lasting = vehicle.permits.filter(withdrawn_at=None, valid_until__gt=now + timedelta(days=2))
    if lasting.exists():
        return
    permit = Permit.objects.create(
        vehicle=vehicle,
        number=row["number"],
        valid_from=now - timedelta(hours=1),
        valid_until=now + timedelta(days=PERMIT_DAYS),
    )
    permit.districts.set(districts[slug] for slug in row["districts"])


def _renew_certificate(driver: Driver, now: datetime, *, lapses_soon: bool) -> None:
    """A sample of two hours ago, unless the last one is good for another day (or at all, where it is to lapse soon)."""
    needed = timedelta(0) if lapses_soon else timedelta(hours=CERTIFICATE_HOURS / 2)
    if driver.certificates.filter(valid_until__gt=now + needed).exists():
        return
    age = CERTIFICATE_HOURS - LAPSES_SOON_HOURS if lapses_soon else 2
    sampled_at = now - timedelta(hours=age)
    TestCertificate.objects.create(
        driver=driver, sampled_at=sampled_at, valid_until=sampled_at + timedelta(hours=CERTIFICATE_HOURS)
    )


def _renew_shifts(line: Line, vehicle: Vehicle, drivers: list[Driver], now: datetime) -> None:
    """Its two drivers in turn, from now until the end of tomorrow."""
    zone = ZoneInfo(line.time_zone)
    known = set(vehicle.shifts.filter(ends_at__gt=now).values_list("starts_at", flat=True))
    for starts_at, driver in _turns(now.astimezone(zone), drivers):
        if starts_at not in known:
            Shift.objects.create(
                driver=driver,
                vehicle=vehicle,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=SHIFT_HOURS),
                breaks=[_meal(starts_at)],
            )


def _turns(now: datetime, drivers: list[Driver]) -> Iterator[tuple[datetime, Driver]]:
    first = datetime.combine(now.date() - timedelta(days=1), SHIFTS_CHANGE_AT, now.tzinfo)
    end_of_tomorrow = datetime.combine(now.date() + timedelta(days=2), time.min, now.tzinfo)
    turn = timedelta(hours=SHIFT_HOURS)
    for number in range(6):
        starts_at = first + number * turn
        if starts_at < end_of_tomorrow and starts_at + turn > now:
            yield starts_at, drivers[number % len(drivers)]


def _meal(starts_at: datetime) -> dict[str, Any]:
    middle = starts_at + timedelta(hours=5)
    until = middle + timedelta(hours=2, minutes=30)
    return {"from": middle.isoformat(), "until": until.isoformat(), "minutes": MEAL_MINUTES, "what": "meal"}
