"""How far down the list of those who wait today's vehicles reach: reckoned each morning and after each plan, and told early.

Every vehicle on duty has so many deliveries left today: the hours from the end of what it does already to the end of its shift
or of its driver's certificate, at the pace of the last days. The list is gone through in its order; each case takes one of a
vehicle that may bring it. For urgent ones that are expected to come in still, places are kept free. Who gets none is below the
line: cases.outlook tells them, in the morning at the earliest.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils import timezone

from cases import outlook
from cases.models import Case, Category
from dispatch import forecast
from dispatch.clearance import papers_of
from dispatch.models import Permit, Plan, Reach, Shift, Stop, Trip, Vehicle
from dispatch.trip_lifecycle import LIVE_STOP_STATES, LIVE_TRIP_STATES
from dispatch.whereabouts import district_id_of
from hotline import live
from hotline.models import Line

log = logging.getLogger(__name__)
MOST_CASES = 5000
# The first statement of a day; the night's plans are for those who are served at night.
MORNING = time(7, 0)
# Plans follow one another within seconds on a busy day: what is said of the day need not.
NOT_AGAIN_BEFORE = timedelta(minutes=2)
URGENT = 2  # levels up to this are for today: places are kept free for those who will come


@dataclass
class Car:
    """A vehicle on duty: where it may go, for whom, and how many deliveries it has left today."""

    categories: frozenset[int]
    districts: frozenset[int]
    left: int


@dataclass(frozen=True)
class Waits:
    """One case on the list."""

    case: int
    level: int
    due_at: datetime | None
    category: int
    district: int | None


@dataclass
class Drawn:
    """Where the line is drawn: the cases reached and not, each in the order of the list, and what was kept free."""

    reached: list[Waits] = field(default_factory=list)
    below: list[Waits] = field(default_factory=list)
    reserved: int = 0


def refresh_due() -> int:
    """The sweep: lines whose day has no statement yet, or whose plan is newer than it. Returns how many were made."""
    made = 0
    for line in Line.objects.filter(active=True):
        if _is_due(line, timezone.now()):
            made += refresh(line) is not None
        outlook.tell(line)
    return made


def refresh(line: Line, now: datetime | None = None) -> Reach | None:
    """Reckons and writes the reach of today, and on the cases who is not reached; None where no shift is known at all."""
    now = now or timezone.now()
    today = now.astimezone(ZoneInfo(line.time_zone)).date()
    per_hour = forecast.deliveries_per_hour(line, now)
    cars = cars_of(line, now, per_hour)
    if not cars and not _plans_vehicles(line, now):
        return None
    certain = _on_a_proposal(line)
    waiting = [one for one in waiting_cases(line) if one.case not in certain]
    drawn = draw(cars, waiting, forecast.urgent_still_to_come(line, now))
    daily = max(1, _of_a_day(line, now, per_hour))
    below = [
        outlook.Below(one.case, today + timedelta(days=1 + n // daily), len(drawn.reached) + len(certain) + n)
        for n, one in enumerate(drawn.below)
    ]
    outlook.write(line, today, below)
    last = _everybody_down_to(waiting, drawn)
    reach, _new = Reach.objects.update_or_create(
        line=line,
        day=today,
        defaults={
            "made_at": now,
            "vehicles": len(cars),
            "waiting": len(waiting) + len(certain),
            "reached": len(drawn.reached) + len(certain),
            "reserved": drawn.reserved,
            "per_hour": round(per_hour, 2),
            "last_level": last.level if last else None,
            "last_due_at": last.due_at if last else None,
            "categories": _by_category(drawn),
        },
    )
    live.publish("dispatch", reach=reach.pk)
    log.info("line %s: %s of %s waiting are reached today", line.pk, reach.reached, reach.waiting)
    return reach


def draw(cars: Iterable[Car], waiting: Iterable[Waits], to_come: dict[int, int] | None = None) -> Drawn:
    """Goes down the list: each case takes a delivery of the vehicle that has most left of those that may bring it.

    `to_come` keeps so many free, by category, before anybody who is less urgent than "today" gets one.
    """
    drawn, kept = Drawn(), False
    cars = list(cars)
    for one in waiting:
        if one.level > URGENT and not kept:
            kept = True
            drawn.reserved = sum(
                _take(cars, category, None) for category, n in (to_come or {}).items() for _ in range(n)
            )
        (drawn.reached if _take(cars, one.category, one.district) else drawn.below).append(one)
    return drawn


def _take(cars: list[Car], category: int, district: int | None) -> bool:
    able = [
        c for c in cars if c.left > 0 and category in c.categories and (district is None or district in c.districts)
    ]
    if not able:
        return False
    max(able, key=lambda car: car.left).left -= 1
    return True


def waiting_cases(line: Line) -> list[Waits]:
    """Everybody who waits for a vehicle of ours and is on no trip, in the order of the list."""
    ours = Category.objects.filter(fleets__line=line).values("pk")
    cases = (
        Case.objects.filter(line=line, state__in=outlook.WAITING, category__in=ours)
        .exclude(pk__in=Stop.objects.filter(state__in=LIVE_STOP_STATES).values("case"))
        .select_related("address__community")
        .order_by("rank", "due_at", "id")[:MOST_CASES]
    )
    return [
        Waits(case.pk, case.level, case.due_at, case.category_id, district_id_of(case))
        for case in cases
        if case.category_id is not None
    ]


def cars_of(line: Line, now: datetime, per_hour: float) -> list[Car]:
    """The vehicles on duty now or later today, with what is left of their day."""
    zone = ZoneInfo(line.time_zone)
    midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time.min, zone)
    shifts = list(
        Shift.objects.filter(
            vehicle__line=line,
            vehicle__state=Vehicle.State.IN_SERVICE,
            driver__active=True,
            ends_at__gt=now,
            starts_at__lt=midnight,
        )
        .select_related("vehicle")
        .prefetch_related("vehicle__fleets__categories")
        .order_by("starts_at")
    )
    busy = _busy_until(line)
    papers = papers_of({s.vehicle_id for s in shifts}, {s.driver_id for s in shifts}, until_after=now)
    permitted = _permitted(shifts, now)
    cars = []
    for shift in shifts:
        begins = max(shift.starts_at, now, busy.get(shift.vehicle_id, now))
        certified = papers.certified_until(shift.driver_id, begins)
        hours = (min(shift.ends_at, certified or begins) - begins) / timedelta(hours=1)
        categories = {category.pk for fleet in shift.vehicle.fleets.all() for category in fleet.categories.all()}
        cars.append(
            Car(frozenset(categories), permitted.get(shift.vehicle_id, frozenset()), max(0, int(hours * per_hour)))
        )
    return cars


def _everybody_down_to(waiting: list[Waits], drawn: Drawn) -> Waits | None:
    """The last of the list above whom nobody is left out; further down only some are reached, by category and district."""
    below = {one.case for one in drawn.below}
    first = next((n for n, one in enumerate(waiting) if one.case in below), 0)
    return waiting[first - 1] if first else None


def _permitted(shifts: list[Shift], now: datetime) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = {}
    permits = Permit.objects.filter(
        vehicle__in={s.vehicle_id for s in shifts}, withdrawn_at=None, valid_until__gt=now
    ).prefetch_related("districts")
    for permit in permits:
        found.setdefault(permit.vehicle_id, set()).update(d.pk for d in permit.districts.all())
    return {vehicle: frozenset(districts) for vehicle, districts in found.items()}


def _busy_until(line: Line) -> dict[int, datetime]:
    """When a vehicle is through with its trips, accepted and proposed."""
    found: dict[int, datetime] = {}
    for trip in Trip.objects.filter(line=line, state__in=LIVE_TRIP_STATES).only("vehicle_id", "period"):
        found[trip.vehicle_id] = max(trip.period.upper, found.get(trip.vehicle_id, trip.period.upper))
    plan = _proposal(line)
    for row in plan.trips if plan else []:
        ends_at = datetime.fromisoformat(row["ends_at"])
        found[row["vehicle"]] = max(ends_at, found.get(row["vehicle"], ends_at))
    return found


def _proposal(line: Line) -> Plan | None:
    return Plan.objects.filter(line=line, state=Plan.State.PROPOSED).order_by("-id").first()


def _on_a_proposal(line: Line) -> set[int]:
    plan = _proposal(line)
    return {stop["case"] for row in (plan.trips if plan else []) for stop in row["stops"]}


def _of_a_day(line: Line, now: datetime, per_hour: float) -> int:
    """What a whole day like this one delivers: the same in the morning and at night, so that nobody is told another day each
    time the list is drawn."""
    zone = ZoneInfo(line.time_zone)
    midnight = datetime.combine(now.astimezone(zone).date(), time.min, zone)
    shifts = Shift.objects.filter(
        vehicle__line=line, starts_at__lt=midnight + timedelta(days=1), ends_at__gt=midnight
    ).values_list("starts_at", "ends_at")
    hours = sum((ends_at - starts_at) / timedelta(hours=1) for starts_at, ends_at in shifts)
    return int(hours * per_hour)


def _plans_vehicles(line: Line, now: datetime) -> bool:
    """Whether shifts are entered here at all: without any, nothing is known, and nobody is told that nothing comes."""
    return Shift.objects.filter(
        vehicle__line=line, ends_at__gt=now - timedelta(days=2), starts_at__lt=now + timedelta(days=1)
    ).exists()


def _is_due(line: Line, now: datetime) -> bool:
    zone = ZoneInfo(line.time_zone)
    local = now.astimezone(zone)
    newest = Reach.objects.filter(line=line, day=local.date()).first()
    if newest is None:
        return local.time() >= MORNING
    planned_at = Plan.objects.filter(line=line, proposed_at__isnull=False).aggregate(at=Max("proposed_at"))["at"]
    return bool(planned_at and planned_at > newest.made_at and now - newest.made_at > NOT_AGAIN_BEFORE)


def _by_category(drawn: Drawn) -> list[dict[str, Any]]:
    reached, below = Counter(one.category for one in drawn.reached), Counter(one.category for one in drawn.below)
    named = Category.objects.in_bulk([*reached, *below])
    return [
        {
            "category": pk,
            "name": category.name,
            "name_en": category.name_en or category.name,
            "waiting": reached[pk] + below[pk],
            "reached": reached[pk],
        }
        for pk, category in sorted(named.items())
    ]
