"""Which vehicle goes where: VROOM makes the routes, and we see to it that urgency comes before distance.

VROOM's priorities decide who is left out, never who comes first (VROOM #1120). So
- a level-1 case gets a window that ends when a vehicle driving straight to it, after the level-1 cases before it, would
  have come: no tour may pass by it, and where VROOM still leaves it out, that straight drive is the plan;
- whoever can be served by the time it is needed gets that as a window; whoever cannot is not dropped but served late: at the
  end of a route that has room;
- among the rest least slack counts most.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from dispatch.planner import roads as roads_of
from dispatch.planner.problem import Order, Problem, Ride, Window
from dispatch.planner.roads import Roads, can_take
from dispatch.planner.routes import COLLECT, HAND_OVER, Act, DoesNotFit, Route, direct, service_of, setup_of, timetable
from dispatch.planner.stages import Watch

log = logging.getLogger(__name__)
# A level-1 case may come this much later than by a straight drive, so that what lies on the way can be done.
TOLERANCE = timedelta(minutes=10)
# Measured on one problem of each size (bench/planner.py): the level up to which more search still pays within two seconds.
LEVEL_UP_TO = ((60, 5), (150, 4), (300, 2), (600, 1))
# More orders than this for each ride that could take them cannot be served anyway: the least urgent are not even tried.
MOST_PER_RIDE = 40
URGENT_PRIORITY = 100
MOST_PRIORITY = 60
SLACK_HALVES_AFTER = timedelta(hours=12)


@dataclass(frozen=True)
class Effort:
    """How hard to search: None leaves the choice to the size of the problem and the machine."""

    level: int | None = None
    threads: int | None = None


@dataclass
class Answer:
    """The routes of one run and how it went."""

    routes: list[Route] = field(default_factory=list)
    unserved: list[Order] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)
    roads: Roads = field(default_factory=Roads)


def solve(problem: Problem, effort: Effort = Effort(), watch: Watch | None = None) -> Answer:
    """Routes for the orders of the problem, searched for in the time that the watch leaves."""
    watch = watch or Watch()
    started = perf_counter()
    roads = roads_of.of(problem)
    watch.stage("matrix")
    tried = _within_reach(problem)
    routes = _urgent_first(problem, tried, roads, effort, watch)
    _append_late(routes, tried, roads)
    watch.stage("routes")
    served = {order.case for route in routes for order in route.orders}
    return Answer(
        routes=[route for route in routes if route.orders],
        unserved=[order for order in problem.orders if order.case not in served],
        figures={
            "orders": len(problem.orders),
            "served": len(served),
            "rides": len(problem.rides),
            "metres": sum(route.metres for route in routes),
            "seconds": round(perf_counter() - started, 3),
            "roads": str(roads.between.source) if roads.between else "",
        },
        roads=roads,
    )


# urgency


def _within_reach(problem: Problem) -> list[Order]:
    """The orders worth trying, most urgent first."""
    room = Counter(category for ride in problem.rides for category in ride.categories)
    tried: Counter[int] = Counter()
    found = []
    for order in sorted(problem.orders, key=lambda o: o.rank):
        if tried[order.category] < room[order.category] * MOST_PER_RIDE:
            tried[order.category] += 1
            found.append(order)
    return found


@dataclass
class Straight:
    """Level-1 cases driven straight to, each by the ride that is there first: acts by ride, ride by case."""

    acts: dict[int, list[Act]] = field(default_factory=dict)
    ride_of: dict[int, int] = field(default_factory=dict)

    def latest(self) -> dict[int, datetime]:
        """When each is to be reached at the latest."""
        acts = (act for acts in self.acts.values() for act in acts)
        return {act.order.case: act.latest for act in acts if act.order and act.latest}


def straight_drives(rides: list[Ride], orders: Iterable[Order], roads: Roads) -> Straight:
    """For each level-1 order, most urgent first, the ride that reaches it first after those before it."""
    found = Straight()
    for order in orders:
        if order.level != 1:
            continue
        best: tuple[datetime, int, list[Act]] | None = None
        for n, ride in enumerate(rides):
            if not can_take(ride, order):
                continue
            acts = [*found.acts.get(n, []), *direct(order)]
            try:
                begins = timetable(ride, acts, roads).acts[-1].begins
            except DoesNotFit:
                continue
            if best is None or begins < best[0]:
                best = begins, n, acts
        if best:
            begins, n, acts = best
            acts[-1] = Act(HAND_OVER, order, latest=begins + TOLERANCE)
            found.acts[n] = acts
            found.ride_of[order.case] = n
    return found


def _urgent_first(problem: Problem, orders: list[Order], roads: Roads, effort: Effort, watch: Watch) -> list[Route]:
    """Searches until every level-1 case that can be driven straight to is served by then.

    Where the search leaves one out, the straight drives of its ride are the plan, and the search goes on without that ride.
    """
    rides = list(problem.rides)
    kept: list[Route] = []
    while True:
        straight = straight_drives(rides, orders, roads)
        watch.stage("clearance")
        routes = _search(problem, rides, orders, straight, roads, effort, watch)
        served = {order.case for route in routes for order in route.orders}
        given_up = {n for case, n in straight.ride_of.items() if case not in served}
        if not given_up:
            return kept + routes
        log.info("straight drives on %s rides", len(given_up))
        kept += [timetable(rides[n], straight.acts[n], roads) for n in sorted(given_up)]
        taken = {order.case for route in kept for order in route.orders}
        orders = [order for order in orders if order.case not in taken]
        rides = [ride for n, ride in enumerate(rides) if n not in given_up]


def priority(order: Order, now: datetime) -> int:
    """How much leaving it out costs: level 1 beyond all others, the rest halving with every twelve hours of slack."""
    if order.level == 1:
        return URGENT_PRIORITY
    slack = max(order.due_at - now, timedelta(0))
    return max(1, round(MOST_PRIORITY * 0.5 ** (slack / SLACK_HALVES_AFTER)))


# the search


def _search(
    problem: Problem,
    rides: list[Ride],
    orders: list[Order],
    straight: Straight,
    roads: Roads,
    effort: Effort,
    watch: Watch,
) -> list[Route]:
    if roads.between is None:
        return [Route(ride) for ride in rides]
    asked = _Asked(problem, rides, orders, straight, roads)
    if not any(asked.takers):
        return [Route(ride) for ride in rides]
    try:
        return asked.routes(_vroom(asked, effort, watch))
    except (
        Exception
    ) as refused:  # its own kinds are not public; it refuses a whole problem for one step it holds infeasible
        if not asked.begins_straight:
            raise
        log.warning("the search does not begin with the straight drives: %s", refused)
        asked.begins_straight = False
        return asked.routes(_vroom(asked, effort, watch))


def _vroom(asked: _Asked, effort: Effort, watch: Watch) -> Any:
    """One search by VROOM."""
    import vroom  # here, because it brings pandas along: only the worker that plans needs that memory

    if asked.roads.between is None:
        raise ValueError("there are no roads without places")
    task = vroom.Input()
    task.set_durations_matrix("car", asked.roads.between.seconds)
    task.set_distances_matrix("car", asked.roads.between.metres)
    task.add_vehicle([asked.vehicle(vroom, n) for n in range(len(asked.rides))])
    for n in range(len(asked.orders)):
        if asked.takers[n]:
            asked.add_shipment(vroom, task, n)
    watch.stage("asking")
    found = task.solve(
        exploration_level=level_for(len(asked.orders)) if effort.level is None else effort.level,
        nb_threads=effort.threads or min(4, os.cpu_count() or 1),
        timeout=timedelta(seconds=watch.left_to_search(len(asked.orders))),
    )
    watch.stage("search")
    return found


def level_for(orders: int) -> int:
    return next((level for most, level in LEVEL_UP_TO if orders <= most), 0)


class _Asked:
    """The problem in VROOM's words: places by number, times in seconds from the first ride, skills by number."""

    def __init__(
        self,
        problem: Problem,
        rides: list[Ride],
        orders: list[Order],
        straight: Straight,
        roads: Roads,
    ) -> None:
        self.problem, self.rides, self.orders, self.roads = problem, rides, orders, roads
        self.straight, self.latest = straight, straight.latest()
        self.begins_straight = bool(straight.acts)
        self.number = {order.case: n for n, order in enumerate(orders)}
        self.soonest: dict[tuple[frozenset[int], int], datetime] = {}
        self.windows: dict[tuple[Window, ...], list[Any]] = {}
        # One skill per distinct set of rides that can take an order: fleet, passes and cold chain at once.
        self.takers = takers_of(rides, orders)
        self.skills = {takers: n for n, takers in enumerate(sorted(set(self.takers), key=sorted), start=1)}
        self.closes = self.seconds(max(ride.closes for ride in rides)) if rides else 0

    def seconds(self, at: datetime) -> int:
        return max(0, int((at - self.problem.now).total_seconds()))

    def vehicle(self, vroom: Any, n: int) -> Any:
        ride = self.rides[n]
        return vroom.Vehicle(
            id=n,
            start=self.roads.at(ride.start),
            capacity=vroom.Amount(list(ride.capacity)),
            skills={skill for takers, skill in self.skills.items() if n in takers},
            time_window=vroom.TimeWindow(self.seconds(ride.opens), self._closes(n)),
            steps=self._steps(vroom, n),
        )

    def _closes(self, n: int) -> int:
        """The end of the ride less the breaks that it holds at full length, but never before its straight drives end."""
        ride = self.rides[n]
        acts = self.straight.acts.get(n)
        driven = timetable(ride, acts, self.roads).ends_at if acts else ride.opens
        return max(self.seconds(ride.closes) - _resting(ride), self.seconds(driven))

    def _steps(self, vroom: Any, n: int) -> list[Any]:
        """Where the search begins: the straight drives to the level-1 cases of this ride."""
        acts = self.straight.acts.get(n)
        if not acts or not self.begins_straight:
            return []
        step = {COLLECT: vroom.VehicleStepPickup, HAND_OVER: vroom.VehicleStepDelivery}
        drives = [step[act.kind](self.number[act.order.case]) for act in acts if act.order]
        return [vroom.VehicleStepStart(), *drives, vroom.VehicleStepEnd()]

    def add_shipment(self, vroom: Any, task: Any, n: int) -> None:
        order = self.orders[n]
        ends_at = self.latest.get(order.case) or self._deadline(n)
        # VROOM asks when the setup begins, we ask when the act itself does: its windows end a setup earlier
        last = self.seconds(ends_at) - setup_of(HAND_OVER) if ends_at else self.closes
        task.add_shipment(
            vroom.ShipmentStep(
                id=n,
                location=self.roads.at(order.pickup),
                default_setup=setup_of(COLLECT),
                default_service=service_of(COLLECT),
                time_windows=self._pickup_windows(vroom, order),
            ),
            vroom.ShipmentStep(
                id=n,
                location=self.roads.at(order.delivery),
                default_setup=setup_of(HAND_OVER),
                default_service=service_of(HAND_OVER),
                time_windows=self._delivery_windows(vroom, order, max(0, last)),
            ),
            amount=vroom.Amount(list(order.amount)),
            skills={self.skills[self.takers[n]]},
            priority=priority(order, self.problem.now),
        )

    def _pickup_windows(self, vroom: Any, order: Order) -> list[Any]:
        known = self.windows.get(order.pickup_windows)
        if known is None:
            whole = [(self.seconds(w.start), self.seconds(w.end) - setup_of(COLLECT) - 1) for w in order.pickup_windows]
            open_then = [vroom.TimeWindow(start, end) for start, end in whole if start < end and start < self.closes]
            known = self.windows[order.pickup_windows] = open_then or [vroom.TimeWindow(0, 0)]
        return known

    def _delivery_windows(self, vroom: Any, order: Order, last: int) -> list[Any]:
        if not order.delivery_windows:
            return [vroom.TimeWindow(0, last)]
        setup = setup_of(HAND_OVER)
        whole = [
            (max(0, self.seconds(w.start) - setup), min(last, self.seconds(w.end) - setup - 1))
            for w in order.delivery_windows
        ]
        return [vroom.TimeWindow(start, end) for start, end in whole if start < end] or [vroom.TimeWindow(0, 0)]

    def _deadline(self, n: int) -> datetime | None:
        """When it is needed, where a straight drive would make it; None where it will be late in any case."""
        order = self.orders[n]
        if order.needed_by is None or order.needed_by <= self.problem.now:
            return None
        return order.needed_by if self._soonest(n) < order.needed_by else None

    def _soonest(self, n: int) -> datetime:
        """When the first of its rides would stand at the gate if it did nothing else; the way to the counter is shared."""
        order, takers = self.orders[n], self.takers[n]
        pickup = self.roads.at(order.pickup)
        if (takers, pickup) not in self.soonest:
            at_counter = (self.rides[r].opens + self.roads.travel(self.rides[r].start, order.pickup) for r in takers)
            self.soonest[takers, pickup] = min(at_counter)
        return _hand_over_from(self.soonest[takers, pickup], pickup, order, self.roads)

    def routes(self, solution: Any) -> list[Route]:
        frame = solution.routes
        acts: dict[int, list[Act]] = {n: [] for n in range(len(self.rides))}
        if "id" not in frame:  # the column is missing when no task is on any route
            return [Route(ride) for ride in self.rides]
        rows = zip(frame["vehicle_id"].tolist(), frame["type"].tolist(), frame["id"].tolist(), strict=True)
        for vehicle, kind, task in rows:
            if kind in (COLLECT, HAND_OVER):
                order = self.orders[int(task)]
                latest = self.latest.get(order.case) if kind == HAND_OVER else None
                acts[vehicle].append(Act(kind, order, latest=latest))
        return [_as_found(self.rides[n], found, self.roads) for n, found in acts.items()]


def takers_of(rides: list[Ride], orders: list[Order]) -> list[frozenset[int]]:
    """For each order the rides that can take it; most orders of a district are alike in what they ask."""
    known: dict[tuple[object, ...], frozenset[int]] = {}
    found = []
    for order in orders:
        asks = (order.category, order.pickup.district, order.delivery.district, order.amount, order.only)
        if asks not in known:
            known[asks] = frozenset(n for n, ride in enumerate(rides) if can_take(ride, order))
        found.append(known[asks])
    return found


def _resting(ride: Ride) -> int:
    """Seconds of the breaks that a ride of full length has to hold."""
    return sum(pause.seconds for pause in ride.pauses if pause.window.end < ride.closes)


def _as_found(ride: Ride, acts: list[Act], roads: Roads) -> Route:
    """The timetable of what VROOM found; what does not fit in around the breaks is left out, the least urgent first."""
    left_out: set[int] = set()
    by_urgency = sorted({act.order for act in acts if act.order}, key=lambda order: order.rank, reverse=True)
    for order in [None, *by_urgency]:
        left_out |= {order.case} if order else set()
        try:
            return timetable(ride, [act for act in acts if act.order and act.order.case not in left_out], roads)
        except DoesNotFit as why:
            log.info("vehicle %s: a route does not hold around its breaks (%s)", ride.vehicle, why)
    return Route(ride)


# what the search left over


def _append_late(routes: list[Route], orders: list[Order], roads: Roads) -> None:
    """Orders that came into no route are driven last by whoever has room and reaches them first: late, not dropped."""
    served = {order.case for route in routes for order in route.orders}
    for order in orders:
        if order.case in served:
            continue
        ends = ((end_with(route, order, roads), n) for n, route in enumerate(routes) if can_take(route.ride, order))
        for ends_at, n in sorted(e for e in ends if e[0] <= routes[e[1]].ride.closes):
            try:
                routes[n] = timetable(routes[n].ride, [*(t.act for t in routes[n].acts), *direct(order)], roads)
            except DoesNotFit:
                continue
            log.debug("case %s is driven last, until %s", order.case, ends_at)
            break


def soonest_hand_over(ride: Ride, order: Order, roads: Roads) -> datetime:
    """When a ride that does nothing else would stand at the gate: never later than the truth."""
    return _hand_over_from(ride.opens, roads.at(ride.start), order, roads)


def end_with(route: Route, order: Order, roads: Roads) -> datetime:
    """When the route would end with this order after all others: never later than the truth."""
    last = next((t.act for t in reversed(route.acts) if t.act.order), None)
    if last is None or last.order is None:
        here = roads.at(route.ride.start)
    else:
        here = roads.at(last.order.pickup if last.kind == COLLECT else last.order.delivery)
    begins = _hand_over_from(route.ends_at, here, order, roads)
    return begins + timedelta(seconds=service_of(HAND_OVER))


def _hand_over_from(at: datetime, here: int, order: Order, roads: Roads) -> datetime:
    pickup, gate = roads.at(order.pickup), roads.at(order.delivery)
    collects = at + timedelta(seconds=roads.seconds[here][pickup] + (setup_of(COLLECT) if here != pickup else 0))
    if order.pickup_windows:
        collects = max(collects, order.pickup_windows[0].start)
    return collects + timedelta(
        seconds=service_of(COLLECT) + roads.seconds[pickup][gate] + (setup_of(HAND_OVER) if pickup != gate else 0)
    )
