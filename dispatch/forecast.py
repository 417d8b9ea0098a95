"""What will become ready in the coming hours, by hour and district, and how many vehicles that takes.

From the last days: the mean of the same hour, a day counting half as much as the one three days after it. Pace is that of
finished trips; where there are none yet, a stated one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.utils import timezone

from cases.lifecycle import CaseState
from cases.models import Case, Category, District, Transition
from dispatch.models import Stop, Trip
from dispatch.trip_lifecycle import StopState, TripState
from hotline.models import Line

LOOKED_AT = timedelta(days=7)
COUNTS_HALF_AFTER = timedelta(days=3)
# Deliveries an hour of a vehicle on the road, before any trip has been driven: four vehicles did two to three dozen a day each
# from six in the morning to two at night.
USUAL_PER_HOUR = 1.5
LEAST_TRIPS = 5
WORKING_HOURS = 10.0  # of one vehicle a day, where no shift says otherwise
URGENT = 2


@dataclass(frozen=True)
class Became:
    """A case that became ready."""

    at: datetime
    district: int | None
    category: int | None
    level: int


@dataclass
class Forecast:
    """Cases expected to become ready in each of the coming 24 hours, by district and by category."""

    now: datetime
    zone: ZoneInfo
    days: float = 0  # how many days it rests on
    districts: dict[int | None, list[float]] = field(default_factory=dict)
    categories: dict[int | None, float] = field(default_factory=dict)
    urgent: dict[int | None, list[float]] = field(default_factory=dict)  # by category, levels 1 and 2

    @property
    def hours(self) -> list[int]:
        """The clock hours that the columns stand for."""
        begins = self.now.astimezone(self.zone)
        return [(begins + timedelta(hours=n)).hour for n in range(24)]

    @property
    def by_hour(self) -> list[float]:
        return [sum(row[n] for row in self.districts.values()) for n in range(24)]

    @property
    def total(self) -> float:
        return sum(self.by_hour)


def of(line: Line, now: datetime | None = None) -> Forecast:
    """The forecast of the coming day."""
    now = now or timezone.now()
    return reckon(_became(line, now), now, ZoneInfo(line.time_zone), _days_known(line, now))


def reckon(became: Iterable[Became], now: datetime, zone: ZoneInfo, days: float) -> Forecast:
    """Weighted means over the days that are known; `days` is how long there has been anything to count, at most a week."""
    found = Forecast(now, zone, days)
    weight_of_all = sum(_weight(timedelta(days=n)) for n in range(max(1, ceil(days))))
    districts: dict[int | None, list[float]] = defaultdict(lambda: [0.0] * 24)
    urgent: dict[int | None, list[float]] = defaultdict(lambda: [0.0] * 24)
    categories: dict[int | None, float] = defaultdict(float)
    for one in became:
        ago = now - one.at
        if not timedelta(0) < ago <= LOOKED_AT:
            continue
        share = _weight(timedelta(days=ago // timedelta(days=1))) / weight_of_all
        ahead = int((timedelta(days=1) - ago % timedelta(days=1)) / timedelta(hours=1)) % 24
        districts[one.district][ahead] += share
        categories[one.category] += share
        if one.level <= URGENT:
            urgent[one.category][ahead] += share
    found.districts, found.categories, found.urgent = dict(districts), dict(categories), dict(urgent)
    return found


def urgent_still_to_come(line: Line, now: datetime) -> dict[int, int]:
    """Urgent cases expected until midnight, by category."""
    forecast = of(line, now)
    local = now.astimezone(forecast.zone)
    left = 24 - local.hour
    return {pk: int(sum(row[:left])) for pk, row in forecast.urgent.items() if pk is not None}


def deliveries_per_hour(line: Line, now: datetime | None = None) -> float:
    """Of one vehicle on a trip, over the last days; the stated pace where few trips were driven."""
    now = now or timezone.now()
    trips = list(
        Trip.objects.filter(
            line=line, state=TripState.FINISHED, ended_at__gte=now - LOOKED_AT, started_at__isnull=False
        ).values_list("pk", "started_at", "ended_at")
    )
    if len(trips) < LEAST_TRIPS:
        return USUAL_PER_HOUR
    hours = sum((end - begin).total_seconds() for _pk, begin, end in trips if begin and end) / 3600
    done = Stop.objects.filter(trip__in=[pk for pk, *_ in trips], kind=Stop.Kind.DELIVERY, state=StopState.DONE).count()
    return max(0.3, done / hours) if hours > 0 and done else USUAL_PER_HOUR


@dataclass(frozen=True)
class Needed:
    """Vehicles that one category takes to be served in time today."""

    category: Category
    due: int  # those that wait and are needed by tonight
    to_come: float
    on_duty: int
    vehicles: int

    @property
    def short(self) -> int:
        return max(0, self.vehicles - self.on_duty)


def vehicles_needed(line: Line, cars: Iterable[Any], now: datetime | None = None) -> list[Needed]:
    """By category: what is due by midnight and what urgent will still come, at the pace of the last days.

    `cars` are the vehicles on duty (dispatch.reach.Car), for what is there already.
    """
    now = now or timezone.now()
    zone = ZoneInfo(line.time_zone)
    midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time.min, zone)
    hours = min(WORKING_HOURS, max(1.0, (midnight - now) / timedelta(hours=1)))
    per_vehicle = hours * deliveries_per_hour(line, now)
    to_come = urgent_still_to_come(line, now)
    waiting = Case.objects.filter(
        line=line,
        state__in=(CaseState.TRIAGED, CaseState.SOURCING, CaseState.READY),
        needed_by__lt=midnight,
    )
    due = Counter(waiting.values_list("category_id", flat=True))
    on_duty = Counter(category for car in cars for category in car.categories)
    return [
        Needed(
            category,
            due[category.pk],
            to_come.get(category.pk, 0),
            on_duty[category.pk],
            ceil((due[category.pk] + to_come.get(category.pk, 0)) / per_vehicle),
        )
        for category in Category.objects.filter(fleets__line=line).distinct().order_by("pk")
    ]


def fairness(line: Line, now: datetime | None = None) -> list[dict[str, Any]]:
    """By district, over the last week: what was asked, what was delivered, and what still waits of it; worst served first."""
    now = now or timezone.now()
    rows = (
        Case.objects.filter(line=line, created_at__gte=now - LOOKED_AT, category__fleets__line=line)
        .exclude(state__in=(CaseState.DUPLICATE, CaseState.CANCELLED))
        .order_by()
        .values("district")
        .annotate(
            asked=Count("pk", distinct=True),
            delivered=Count("pk", distinct=True, filter=Q(delivered_at__isnull=False)),
            late=Count("pk", distinct=True, filter=Q(delivered_at__gt=F("needed_by"))),
            below=Count("pk", distinct=True, filter=Q(outlook__day=now.astimezone(ZoneInfo(line.time_zone)).date())),
        )
    )
    districts = District.objects.in_bulk()
    asked, delivered = sum(r["asked"] for r in rows), sum(r["delivered"] for r in rows)
    city = delivered / asked if asked else 0
    found = [
        row
        | {
            "name": districts.get(row["district"]),
            "share": round(100 * row["delivered"] / row["asked"]),
            "against_city": round(100 * (row["delivered"] / row["asked"] - city)),
        }
        for row in rows
    ]
    return sorted(found, key=lambda row: (row["against_city"], -row["asked"]))


def _weight(ago: timedelta) -> float:
    return 0.5 ** (ago / COUNTS_HALF_AFTER)


def _became(line: Line, now: datetime) -> Iterable[Became]:
    rows = (
        Transition.objects.filter(
            at__gte=now - LOOKED_AT, to_state="ready", from_state__in=("triaged", "sourcing"), case__line=line
        )
        .order_by("at")
        .values_list("at", "case__district_id", "case__category_id", "case__level")
    )
    return (Became(*row) for row in rows.iterator(5000))


def _days_known(line: Line, now: datetime) -> float:
    first = Transition.objects.filter(at__gte=now - LOOKED_AT, to_state="ready", case__line=line).order_by("at").first()
    return min(LOOKED_AT, now - first.at) / timedelta(days=1) if first else 0
