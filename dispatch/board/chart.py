"""The time line: a row per vehicle, positions in per cent of the time shown. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from dispatch.board.overview import Overview, shifts_by_vehicle
from dispatch.models import Shift, Stop, Trip, Vehicle

BEFORE = timedelta(hours=1)
SHORTEST = timedelta(hours=6)
LONGEST = timedelta(hours=20)


@dataclass(frozen=True)
class Block:
    """Something from one place on the line to another, in per cent, with what it is."""

    left: float
    width: float
    kind: str
    title: str = ""
    words: str = ""
    link: str = ""
    whisker: tuple[float, float] | None = None
    # what can be dragged: the case and its stop ("" for one that is only proposed), and which of its stops it is
    case: int | None = None
    stop: int | str = ""
    drag: str = ""


@dataclass
class Row:
    """One vehicle."""

    vehicle: Vehicle
    driver: str = ""
    blocks: list[Block] = field(default_factory=list)
    trip: int | None = None  # where a stop that is dropped on this row goes
    wall: float | None = None
    wall_title: str = ""


@dataclass
class Chart:
    rows: list[Row]
    hours: list[tuple[float, str]]
    now: float


class Scale:
    """Times to per cent."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start, self.span = start, (end - start).total_seconds()

    def at(self, time: datetime) -> float:
        return round(min(max((time - self.start).total_seconds() / self.span * 100, 0), 100), 2)

    def shows(self, time: datetime) -> bool:
        return 0 <= (time - self.start).total_seconds() <= self.span


def of(overview: Overview) -> Chart:
    """The rows of vehicles that have a shift, a trip or a proposal."""
    scale = _scale(overview)
    shifts = shifts_by_vehicle(overview)
    rows = []
    for vehicle in overview.vehicles:
        row = Row(vehicle)
        for shift in shifts.get(vehicle.pk, []):
            row.driver = row.driver or shift.driver.name
            row.blocks += _shift(shift, scale)
        for trip in overview.trips:
            if trip.vehicle_id == vehicle.pk:
                row.driver = trip.driver.name
                row.trip = row.trip or trip.pk
                row.blocks += _trip(trip, scale)
        for proposal in overview.proposed:
            if proposal.vehicle_id == vehicle.pk:
                row.blocks += [
                    _point(s.eta, s.window_from, s.window_until, "proposed", s.kind, s.case, scale)
                    for s in proposal.stops
                    if s.eta and scale.shows(s.eta)
                ]
        if row.blocks:
            _wall(row, overview, shifts.get(vehicle.pk, []), scale)
            rows.append(row)
    return Chart(rows, _hours(scale), scale.at(overview.now))


def _scale(overview: Overview) -> Scale:
    start = overview.now - BEFORE
    ends = [t.period.upper for t in overview.trips] + [p.ends_at for p in overview.proposed if p.ends_at]
    end = max([start + SHORTEST, *(e + timedelta(minutes=30) for e in ends)])
    return Scale(start, min(end, start + LONGEST))


def _hours(scale: Scale) -> list[tuple[float, str]]:
    step = 1 if scale.span <= 12 * 3600 else 2
    local = timezone.localtime(scale.start).replace(minute=0, second=0, microsecond=0)
    marks = [local + timedelta(hours=n) for n in range(1, int(scale.span // 3600) + 2)]
    return [(scale.at(m), m.strftime("%H:%M")) for m in marks if scale.shows(m) and m.hour % step == 0]


def _shift(shift: Shift, scale: Scale) -> list[Block]:
    left, right = scale.at(shift.starts_at), scale.at(shift.ends_at)
    blocks = [Block(left, right - left, "shift", f"{shift.driver} {_span(shift.starts_at, shift.ends_at)}")]
    for pause in shift.breaks:
        begins, ends = parse_datetime(str(pause.get("from"))), parse_datetime(str(pause.get("until")))
        if begins and ends and scale.shows(ends):
            a, b = scale.at(begins), scale.at(ends)
            blocks.append(Block(a, b - a, "break", f"{pause.get('what', '')} {pause.get('minutes', '')} min"))
    return blocks


def _trip(trip: Trip, scale: Scale) -> list[Block]:
    left, right = scale.at(trip.period.lower), scale.at(trip.period.upper)
    title = f"{trip} {_span(trip.period.lower, trip.period.upper)}"
    blocks = [Block(left, right - left, f"trip {trip.state}", title, link=f"#trip-{trip.pk}")]
    for stop in trip.shown_stops:  # type: ignore[attr-defined]
        at = stop.ended_at or stop.arrived_at or stop.eta
        if scale.shows(at):
            blocks.append(
                _point(at, stop.window_from, stop.window_until, stop.state, stop.kind, stop.case, scale, stop)
            )
    return blocks


def _point(
    at: datetime,
    window_from: datetime | None,
    window_until: datetime | None,
    state: str,
    kind: str,
    case: Any,
    scale: Scale,
    stop: Stop | None = None,
) -> Block:
    whisker = None
    if window_from and window_until and kind == "delivery":
        whisker = (scale.at(window_from), round(scale.at(window_until) - scale.at(window_from), 2))
    level = case.level if case else 5
    number = f"#{case.number}" if case else ""
    return Block(
        left=scale.at(at),
        width=0,
        kind=f"stop {kind} {state} level-{level}",
        title=f"{number} {timezone.localtime(at):%H:%M}",
        words=str(level) if kind == "delivery" else "",
        link=f"#stop-{stop.pk}" if stop else "",
        whisker=whisker,
        case=case.pk if case and state in ("planned", "proposed") else None,
        stop=stop.pk if stop else "",
        drag=kind,
    )


def _wall(row: Row, overview: Overview, shifts: list[Shift], scale: Scale) -> None:
    """Where the certificate of whoever drives now ends: nothing can be planned behind it."""
    trip = next((t for t in overview.trips if t.vehicle_id == row.vehicle.pk), None)
    driver_id = trip.driver_id if trip else (shifts[0].driver_id if shifts else None)
    until = overview.papers.certified_until(driver_id, overview.now) if driver_id else None
    if until and scale.shows(until):
        row.wall, row.wall_title = scale.at(until), f"{timezone.localtime(until):%H:%M}"


def _span(start: datetime, end: datetime) -> str:
    return f"{timezone.localtime(start):%H:%M}–{timezone.localtime(end):%H:%M}"
