"""From the stops of ended trips to sums. A drive belongs to the stop it led to, so that districts add up to the whole.

Lengths are those of the planner (great circle with the detour of the streets): vehicles send no odometer. Check-point time is
what drivers told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from cases.models import Case
from dispatch import travel
from dispatch.models import CheckpointPassage, Fleet, Plan, Stop
from dispatch.trip_lifecycle import StopState, TripState
from hotline.models import Line

DAY, FLEET, DISTRICT = "day", "fleet", "district"
GROUPS = (DAY, FLEET, DISTRICT)


@dataclass
class Sums:
    """What is added up for one row."""

    trips: set[int] = field(default_factory=set)
    drivers: set[int] = field(default_factory=set)
    deliveries: int = 0
    failed: int = 0
    stops: int = 0
    timely: int = 0  # of those with a time it was needed by
    with_time: int = 0
    kept: int = 0
    promised: int = 0
    metres: float = 0
    empty_metres: float = 0
    seconds: float = 0
    checkpoint_seconds: float = 0

    def row(self) -> dict[str, Any]:
        """The figures of the page and of the file; None where there is nothing to divide by."""
        hours = self.seconds / 3600
        return {
            "trips": len(self.trips),
            "deliveries": self.deliveries,
            "failed": self.failed,
            "on_time_percent": _share(self.timely, self.with_time),
            "kept_percent": _share(self.kept, self.promised),
            "stops_per_hour": _ratio(self.stops, hours),
            "km": round(self.metres / 1000, 1),
            "km_per_delivery": _ratio(self.metres / 1000, self.deliveries),
            "hours": round(hours, 1),
            "hours_per_delivery": _ratio(hours, self.deliveries),
            "empty_percent": _share(self.empty_metres, self.metres),
            "checkpoint_hours": round(self.checkpoint_seconds / 3600, 1),
            "drivers": len(self.drivers),
            "hours_per_driver": _ratio(hours, len(self.drivers)),
        }


def table(line: Line, first: date, last: date, group: str | None) -> list[dict[str, Any]]:
    """One row per value of `group` ("day", "fleet", "district"), or one over all, for trips that ended on these local days."""
    sums: dict[Any, Sums] = defaultdict(Sums)
    zone = ZoneInfo(line.time_zone)
    stops = list(_stops(line, *_between(first, last, zone)))
    fleets = _fleets(line) if group == FLEET else {}
    for of_trip in (list(rows) for _trip, rows in groupby(stops, key=lambda row: row["trip_id"])):
        for leg in _legs(of_trip):
            key = _key(group, leg.stop, zone, fleets)
            _add(sums[key], leg)
    passed = CheckpointPassage.objects.filter(trip__in={row["trip_id"] for row in stops}, passed_at__isnull=False)
    days = {row["trip_id"]: row for row in stops}
    for trip, district, arrived_at, passed_at in passed.values_list(
        "trip_id", "to_district_id", "arrived_at", "passed_at"
    ):
        if passed_at is None:
            continue
        key = _key(group, days[trip] | {"district": district}, zone, fleets)
        sums[key].checkpoint_seconds += (passed_at - arrived_at).total_seconds()
    if group is None:
        return [sums[None].row()]
    return [{"key": key} | sums[key].row() for key in sorted(sums, key=lambda key: (key is None, str(key)))]


def unserved(line: Line, first: date, last: date) -> tuple[int, Counter[str]]:
    """Days with a plan, and by reason the cases that the last plan of each day left out."""
    zone = ZoneInfo(line.time_zone)
    start, end = _between(first, last, zone)
    plans = Plan.objects.filter(line=line, proposed_at__gte=start, proposed_at__lt=end).order_by("proposed_at")
    newest = {at.astimezone(zone).date(): said for at, said in plans.values_list("proposed_at", "figures") if at}
    codes: Counter[str] = Counter()
    for figures in newest.values():
        codes.update(figures.get("unserved", {}))
    return len(newest), codes


def unmet_for_want_of_a_vehicle(line: Line, first: date, last: date) -> int:
    start, end = _between(first, last, ZoneInfo(line.time_zone))
    ended = Case.objects.filter(line=line, closed_at__gte=start, closed_at__lt=end, state="unmet")
    return ended.filter(outcome=Case.Outcome.NO_VEHICLE).count()


@dataclass(frozen=True)
class Leg:
    """The drive to one stop and what was done there."""

    stop: dict[str, Any]
    metres: float
    empty: bool
    seconds: float


def _legs(stops: list[dict[str, Any]]) -> Iterator[Leg]:
    """The drives of one trip, from its vehicle's base on."""
    first = stops[0]
    points = [(first["trip__vehicle__lon"], first["trip__vehicle__lat"]), *((s["lon"], s["lat"]) for s in stops)]
    between = np.diagonal(travel.distances(points), offset=1) * travel.DETOUR
    at = first["trip__started_at"] or first["arrived_at"] or first["ended_at"]
    on_board: set[int] = set()
    for stop, metres in zip(stops, between.tolist(), strict=True):
        yield Leg(stop, metres, not on_board, max(0.0, (stop["ended_at"] - at).total_seconds()))
        at = max(at, stop["ended_at"])
        if stop["kind"] == Stop.Kind.PICKUP and stop["state"] == StopState.DONE:
            on_board.add(stop["case_id"])
        elif stop["state"] == StopState.DONE:
            on_board.discard(stop["case_id"])


def _add(sums: Sums, leg: Leg) -> None:
    stop = leg.stop
    sums.trips.add(stop["trip_id"])
    sums.drivers.add(stop["trip__driver_id"])
    sums.stops += 1
    sums.metres += leg.metres
    sums.empty_metres += leg.metres if leg.empty else 0
    sums.seconds += leg.seconds
    if stop["kind"] != Stop.Kind.DELIVERY:
        return
    if stop["state"] == StopState.FAILED:
        sums.failed += 1
        return
    sums.deliveries += 1
    if stop["case__needed_by"]:
        sums.with_time += 1
        sums.timely += stop["ended_at"] < stop["case__needed_by"]
    if stop["window_until"]:
        sums.promised += 1
        sums.kept += stop["ended_at"] < stop["window_until"]


def _key(group: str | None, stop: dict[str, Any], zone: ZoneInfo, fleets: dict[int, str]) -> Any:
    if group == DAY:
        return stop["trip__ended_at"].astimezone(zone).date()
    if group == FLEET:
        return fleets.get(stop["trip__vehicle_id"], "")
    if group == DISTRICT:
        return stop["district"]
    return None


def _stops(line: Line, start: datetime, end: datetime) -> Iterable[dict[str, Any]]:
    """What was done or tried, trip by trip in the order it happened."""
    rows = (
        Stop.objects.filter(
            trip__line=line,
            trip__state__in=(TripState.FINISHED, TripState.ABORTED),
            trip__ended_at__gte=start,
            trip__ended_at__lt=end,
            state__in=(StopState.DONE, StopState.FAILED),
            ended_at__isnull=False,
        )
        .order_by("trip_id", "ended_at", "sequence")
        .values(
            "trip_id", "trip__driver_id", "trip__vehicle_id", "trip__vehicle__lon", "trip__vehicle__lat",
            "trip__started_at", "trip__ended_at", "kind", "state", "lon", "lat", "arrived_at", "ended_at",
            "window_until", "case_id", "case__needed_by", "case__district_id", "case__address__district_id",
            "case__address__community__district_id", "pickup_point__district_id",
        )
    )  # fmt: skip
    for row in rows.iterator(5000):
        gate = row["case__address__community__district_id"] or row["case__address__district_id"]
        yield row | {"district": row["pickup_point__district_id"] or gate or row["case__district_id"]}


def _fleets(line: Line) -> dict[int, str]:
    """The fleets of each vehicle, by name."""
    names: dict[int, list[str]] = defaultdict(list)
    for vehicle, name in Fleet.objects.filter(line=line).order_by("pk").values_list("vehicles", "name"):
        if vehicle is not None:
            names[vehicle].append(name)
    return {vehicle: " + ".join(of_it) for vehicle, of_it in names.items()}


def _between(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return datetime.combine(first, time.min, zone), datetime.combine(last + timedelta(days=1), time.min, zone)


def _share(part: float, whole: float) -> int | None:
    return round(100 * part / whole) if whole else None


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 2) if whole else None


COLUMNS = tuple(Sums().row())
