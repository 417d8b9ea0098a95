"""What a trip becomes with its stops in some order: times, load, length, and what that would break.

Everything is read once by `read`; what is asked of it afterwards asks the database nothing. Times and papers come from the
same code as the planner's and the gate's (dispatch.travel, dispatch.clearance).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, District
from dispatch import clearance, goods_moved, hours, learning, travel
from dispatch.driver import positions
from dispatch.models import CheckpointPassage, FleetLoan, Instruction, Position, Stop, Trip, Vehicle
from dispatch.planner.problem import NO_NEEDS, Pause, Window, amounts_of, capacity_of, categories_of, open_hours
from dispatch.trip_lifecycle import LIVE_TRIP_STATES, StopState
from dispatch.trips import etas, meals
from dispatch.trips.holding import district_of, is_live

Place = tuple[travel.Point, int | None]  # where, and the district's id


@dataclass(frozen=True)
class Break:
    """Something that would not hold. A hard one is never forced; a soft one with a reason."""

    code: str
    case: int
    words: str
    hard: bool

    @property
    def what(self) -> tuple[str, int]:
        """The same thing before and after a change, whatever its times."""
        return self.code, self.case


@dataclass(frozen=True)
class Itinerary:
    """The live stops of a trip in an order, each with the time it begins; when it is over and how far it is."""

    stops: tuple[Stop, ...]
    etas: tuple[datetime, ...]
    starts_at: datetime
    ends_at: datetime
    metres: int

    @property
    def seconds(self) -> float:
        return (self.ends_at - self.starts_at).total_seconds()

    def eta_of(self, case: int, kind: str = Stop.Kind.DELIVERY) -> datetime | None:
        found = (
            eta for stop, eta in zip(self.stops, self.etas, strict=True) if (stop.case_id, stop.kind) == (case, kind)
        )
        return next(found, None)


@dataclass
class Situation:
    """Some trips with all that bears on them."""

    now: datetime
    trips: dict[int, Trip]
    stops: dict[int, list[Stop]]  # the live ones, in order
    here: dict[int, Place]
    on_board: dict[int, set[int]]  # cases whose goods are in the vehicle
    papers: clearance.Papers
    districts: dict[int, District]
    categories: dict[int, frozenset[int]]  # by vehicle
    amounts: dict[int, tuple[int, int, int]]  # by case
    busy: dict[tuple[str, int], list[tuple[int, datetime, datetime]]]  # live trips by vehicle or driver
    worked: dict[int, hours.Worked]  # by driver
    allowed: set[int]  # shifts in which more hours than advised are allowed
    pins: dict[int, Instruction] = field(default_factory=dict)  # by case
    pauses: dict[int, list[Pause]] = field(default_factory=dict)  # still to come, by trip
    number: dict[travel.Point, int] = field(default_factory=dict)
    between: travel.Places | None = None

    def order(self, trip: Trip) -> list[Stop]:
        return self.stops[trip.pk]

    def seconds(self, a: travel.Point, b: travel.Point) -> int:
        assert self.between is not None  # noqa: S101 measured by read
        return int(self.between.seconds[self.number[a], self.number[b]])

    def metres(self, a: travel.Point, b: travel.Point) -> int:
        assert self.between is not None  # noqa: S101 measured by read
        return int(self.between.metres[self.number[a], self.number[b]])


def read(trips: Iterable[Trip], cases: Iterable[Case] = (), more: Iterable[Stop] = ()) -> Situation:
    """Reads these trips, and `cases` that could come on them with the stops that they would bring (`more`).

    A trip that is not saved (pk None is not allowed; give it a negative one) has no stops and starts at the vehicle's base.
    """
    now = timezone.now()
    found = {trip.pk: trip for trip in trips}
    kept = Stop.objects.filter(trip__in=[pk for pk in found if pk > 0]).exclude(state=StopState.DROPPED)
    kept = kept.select_related(
        "case__address__community", "case__line", "case__category", "case__person", "pickup_point", "sourcing"
    )
    of_trip: dict[int, list[Stop]] = defaultdict(list)
    for stop in kept.order_by("sequence"):
        stop.trip = found[stop.trip_id]
        of_trip[stop.trip_id].append(stop)
    more, cases = list(more), list(cases)
    concerned = {stop.case_id: stop.case for stops in of_trip.values() for stop in stops}
    concerned |= {case.pk: case for case in cases} | {stop.case_id: stop.case for stop in more}
    vehicles = {trip.vehicle_id for trip in found.values()}
    drivers = {trip.driver_id for trip in found.values()}
    on_them = {stop.case_id for stops in of_trip.values() for stop in stops if is_live(stop)}
    off_trips = [case.pk for case in cases if case.pk not in on_them]
    aboard = goods_moved.on_board_of(off_trips) if off_trips else {}
    situation = Situation(
        now=now,
        trips=found,
        stops={pk: [s for s in of_trip[pk] if is_live(s)] for pk in found},
        here=_here(found, of_trip),
        on_board={pk: _on_board(of_trip[pk]) | {case for case, trip in aboard.items() if trip == pk} for pk in found},
        papers=clearance.papers_of(vehicles, drivers, until_after=now),
        districts={},
        categories=_categories(found.values()),
        amounts=dict.fromkeys(concerned, NO_NEEDS) | amounts_of(list(concerned)),
        busy=_busy(vehicles, drivers),
        worked=hours.of(drivers, now),
        allowed=hours.allowed_shifts([trip.shift for trip in found.values() if trip.shift]),
        pins=_pins(concerned),
        pauses=meals.ahead(found.values(), now),
    )
    districts = list(District.objects.prefetch_related("borders"))
    situation.districts = {d.pk: d for d in districts}
    conditions = learning.conditions(next(iter(found.values())).line, districts) if found else travel.Conditions()
    _measure(situation, more, conditions)
    return situation


def _here(trips: dict[int, Trip], stops: dict[int, list[Stop]]) -> dict[int, Place]:
    """As etas.where says it, for many trips at once: by the phone where that is fresh, else the last stop, else the base."""
    passed = CheckpointPassage.objects.filter(trip__in=list(trips), passed_at__isnull=False).order_by("passed_at")
    crossed = {passage.trip_id: passage for passage in passed}
    seen = {fix.trip_id: fix for fix in Position.objects.filter(trip__in=list(trips))}
    found: dict[int, Place] = {}
    for pk, trip in trips.items():
        ended = [s for s in stops[pk] if s.ended_at]
        last = max(ended, key=lambda s: s.ended_at or s.eta) if ended else None
        left_at = last.ended_at if last else trip.created_at
        point = (last.lon, last.lat) if last else (trip.vehicle.lon, trip.vehicle.lat)
        district = district_of(last) if last else None
        passage, fix = crossed.get(pk), seen.get(pk)
        if passage and passage.passed_at and passage.to_district_id and left_at and passage.passed_at > left_at:
            district = passage.to_district_id
        if fix is not None and left_at and fix.at > left_at and positions.fresh(fix):
            point = (fix.lon, fix.lat)
        found[pk] = point, district
    return found


def _on_board(stops: list[Stop]) -> set[int]:
    collected = {s.case_id for s in stops if s.kind == Stop.Kind.PICKUP and s.state == StopState.DONE}
    return {s.case_id for s in stops if s.kind == Stop.Kind.DELIVERY and is_live(s)} & collected


def _categories(trips: Iterable[Trip]) -> dict[int, frozenset[int]]:
    ids = {trip.vehicle_id for trip in trips}
    now = timezone.now()
    window = Window(now, now + timedelta(seconds=1))
    loans = FleetLoan.objects.filter(fleet__vehicles__in=ids, starts_at__lte=now, ends_at__gte=window.end)
    lent = list(loans.distinct().prefetch_related("to_fleet__categories"))
    found: dict[int, frozenset[int]] = {}
    for vehicle in Vehicle.objects.filter(pk__in=ids).prefetch_related("fleets__categories"):
        fleets = {fleet.pk for fleet in vehicle.fleets.all()}
        found[vehicle.pk] = categories_of(vehicle, [loan for loan in lent if loan.fleet_id in fleets], window)
    return found


def _busy(
    vehicles: Collection[int], drivers: Collection[int]
) -> dict[tuple[str, int], list[tuple[int, datetime, datetime]]]:
    busy: dict[tuple[str, int], list[tuple[int, datetime, datetime]]] = defaultdict(list)
    live = Trip.objects.filter(state__in=LIVE_TRIP_STATES)
    for trip in live.filter(vehicle__in=vehicles) | live.filter(driver__in=drivers):
        span = (trip.pk, trip.period.lower, trip.period.upper)
        busy["vehicle", trip.vehicle_id].append(span)
        busy["driver", trip.driver_id].append(span)
    return busy


def _pins(cases: Iterable[int]) -> dict[int, Instruction]:
    held = Instruction.objects.filter(case__in=list(cases), kind=Instruction.Kind.PIN, ended_at=None)
    return {one.case_id: one for one in held.select_related("vehicle", "by")}


def _measure(situation: Situation, more: list[Stop], conditions: travel.Conditions) -> None:
    places: dict[travel.Point, int | None] = dict(situation.here.values())
    for stop in [*(s for stops in situation.stops.values() for s in stops), *more]:
        places.setdefault((stop.lon, stop.lat), district_of(stop))
    if not places:
        return
    situation.number = {point: n for n, point in enumerate(places)}
    situation.between = travel.matrix(list(places), list(places.values()), conditions, situation.now)


def reckon(situation: Situation, trip: Trip, stops: Sequence[Stop]) -> Itinerary:
    """The times of these stops in this order, from where the vehicle is, with the breaks that fall into it."""
    pauses = situation.pauses.get(trip.pk, ())
    return meals.placed(pauses, lambda kept: _walked(situation, trip, stops, kept), lambda found: found.ends_at)


def _walked(situation: Situation, trip: Trip, stops: Sequence[Stop], pauses: Sequence[Pause]) -> Itinerary:
    here, left = situation.here[trip.pk][0], list(pauses)
    start = situation.now if trip.started_at else max(situation.now, trip.period.lower)
    at, metres, times = start, 0, []
    for stop in stops:
        there = (stop.lon, stop.lat)
        if stop.state == StopState.ARRIVED:
            begins = stop.arrived_at or at
        else:
            metres += situation.metres(here, there)
            arrives = at + timedelta(seconds=situation.seconds(here, there))
            arrives += meals.rested(at, arrives, left)
            begins = max(arrives, _ready_at(stop, trip), etas.promised(stop))
            at = begins
        times.append(begins)
        at = max(at, begins) + etas.standing(stop, moved=here != there)
        here = there
    return Itinerary(tuple(stops), tuple(times), start, at, metres)


def _ready_at(stop: Stop, trip: Trip) -> datetime:
    if stop.meets_id or stop.kind != Stop.Kind.PICKUP or stop.sourcing is None:
        return trip.period.lower
    return stop.sourcing.ready_at or trip.period.lower


# what would not hold


def breaks(situation: Situation, trip: Trip, itinerary: Itinerary) -> list[Break]:
    """Hard ones first."""
    found = [
        *_uncleared(situation, trip, itinerary),
        *_gates(situation, itinerary),
        *_out_of_order(situation, trip, itinerary),
        *_too_much(situation, trip, itinerary),
        *_booked_twice(situation, trip, itinerary),
        *_tired(situation, trip, itinerary),
        *_shift(trip, itinerary),
        *_not_its_fleet(situation, trip, itinerary),
        *_pinned(situation, trip, itinerary),
        *_goods(situation, trip, itinerary),
        *_late(trip, itinerary),
    ]
    return sorted(found, key=lambda one: not one.hard)


def _uncleared(situation: Situation, trip: Trip, itinerary: Itinerary) -> Iterator[Break]:
    ids = {district_of(stop) for stop in itinerary.stops}
    districts = [situation.districts[pk] for pk in ids if pk is not None]
    period = clearance.Span(itinerary.starts_at, max(itinerary.ends_at, itinerary.starts_at + timedelta(seconds=1)))
    for words in clearance.against(situation.papers, trip.vehicle, trip.driver, districts, period):
        yield Break(f"clearance:{words}", 0, words, True)


def closed_gates(trip: Trip) -> list[str]:
    """Gates that are closed when this trip comes there; asked at release and departure."""
    situation = read([trip])
    order = situation.order(trip)
    return (
        [one.words for one in _gates(situation, reckon(situation, trip, order))]
        if order and situation.papers.gates
        else []
    )


def _gates(situation: Situation, itinerary: Itinerary) -> Iterator[Break]:
    for stop, eta in zip(itinerary.stops, itinerary.etas, strict=True):
        community = stop.case.address.community if stop.kind == Stop.Kind.DELIVERY and stop.case.address else None
        until = situation.papers.gate_closed_at(community.pk if community else None, eta)
        if community and until and stop.state != StopState.ARRIVED:
            words = {"number": stop.case.number, "gate": community.name, "until": clock(until)}
            yield Break("gate", stop.case_id, _("#%(number)s: %(gate)s is closed until %(until)s") % words, True)


def _out_of_order(situation: Situation, trip: Trip, itinerary: Itinerary) -> Iterator[Break]:
    collected = set(situation.on_board[trip.pk])
    tried = False
    for stop in itinerary.stops:
        if stop.kind == Stop.Kind.PICKUP:
            collected.add(stop.case_id)
        elif stop.case_id not in collected:
            yield Break(
                "order", stop.case_id, _("#%s would be handed over before it is collected") % stop.case.number, True
            )
        if stop.state == StopState.ARRIVED and tried:
            yield Break(
                "here", stop.case_id, _("the vehicle stands at the stop of #%s already") % stop.case.number, True
            )
        tried = tried or stop.state != StopState.ARRIVED


def _too_much(situation: Situation, trip: Trip, itinerary: Itinerary) -> Iterator[Break]:
    vehicle = trip.vehicle
    room = capacity_of(vehicle)
    load = [
        sum(amounts)
        for amounts in zip((0, 0, 0), *map(situation.amounts.__getitem__, situation.on_board[trip.pk]), strict=True)
    ]
    peak = list(load)
    for stop in itinerary.stops:
        sign = 1 if stop.kind == Stop.Kind.PICKUP else -1
        load = [have + sign * more for have, more in zip(load, situation.amounts[stop.case_id], strict=True)]
        peak = [max(pair) for pair in zip(peak, load, strict=True)]
    words = {"plate": vehicle.plate}
    if peak[0] > room[0]:
        yield Break(
            "kg",
            0,
            _("%(plate)s carries %(room)d kg, this would be %(load)d") % (words | {"room": room[0], "load": peak[0]}),
            True,
        )
    if peak[1] > room[1]:
        yield Break(
            "boxes",
            0,
            _("%(plate)s holds %(room)d boxes, this would be %(load)d") % (words | {"room": room[1], "load": peak[1]}),
            True,
        )
    if peak[2] > room[2]:
        said = _("the cold box of %(plate)s is full") if room[2] else _("%(plate)s has no cold box")
        yield Break("cold", 0, said % words, True)


def _booked_twice(situation: Situation, trip: Trip, itinerary: Itinerary) -> Iterator[Break]:
    for what, pk, name in (
        ("vehicle", trip.vehicle_id, trip.vehicle.plate),
        ("driver", trip.driver_id, trip.driver.name),
    ):
        for other, lower, upper in situation.busy[what, pk]:
            if other != trip.pk and lower < itinerary.ends_at and upper > itinerary.starts_at:
                words = {"who": name, "trip": f"T{other}", "time": clock(lower)}
                yield Break(what, other, _("%(who)s is on trip %(trip)s from %(time)s") % words, True)


def _tired(situation: Situation, trip: Trip, itinerary: Itinerary) -> Iterator[Break]:
    """Beyond the hours that are the end nobody drives; beyond the advised ones with a reason."""
    worked = situation.worked[trip.driver_id]
    period = clearance.Span(itinerary.starts_at, max(itinerary.ends_at, trip.period.upper))
    for words in hours.against(worked, trip.driver, period, trip.shift, hours.hard()):
        yield Break("hours_end", 0, words, True)
        return
    limits = hours.limits_of(trip.shift, situation.allowed)
    for words in hours.against(worked, trip.driver, period, trip.shift, limits):
        yield Break("hours", 0, words, False)


def _shift(trip: Trip, itinerary: Itinerary) -> Iterator[Break]:
    if trip.shift and itinerary.ends_at > trip.shift.ends_at:
        words = {"time": clock(trip.shift.ends_at), "n": minutes(itinerary.ends_at - trip.shift.ends_at)}
        yield Break("shift", 0, _("ends %(n)d min after the shift, which is over at %(time)s") % words, False)


def _not_its_fleet(situation: Situation, trip: Trip, itinerary: Itinerary) -> Iterator[Break]:
    for stop in itinerary.stops:
        case = stop.case
        if stop.kind == Stop.Kind.DELIVERY and case.category_id not in situation.categories.get(trip.vehicle_id, ()):
            words = {"plate": trip.vehicle.plate, "category": str(case.category or "?"), "number": case.number}
            yield Break("fleet", case.pk, _("#%(number)s: %(plate)s does not drive for %(category)s") % words, False)


def _pinned(situation: Situation, trip: Trip, itinerary: Itinerary) -> Iterator[Break]:
    for stop in itinerary.stops:
        pin = situation.pins.get(stop.case_id)
        if stop.kind == Stop.Kind.DELIVERY and pin is not None and pin.vehicle_id != trip.vehicle_id:
            words = {
                "number": stop.case.number,
                "plate": str(pin.vehicle),
                "who": str(pin.by or "?"),
                "why": pin.reason,
            }
            yield Break("pin", stop.case_id, _("#%(number)s is pinned to %(plate)s by %(who)s: %(why)s") % words, False)


def _goods(situation: Situation, trip: Trip, itinerary: Itinerary) -> Iterator[Break]:
    for stop, eta in zip(itinerary.stops, itinerary.etas, strict=True):
        if stop.kind != Stop.Kind.PICKUP or stop.state == StopState.ARRIVED or stop.meets_id:
            continue
        words = {"point": str(stop.pickup_point), "number": stop.case.number}
        if stop.sourcing and stop.sourcing.reserved_until and eta >= stop.sourcing.reserved_until:
            kept = words | {"time": clock(stop.sourcing.reserved_until)}
            yield Break(
                "kept", stop.case_id, _("%(point)s keeps the goods of #%(number)s until %(time)s only") % kept, False
            )
        if stop.pickup_point and not is_open(stop, eta, trip):
            yield Break(
                "closed", stop.case_id, _("%(point)s is closed at %(time)s") % (words | {"time": clock(eta)}), False
            )


def is_open(stop: Stop, at: datetime, trip: Trip) -> bool:
    from zoneinfo import ZoneInfo

    hours: Iterable[Window] = (
        open_hours(stop.pickup_point, at, ZoneInfo(trip.line.time_zone)) if stop.pickup_point else ()
    )
    return any(w.start <= at < w.end for w in hours)


def _late(trip: Trip, itinerary: Itinerary) -> Iterator[Break]:
    for stop, eta in zip(itinerary.stops, itinerary.etas, strict=True):
        if stop.kind != Stop.Kind.DELIVERY or stop.state == StopState.ARRIVED:
            continue
        case = stop.case
        if stop.window_until and eta >= stop.window_until:
            words = {"number": case.number, "time": clock(stop.window_until), "n": minutes(eta - stop.window_until)}
            yield Break(
                "promise",
                case.pk,
                _("#%(number)s was promised until %(time)s: %(n)d min later than that") % words,
                False,
            )
        if case.needed_by and eta >= case.needed_by:
            words = {"number": case.number, "time": clock(case.needed_by)}
            yield Break("needed", case.pk, _("#%(number)s is needed by %(time)s") % words, False)


def clock(at: datetime) -> str:
    local = timezone.localtime(at)
    return local.strftime("%H:%M") if local.date() == timezone.localdate() else local.strftime("%m-%d %H:%M")


def minutes(span: timedelta) -> int:
    return max(1, round(span.total_seconds() / 60))
