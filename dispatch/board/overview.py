"""Everything the board shows, gathered in a fixed number of queries however many trips there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language

from cases.lifecycle import CaseState
from cases.models import Case, District
from dispatch import crew as crews
from dispatch.clearance import Papers, papers_of
from dispatch.crew import Crew
from dispatch.models import Driver, Instruction, PickupPoint, Plan, Shift, Stop, Trip, Vehicle
from dispatch.trip_lifecycle import LIVE_STOP_STATES, LIVE_TRIP_STATES, StopState
from hotline.models import Line

MOST_UNSERVED = 200
SHOWN_PLANS = (Plan.State.PROPOSED, Plan.State.ACCEPTED, Plan.State.FAILED)
JUST_ENDED = timedelta(hours=2)


@dataclass
class ProposedStop:
    """A stop the planner proposes."""

    kind: str
    case: Case | None
    pickup_point: PickupPoint | None
    lon: float
    lat: float
    eta: datetime | None
    window_from: datetime | None
    window_until: datetime | None

    @property
    def is_late(self) -> bool:
        """Later than the case can wait; such a stop is proposed all the same and said to be late."""
        return bool(self.eta and self.case and self.case.needed_by and self.kind == "delivery") and (
            self.eta > self.case.needed_by  # type: ignore[operator,union-attr]
        )


@dataclass
class ProposedTrip:
    """A trip the planner proposes; a vehicle or case that is gone meanwhile is None."""

    vehicle_id: int
    shift_id: int | None
    vehicle: Vehicle | None
    driver: Driver | None
    starts_at: datetime | None
    ends_at: datetime | None
    metres: int
    stops: list[ProposedStop] = field(default_factory=list)

    @property
    def deliveries(self) -> list[ProposedStop]:
        return [s for s in self.stops if s.kind == "delivery"]

    @property
    def levels(self) -> list[int]:
        return sorted(s.case.level for s in self.deliveries if s.case)


@dataclass
class Unserved:
    """A case the plan leaves out, with the reason in the reader's language."""

    case: Case
    words: str


@dataclass
class Overview:
    """One look at the fleet of a line."""

    line: Line
    now: datetime
    plan: Plan | None
    asked: Plan | None
    proposed: list[ProposedTrip]
    unserved: list[Unserved]
    unserved_total: int
    trips: list[Trip]
    ended: list[Trip]
    vehicles: list[Vehicle]
    shifts: list[Shift]
    districts: list[District]
    papers: Papers
    ready: int
    crew: Crew
    plan_before: Plan | None = None
    instructions: dict[int, dict[str, Instruction]] = field(default_factory=dict)  # by case and kind

    @property
    def served(self) -> int:
        return sum(len(t.deliveries) for t in self.proposed)


def of(line: Line) -> Overview:
    """The overview of this line now."""
    now = timezone.now()
    trips = _trips(line, state__in=LIVE_TRIP_STATES)
    shifts = list(
        Shift.objects.filter(vehicle__line=line, ends_at__gt=now, starts_at__lt=now + timedelta(hours=18))
        .select_related("driver", "vehicle")
        .order_by("starts_at")
    )
    vehicles = list(Vehicle.objects.filter(line=line).exclude(state=Vehicle.State.OUT_OF_SERVICE))
    drivers = {t.driver_id for t in trips} | {s.driver_id for s in shifts}
    plans = list(Plan.objects.filter(line=line).order_by("-id")[:5])
    plan = next((p for p in plans if p.state in SHOWN_PLANS), None)
    proposed, unserved = _read(plan) if plan else ([], [])
    return Overview(
        line=line,
        now=now,
        plan=plan,
        asked=next((p for p in plans if p.state == Plan.State.ASKED), None),
        proposed=_not_taken(proposed, trips),
        unserved=unserved,
        unserved_total=len(plan.unserved) if plan else 0,
        trips=trips,
        ended=_trips(line, ended_at__gte=now - JUST_ENDED)[:8],
        vehicles=vehicles,
        shifts=shifts,
        districts=list(District.objects.all()),
        papers=papers_of({v.pk for v in vehicles}, drivers, until_after=now),
        ready=Case.objects.filter(line=line, state=CaseState.READY).count(),
        plan_before=_before(plan),
        instructions=_instructions(line),
        crew=_crew(line, trips, shifts, now),
    )


def _crew(line: Line, trips: list[Trip], shifts: list[Shift], now: datetime) -> Crew:
    """The drivers of these trips; each trip with its offer and who declined it."""
    crew = crews.read(line, trips, now)
    for trip in trips:
        trip.offer, trip.declined = crew.offer_of(trip), crew.declined(trip)  # type: ignore[attr-defined]
        trip.candidates = crews.could_drive(trip, shifts, trips, crew.declined(trip))  # type: ignore[attr-defined]
        trip.seen = crew.positions.get(trip.pk)  # type: ignore[attr-defined]
    return crew


def _before(plan: Plan | None) -> Plan | None:
    """The proposal that this one took the place of."""
    if plan is None:
        return None
    older = Plan.objects.filter(line_id=plan.line_id, pk__lt=plan.pk, state=Plan.State.SUPERSEDED)
    return older.exclude(proposed_at=None).order_by("-id").only("trips", "proposed_at").first()


def _instructions(line: Line) -> dict[int, dict[str, Instruction]]:
    said: dict[int, dict[str, Instruction]] = defaultdict(dict)
    for one in Instruction.objects.filter(case__line=line, ended_at=None).select_related("vehicle", "by")[:500]:
        said[one.case_id][one.kind] = one
    return said


def _trips(line: Line, **which: Any) -> list[Trip]:
    stops = Stop.objects.select_related(
        "case__address__community", "case__address__district", "case__person", "pickup_point"
    ).order_by("sequence")
    trips = (
        Trip.objects.filter(line=line, **which)
        .select_related("vehicle", "driver", "shift", "line")
        .prefetch_related(Prefetch("stops", stops))
        .order_by("period", "id")
    )
    return [_dressed(trip) for trip in trips[:200]]


def _dressed(trip: Trip) -> Trip:
    """The trip with what its card says: stops still open, done and failed, and the one that is next."""
    stops = [s for s in trip.stops.all() if s.state != StopState.DROPPED]
    trip.shown_stops = stops  # type: ignore[attr-defined]
    trip.open_stops = [s for s in stops if s.state in LIVE_STOP_STATES]  # type: ignore[attr-defined]
    trip.next_stop = next(iter(trip.open_stops), None)  # type: ignore[attr-defined]
    trip.done_count = sum(1 for s in stops if s.state == StopState.DONE)  # type: ignore[attr-defined]
    trip.failed_count = sum(1 for s in stops if s.state == StopState.FAILED)  # type: ignore[attr-defined]
    return trip


def _read(plan: Plan) -> tuple[list[ProposedTrip], list[Unserved]]:
    """The proposal with the rows its ids name, fetched at once."""
    left_out = plan.unserved[:MOST_UNSERVED]
    stops = [stop for trip in plan.trips for stop in trip["stops"]]
    cases = _by_id(
        Case.objects.select_related("category", "district", "address__community", "address__district", "person"),
        [s.get("case") for s in [*stops, *left_out]],
    )
    points = _by_id(PickupPoint.objects.all(), [s.get("pickup_point") for s in stops])
    vehicles = _by_id(Vehicle.objects.all(), [t["vehicle"] for t in plan.trips])
    drivers = _by_id(Driver.objects.all(), [t["driver"] for t in plan.trips])
    proposed = [
        ProposedTrip(
            vehicle_id=trip["vehicle"],
            shift_id=trip.get("shift"),
            vehicle=vehicles.get(trip["vehicle"]),
            driver=drivers.get(trip["driver"]),
            starts_at=_time(trip.get("starts_at")),
            ends_at=_time(trip.get("ends_at")),
            metres=int(trip.get("metres") or 0),
            stops=[_stop(stop, cases, points) for stop in trip["stops"]],
        )
        for trip in plan.trips
    ]
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    unserved = [
        Unserved(cases[row["case"]], row.get("words", {}).get(language, "")) for row in left_out if row["case"] in cases
    ]
    return proposed, sorted(unserved, key=lambda u: (u.case.rank, u.case.due_at or plan.asked_at, u.case.pk))


def _stop(stop: dict[str, Any], cases: dict[int, Any], points: dict[int, Any]) -> ProposedStop:
    return ProposedStop(
        kind=stop["kind"],
        case=cases.get(stop.get("case") or 0),
        pickup_point=points.get(stop.get("pickup_point") or 0),
        lon=stop["lon"],
        lat=stop["lat"],
        eta=_time(stop.get("eta")),
        window_from=_time(stop.get("window_from")),
        window_until=_time(stop.get("window_until")),
    )


def _not_taken(proposed: list[ProposedTrip], trips: list[Trip]) -> list[ProposedTrip]:
    """What is still to decide: proposals whose cases are not on a live trip meanwhile."""
    on_a_trip = {s.case_id for t in trips for s in t.shown_stops if s.state in LIVE_STOP_STATES}  # type: ignore[attr-defined]
    for proposal in proposed:
        proposal.stops = [
            s for s in proposal.stops if s.case and s.case.pk not in on_a_trip and s.case.state == CaseState.READY
        ]
    return [proposal for proposal in proposed if proposal.stops]


def _by_id(rows: Any, ids: Iterable[Any]) -> dict[int, Any]:
    wanted = {pk for pk in ids if pk}
    return rows.in_bulk(wanted) if wanted else {}


def _time(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def shifts_by_vehicle(overview: Overview) -> dict[int, list[Shift]]:
    found: dict[int, list[Shift]] = defaultdict(list)
    for shift in overview.shifts:
        found[shift.vehicle_id].append(shift)
    return found
