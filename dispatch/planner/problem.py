"""What there is to plan: orders (cases whose goods lie ready) and rides (a vehicle with its driver, free and cleared)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from math import ceil
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Sum
from django.utils.dateparse import parse_datetime

from cases.lifecycle import CaseState
from cases.models import Case, Category, District, Need
from dispatch import declined, hours, learning, travel
from dispatch.clearance import Papers, Span, papers_of
from dispatch.models import Fleet, FleetLoan, Instruction, PickupPoint, Shift, Sourcing, Stop, Trip, Vehicle
from dispatch.trip_lifecycle import LIVE_STOP_STATES, LIVE_TRIP_STATES, StopState
from dispatch.whereabouts import district_id_of, gate_of
from hotline.models import Line

# A trip this long leaves room to answer what comes in meanwhile; the far island and back still fits.
TRIP_HOURS = timedelta(hours=5)
# Rides that begin later than this are left to a later plan.
LOOK_AHEAD = timedelta(hours=3)
# Between the proposal and the departure somebody looks at it and the driver reads it.
LEAD = timedelta(minutes=10)
SHORTEST_RIDE = timedelta(minutes=45)
# A trip planned up to the last minute of a paper or of the driver's hours is refused when it sets out a little later.
KEPT_BACK = timedelta(minutes=15)
COLD_BOXES = 20
MOST_ORDERS = 3000
Amount = tuple[int, int, int]  # kg, boxes, cold boxes
NO_NEEDS: Amount = (1, 1, 0)
CASE_COLUMNS = (
    "line_id", "state", "level", "due_at", "needed_by", "category_id", "district_id",
    "address__district_id", "address__lon", "address__lat",
    "address__community__district_id", "address__community__lon", "address__community__lat",
)  # fmt: skip


class Ends(StrEnum):
    """Why a ride is over at its end."""

    SHIFT = "shift"
    CERTIFICATE = "certificate"
    PERMIT = "permit"
    HOURS = "hours"  # the driver has driven as long as may be
    TRIP = "trip"  # long enough, or the next trip begins


NOT_A_MINUTE_LATER = (Ends.CERTIFICATE, Ends.PERMIT, Ends.HOURS)


@dataclass(frozen=True)
class Place:
    """A point (lon, lat) with its district's id."""

    point: travel.Point
    district: int | None


@dataclass(frozen=True)
class Window:
    """Half-open [start, end)."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Pause:
    """A break of so many seconds that begins somewhere inside the window."""

    window: Window
    seconds: int
    what: str = "meal"


@dataclass(frozen=True)
class Ride:
    """One vehicle with one driver for one unbroken, cleared time."""

    vehicle: int
    driver: int
    shift: int
    plate: str
    categories: frozenset[int]
    districts: frozenset[int]  # permitted from opens to closes
    capacity: Amount
    start: Place
    opens: datetime
    closes: datetime
    ends: Ends = Ends.SHIFT
    pauses: tuple[Pause, ...] = ()

    @property
    def over(self) -> datetime:
        """When what ends it ends."""
        return self.closes + (KEPT_BACK if self.ends in NOT_A_MINUTE_LATER else timedelta(0))


@dataclass(frozen=True)
class Order:
    """One case: its goods from a pickup point to a gate."""

    case: int
    level: int
    due_at: datetime
    needed_by: datetime | None
    category: int
    amount: Amount
    pickup: Place
    pickup_point: int
    sourcing: int
    pickup_windows: tuple[Window, ...]
    delivery: Place
    only: int | None = None  # the vehicle a dispatcher has pinned it to
    delivery_windows: tuple[Window, ...] = ()  # when its gate is open; none is always

    @property
    def rank(self) -> tuple[int, datetime, int]:
        """The order of every queue: level 1 before all else, then least slack, then the older case."""
        return (0 if self.level == 1 else 1), self.due_at, self.case


@dataclass
class Problem:
    """Everything one run needs, with nothing of the database left in it."""

    now: datetime
    rides: list[Ride]
    orders: list[Order]
    conditions: travel.Conditions = field(default_factory=travel.Conditions)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))
    # Ready cases that cannot even be tried: (case, what is missing).
    missing: list[tuple[int, str]] = field(default_factory=list)
    # Those of them a dispatcher keeps out of every plan until a time.
    excluded: dict[int, datetime] = field(default_factory=dict)
    # Districts closed by order, and until when.
    closed: dict[int, datetime] = field(default_factory=dict)
    gates: dict[int, list[Window]] = field(default_factory=dict)  # closed times by community
    # Words for reasons: (Chinese, English) by id.
    district_names: dict[int, tuple[str, str]] = field(default_factory=dict)
    category_names: dict[int, tuple[str, str]] = field(default_factory=dict)
    point_names: dict[int, str] = field(default_factory=dict)
    # Who is on duty later, by category: when the first shift of such a vehicle begins.
    next_shift: dict[int, datetime] = field(default_factory=dict)
    # Who is on duty and out on a trip, by category: when the first of them is back.
    back_at: dict[int, datetime] = field(default_factory=dict)

    def places(self) -> Iterator[Place]:
        """Wherever somebody may be or go."""
        for ride in self.rides:
            yield ride.start
        for order in self.orders:
            yield order.pickup
            yield order.delivery


def read(line: Line, now: datetime) -> Problem:
    """The problem of this line at this moment: cases on live stops and vehicles on live trips are left where they are."""
    zone = ZoneInfo(line.time_zone)
    districts = list(District.objects.prefetch_related("borders"))
    problem = Problem(
        now=now,
        rides=[],
        orders=[],
        conditions=learning.conditions(line, districts),
        zone=zone,
        district_names={d.pk: (d.name, d.name_en or d.name) for d in districts},
    )
    _read_rides(problem, line)
    _read_orders(problem, line)
    return problem


# orders


def _read_orders(problem: Problem, line: Line) -> None:
    """In six queries, with only the columns that a plan needs: it is read every few seconds, thousands of rows at a time."""
    on_a_trip = Stop.objects.filter(case=OuterRef("pk"), state__in=LIVE_STOP_STATES)
    cases = list(
        Case.objects.filter(line=line, state=CaseState.READY)
        .exclude(Exists(on_a_trip))
        .select_related("address__community")
        .only(*CASE_COLUMNS)
        .order_by("rank", "due_at", "id")[:MOST_ORDERS]
    )
    ids = [case.pk for case in cases]
    amounts = amounts_of(ids)
    told: dict[int, dict[str, Instruction]] = defaultdict(dict)
    for one in Instruction.objects.filter(case__in=ids, ended_at=None):
        told[one.case_id][one.kind] = one
    goods = {
        row.case_id: row
        for row in Sourcing.objects.filter(case__in=ids, state=Sourcing.State.CONFIRMED).order_by("-id")
    }
    points = PickupPoint.objects.in_bulk({row.pickup_point_id for row in goods.values()})
    problem.point_names |= {point.pk: point.name for point in points.values()}
    categories = Category.objects.filter(pk__in={case.category_id for case in cases}).only("name", "name_en")
    problem.category_names |= {c.pk: (c.name, c.name_en or c.name) for c in categories}
    hours = {pk: tuple(open_hours(point, problem.now, problem.zone)) for pk, point in points.items()}
    cut: dict[tuple[object, ...], tuple[Window, ...]] = {}
    for case in cases:
        until = told[case.pk].get(Instruction.Kind.EXCLUDE)
        if until is not None and until.until and until.until > problem.now:
            problem.excluded[case.pk] = until.until
            problem.missing.append((case.pk, "excluded"))
            continue
        pin = told[case.pk].get(Instruction.Kind.PIN)
        gate, sourcing = gate_of(case), goods.get(case.pk)
        if gate is None or sourcing is None or case.category_id is None or case.due_at is None:
            problem.missing.append((case.pk, "no_place" if gate is None else "no_goods"))
            continue
        point = points[sourcing.pickup_point_id]
        kept = (point.pk, sourcing.ready_at or problem.now, sourcing.reserved_until)
        if kept not in cut:
            cut[kept] = _cut(hours[point.pk], *kept[1:])
        problem.orders.append(
            Order(
                case=case.pk,
                level=case.level,
                due_at=case.due_at,
                needed_by=case.needed_by,
                category=case.category_id,
                amount=amounts.get(case.pk, NO_NEEDS),
                pickup=Place((point.lon, point.lat), point.district_id),
                pickup_point=point.pk,
                sourcing=sourcing.pk,
                pickup_windows=cut[kept],
                delivery=Place(gate, district_id_of(case)),
                only=pin.vehicle_id if pin else None,
                delivery_windows=_gate_open(problem, case),
            )
        )


def _gate_open(problem: Problem, case: Case) -> tuple[Window, ...]:
    """The times between the closings of its gate, from now on."""
    closed = problem.gates.get(case.address.community_id or 0) if case.address else None
    if not closed:
        return ()
    return tuple(_free(Window(problem.now, problem.now + timedelta(days=2)), closed))


def amounts_of(cases: list[int]) -> dict[int, Amount]:
    """Kilogrammes, boxes and cold boxes of these cases, by id: a case takes at least one of each but the last."""
    needs = Need.objects.filter(case__in=cases).order_by().values("case")
    summed = needs.annotate(
        grams=Sum("weight_grams"), boxes=Count("pk"), cold=Count("pk", filter=Q(needs_cooling=True))
    ).values_list("case", "grams", "boxes", "cold")
    return {case: (max(1, ceil(grams / 1000)), max(1, boxes), cold) for case, grams, boxes, cold in summed}


def open_hours(point: PickupPoint, now: datetime, zone: ZoneInfo) -> Iterator[Window]:
    """When the counter is open, from yesterday on (a night shift may still be open) to the day after tomorrow."""
    today = now.astimezone(zone).date()
    if point.opens is None or point.closes is None or point.opens == point.closes:
        yield Window(now - timedelta(days=1), now + timedelta(days=3))
        return
    overnight = timedelta(days=1 if point.closes < point.opens or point.closes == time.min else 0)
    for day in (today + timedelta(days=n) for n in range(-1, 3)):
        yield Window(datetime.combine(day, point.opens, zone), datetime.combine(day, point.closes, zone) + overnight)


def _cut(windows: Iterable[Window], since: datetime, until: datetime | None) -> tuple[Window, ...]:
    cut = (Window(max(w.start, since), min(w.end, until) if until else w.end) for w in windows)
    return tuple(w for w in cut if w.start < w.end)


# rides


def _read_rides(problem: Problem, line: Line) -> None:
    now = problem.now
    shifts = list(
        Shift.objects.filter(
            vehicle__line=line,
            vehicle__state=Vehicle.State.IN_SERVICE,
            driver__active=True,
            ends_at__gt=now + LEAD,
            starts_at__lt=now + timedelta(days=1),
        )
        .select_related("vehicle", "driver")
        .prefetch_related(Prefetch("vehicle__fleets", queryset=Fleet.objects.prefetch_related("categories")))
        .order_by("starts_at", "id")
    )
    papers = papers_of({s.vehicle_id for s in shifts}, {s.driver_id for s in shifts}, until_after=now)
    taken = _taken(line)
    for vehicle, spans in papers.outages.items():
        taken.periods["vehicle", vehicle] += [Window(span.lower, span.upper) for span in spans]
    loans = list(FleetLoan.objects.filter(fleet__line=line, ends_at__gt=now).prefetch_related("to_fleet__categories"))
    problem.gates = {pk: [Window(s.lower, s.upper) for s in spans] for pk, spans in papers.gates.items()}
    problem.closed = {
        pk: span.upper for pk, spans in papers.closed.items() for span in spans if span.lower <= now + LOOK_AHEAD
    }
    duty = _duty(shifts, now)
    for shift in shifts:
        for ride in _rides_of(shift, papers, taken, problem, duty, loans):
            if not any(_clash(ride, other) for other in problem.rides):
                problem.rides.append(ride)
        for category in categories_of(shift.vehicle):
            begins = max(shift.starts_at, now)
            problem.next_shift[category] = min(problem.next_shift.get(category, begins), begins)
            if back := _back_at(shift, taken, now):
                problem.back_at[category] = min(problem.back_at.get(category, back), back)


def _back_at(shift: Shift, taken: Taken, now: datetime) -> datetime | None:
    """When the vehicle of a shift that has begun is through with the trip it is on; None where it is on none."""
    of_vehicle = taken.periods[("vehicle", shift.vehicle_id)]
    out = [window.end for window in of_vehicle if window.start <= now + LEAD and window.end > now]
    return max(out) if out and shift.starts_at <= now else None


@dataclass
class Taken:
    """The live trips of a vehicle or driver, and where a vehicle is when each ends."""

    periods: dict[tuple[str, int], list[Window]]
    places: dict[int, list[tuple[datetime, Place]]]


def _taken(line: Line) -> Taken:
    periods: dict[tuple[str, int], list[Window]] = defaultdict(list)
    places: dict[int, list[tuple[datetime, Place]]] = defaultdict(list)
    stops = Stop.objects.exclude(state=StopState.DROPPED).select_related("pickup_point", "case__address__community")
    trips = Trip.objects.filter(line=line, state__in=LIVE_TRIP_STATES)
    for trip in trips.prefetch_related(Prefetch("stops", queryset=stops.order_by("sequence"))):
        window = Window(trip.period.lower, trip.period.upper)
        periods["vehicle", trip.vehicle_id].append(window)
        periods["driver", trip.driver_id].append(window)
        last = list(trip.stops.all())[-1:]
        for stop in last:
            district = stop.pickup_point.district_id if stop.pickup_point else district_id_of(stop.case)
            places[trip.vehicle_id].append((window.end, Place((stop.lon, stop.lat), district)))
    return Taken(periods, places)


@dataclass
class Duty:
    """What drivers have worked, the shifts in which they may work longer than advised, and who cannot drive now."""

    worked: dict[int, hours.Worked]
    allowed: set[int]
    out: set[int]


def _duty(shifts: list[Shift], now: datetime) -> Duty:
    drivers = {shift.driver_id for shift in shifts}
    return Duty(hours.of(drivers, now), hours.allowed_shifts(shifts), declined.not_planned(drivers, now))


def _rides_of(
    shift: Shift, papers: Papers, taken: Taken, problem: Problem, duty: Duty, loans: Iterable[FleetLoan]
) -> Iterator[Ride]:
    """The first free and cleared stretch of the shift, as long as a trip and the driver's hours may be."""
    if shift.driver_id in duty.out:
        return
    now = problem.now
    fleets = {fleet.pk for fleet in shift.vehicle.fleets.all()}
    own = [loan for loan in loans if loan.fleet_id in fleets]
    worked, limits = duty.worked[shift.driver_id], hours.limits_of(shift, duty.allowed)
    rested = worked.rested_at(shift.starts_at, limits)
    busy = [*taken.periods[("vehicle", shift.vehicle_id)], *taken.periods[("driver", shift.driver_id)]]
    for free in _free(Window(max(shift.starts_at, rested, now + LEAD), shift.ends_at), busy):
        for opens, closes in _between_papers(free, papers, shift, own):
            if opens > now + LOOK_AHEAD:
                return
            tired = worked.may_drive_until(opens, limits)
            long_enough = min(closes, opens + TRIP_HOURS, tired)
            certified_until = papers.certified_until(shift.driver_id, opens)
            if certified_until is None or min(long_enough, certified_until) - opens < SHORTEST_RIDE:
                continue
            window = Window(opens, min(long_enough, certified_until))
            permitted = _permitted(papers, shift.vehicle_id, window, problem.district_names)
            ends = Ends.HOURS if window.end == tired else _why_it_ends(window, shift, certified_until, papers)
            if ends in NOT_A_MINUTE_LATER:
                window = Window(opens, window.end - KEPT_BACK)
            yield Ride(
                vehicle=shift.vehicle_id,
                driver=shift.driver_id,
                shift=shift.pk,
                plate=shift.vehicle.plate,
                categories=categories_of(shift.vehicle, own, window),
                districts=permitted,
                capacity=capacity_of(shift.vehicle),
                start=_start(shift.vehicle, opens, taken),
                opens=window.start,
                closes=window.end,
                ends=ends,
                pauses=tuple(_pauses(shift, window)),
            )
            return


def _clash(a: Ride, b: Ride) -> bool:
    """Two shifts entered over one another must not send a vehicle or driver out twice."""
    same = a.vehicle == b.vehicle or a.driver == b.driver
    return same and a.opens < b.closes and b.opens < a.closes


def _free(window: Window, busy: Iterable[Window]) -> Iterator[Window]:
    at = window.start
    for taken in sorted(busy, key=lambda w: w.start):
        if taken.end <= at:
            continue
        if taken.start > at:
            yield Window(at, min(taken.start, window.end))
        at = max(at, taken.end)
    if at < window.end:
        yield Window(at, window.end)


def _between_papers(
    free: Window, papers: Papers, shift: Shift, loans: Iterable[FleetLoan]
) -> Iterator[tuple[datetime, datetime]]:
    """Pieces in which the same papers and loans hold from end to end."""
    lent = {at for loan in loans for at in (loan.starts_at, loan.ends_at)}
    changes = papers.changes(shift.vehicle_id, shift.driver_id) | lent
    cuts = sorted(c for c in changes if free.start < c < free.end)
    edges = [free.start, *cuts, free.end]
    yield from pairwise(edges)


def _permitted(papers: Papers, vehicle: int, window: Window, districts: Iterable[int]) -> frozenset[int]:
    until = {d: papers.permitted_until(vehicle, d, window.start) for d in districts}
    span = Span(window.start, window.end)
    return frozenset(
        d for d, end in until.items() if end is not None and end >= window.end and not papers.closed_in(d, span)
    )


def _why_it_ends(window: Window, shift: Shift, certified_until: datetime, papers: Papers) -> Ends:
    if window.end == shift.ends_at:
        return Ends.SHIFT
    if window.end == certified_until:
        return Ends.CERTIFICATE
    if window.end in papers.changes(shift.vehicle_id, shift.driver_id):
        return Ends.PERMIT
    return Ends.TRIP


def categories_of(vehicle: Vehicle, loans: Iterable[FleetLoan] = (), window: Window | None = None) -> frozenset[int]:
    """The categories of its fleets, and of those they are lent to for all of the window; one loan may be for that only."""
    lent = [loan for loan in loans if window and loan.starts_at <= window.start and loan.ends_at >= window.end]
    away = {loan.fleet_id for loan in lent if loan.only}
    own = [fleet for fleet in vehicle.fleets.all() if fleet.pk not in away]
    fleets = [*own, *(loan.to_fleet for loan in lent)]
    return frozenset(category.pk for fleet in fleets for category in fleet.categories.all())


def capacity_of(vehicle: Vehicle) -> Amount:
    return vehicle.capacity_kg, vehicle.capacity_boxes, COLD_BOXES if vehicle.cold_box else 0


def permitted_districts(vehicle: Vehicle, problem: Problem) -> frozenset[int]:
    """Where it may be for a whole trip from now on."""
    papers = papers_of([vehicle.pk], [], until_after=problem.now)
    window = Window(problem.now + LEAD, problem.now + LEAD + TRIP_HOURS)
    return _permitted(papers, vehicle.pk, window, problem.district_names)


def _start(vehicle: Vehicle, opens: datetime, taken: Taken) -> Place:
    """The last stop of the trip before, else the base."""
    before = [place for ends_at, place in taken.places[vehicle.pk] if ends_at <= opens]
    return before[-1] if before else Place((vehicle.lon, vehicle.lat), None)


def _pauses(shift: Shift, window: Window) -> Iterator[Pause]:
    """The breaks of the shift that fall into this ride as a whole."""
    for row in shift.breaks:
        start, until = parse_datetime(row["from"]), parse_datetime(row["until"])
        seconds = int(row["minutes"]) * 60
        if start is None or until is None:
            continue
        inside = Window(max(start, window.start), min(until, window.end - timedelta(seconds=seconds)))
        if inside.start < inside.end and until <= window.end:
            yield Pause(inside, seconds, str(row.get("what", "meal")))
