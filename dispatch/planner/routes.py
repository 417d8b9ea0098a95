"""A route: the acts of one ride in order, with their times reckoned forward from the start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dispatch import travel
from dispatch.planner.problem import Order, Pause, Ride, Window
from dispatch.planner.roads import Roads

COLLECT, HAND_OVER, REST = "pickup", "delivery", "break"


@dataclass(frozen=True)
class Act:
    """One act of a ride: collect or hand over for an order, or rest."""

    kind: str
    order: Order | None = None
    pause: Pause | None = None
    # When it may begin no later, beyond what the order itself asks (a level-1 case is not kept waiting).
    latest: datetime | None = None


@dataclass(frozen=True)
class Timed:
    """An act with its times: it is reached at `arrives`, begins at `begins` and is over at `leaves`."""

    act: Act
    arrives: datetime
    begins: datetime
    leaves: datetime


@dataclass
class Route:
    """What one ride does."""

    ride: Ride
    acts: list[Timed] = field(default_factory=list)
    metres: int = 0

    @property
    def orders(self) -> list[Order]:
        return [t.act.order for t in self.acts if t.act.kind == HAND_OVER and t.act.order]

    @property
    def ends_at(self) -> datetime:
        return self.acts[-1].leaves if self.acts else self.ride.opens


class DoesNotFit(Exception):
    """These acts in this order break a window, the capacity or the ride's end."""


def reckon(ride: Ride, acts: Sequence[Act], roads: Roads) -> Route:
    """The route of these acts, each as early as can be; raises DoesNotFit, naming what breaks."""
    route = Route(ride)
    at, here = ride.opens, ride.start
    driven_before_rest = timedelta(0)
    load = [0, 0, 0]
    collected: set[int] = set()
    for act in acts:
        if act.pause is not None:
            begins = max(at, act.pause.window.start)
            if begins > act.pause.window.end:
                raise DoesNotFit("break")
            driven_before_rest += begins - at  # on the way to the next place, not waiting for the break
            at = begins + timedelta(seconds=act.pause.seconds)
            route.acts.append(Timed(act, begins, begins, at))
            continue
        order = act.order
        if order is None:
            raise DoesNotFit("nothing to do")
        there = order.pickup if act.kind == COLLECT else order.delivery
        start, end = roads.at(here), roads.at(there)
        arrives = at + max(timedelta(seconds=roads.seconds[start][end]) - driven_before_rest, timedelta(0))
        driven_before_rest = timedelta(0)
        route.metres += roads.metres[start][end]
        begins = arrives + timedelta(seconds=setup_of(act.kind) if start != end else 0)
        if act.kind == COLLECT:
            begins = _first_open(order.pickup_windows, begins)
            load = [a + b for a, b in zip(load, order.amount, strict=True)]
            collected.add(order.case)
            if any(a > room for a, room in zip(load, ride.capacity, strict=True)):
                raise DoesNotFit("capacity")
        else:
            if order.case not in collected:
                raise DoesNotFit("handed over before it is collected")
            begins = _first_open(order.delivery_windows, begins) if order.delivery_windows else begins
            load = [a - b for a, b in zip(load, order.amount, strict=True)]
        if act.latest is not None and begins > act.latest:
            raise DoesNotFit("too late")
        at = begins + timedelta(seconds=service_of(act.kind))
        if at > ride.closes:
            raise DoesNotFit("end of the ride")
        route.acts.append(Timed(act, arrives, begins, at))
        here = there
    return route


def timetable(ride: Ride, acts: Sequence[Act], roads: Roads) -> Route:
    """The route of these acts with the breaks that fall into it, where they cost least; raises DoesNotFit.

    A break whose window outlasts the route is taken after it. Breaks are placed here and not by VROOM, which leaves out
    shipments that have to be handed over before a break begins (VROOM #1345, #1337).
    """
    placed = [act for act in acts if act.pause is None]
    route = reckon(ride, placed, roads)
    for pause in ride.pauses:
        if route.ends_at > pause.window.end:
            route = _with_rest(route, Act(REST, pause=pause), roads)
    return route


def _with_rest(route: Route, rest: Act, roads: Roads) -> Route:
    """The best place for it: fewest hand-overs after they are needed, then the earliest end."""
    acts = [timed.act for timed in route.acts]
    best: tuple[int, datetime, Route] | None = None
    for place in _places_for(route, rest):
        try:
            found = reckon(route.ride, [*acts[:place], rest, *acts[place:]], roads)
        except DoesNotFit:
            continue
        late = sum(1 for timed in found.acts if is_late(timed))
        if best is None or (late, found.ends_at) < best[:2]:
            best = late, found.ends_at, found
    if best is None:
        raise DoesNotFit("break")
    return best[2]


def _places_for(route: Route, rest: Act) -> range:
    """Between which acts the break can begin inside its window."""
    if rest.pause is None:
        return range(0)
    window = rest.pause.window
    leaves = [route.ride.opens, *(timed.leaves for timed in route.acts)]
    first = next((n for n, at in enumerate(leaves[1:]) if at >= window.start), len(route.acts))
    last = next((n for n, at in enumerate(leaves) if at > window.end), len(leaves))
    return range(first, last)


def is_late(timed: Timed) -> bool:
    """A hand-over after it was needed."""
    order = timed.act.order
    if order is None or timed.act.kind != HAND_OVER or order.needed_by is None:
        return False
    return timed.begins >= order.needed_by


def direct(order: Order, *, latest: datetime | None = None) -> list[Act]:
    """Straight from the counter to the gate."""
    return [Act(COLLECT, order), Act(HAND_OVER, order, latest=latest)]


def _first_open(windows: Iterable[Window], at: datetime) -> datetime:
    """`at` or the next opening; an act that begins while it is open may end after."""
    for window in windows:
        if at < window.end:
            return max(at, window.start)
    raise DoesNotFit("closed")


def setup_of(kind: str) -> int:
    return travel.PICKUP_SETUP_SECONDS if kind == COLLECT else travel.GATE_SETUP_SECONDS


def service_of(kind: str) -> int:
    return travel.PICKUP_SECONDS if kind == COLLECT else travel.HANDOVER_SECONDS
