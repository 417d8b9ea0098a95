"""Urgent cases that could come on a trip that is accepted, released or under way: the planner proposes, a dispatcher says yes.

What is on the road is pinned: goods on board stay there, the stop where the vehicle stands stays first, the others keep their
order, and a level-1 case that is on the trip already is not kept waiting. Within that a level-1 case is proposed for the trip
that reaches it first, where no free vehicle does about as soon: at the place of those about as early that breaks fewest
promises. Another urgent case that no free vehicle can take is proposed where it breaks nothing and costs no long way round.
It stays on the new trip it was proposed for, should the dispatcher not want it on this one.

Who was not there, whatever the level, and is ready again while the goods are still on board is proposed for that trip: they
would come back to a counter that may be shut by then.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from time import perf_counter
from typing import Any

from django.utils.translation import gettext as _

from cases.lifecycle import CaseState
from cases.models import Case
from dispatch import goods_moved
from dispatch.models import Plan, Stop, Trip
from dispatch.planner.problem import TRIP_HOURS, Problem
from dispatch.planner.routes import HAND_OVER
from dispatch.planner.routing import TOLERANCE, Answer
from dispatch.refused import Refused
from dispatch.trip_lifecycle import LIVE_STOP_STATES, LIVE_TRIP_STATES, StopState
from dispatch.trips import itinerary, moving, told
from dispatch.trips.itinerary import Break, Itinerary, Situation
from hotline.lifecycle import MoveRefused
from hotline.models import Line, User

log = logging.getLogger(__name__)
# So many are tried, the most urgent first: each is reckoned at every place of every trip.
MOST = 12
# Of the two seconds that a plan may take; what is not tried in them is tried by the next.
SECONDS = 0.3
URGENT = 2
# A case that is not of level 1 is not worth a longer way round than this for those who are on board.
LONGEST_DETOUR = timedelta(minutes=45)
# A case that is not of level 1 does not make a trip longer than the planner makes them.
LONGEST_TRIP = TRIP_HOURS
# A dispatcher may force these with a reason; the planner does not propose them.
NEVER = frozenset({"shift", "hours", "fleet", "pin", "closed", "kept"})
# Of these, what a trip breaks already without the case as well: it is late enough.
NOT_EVEN_BROKEN = frozenset({"shift", "hours"})


@dataclass(frozen=True)
class Join:
    """One case on one trip: before that stop (id) or at the end."""

    case: int
    trip: Trip
    before: int | None
    eta: datetime
    instead: datetime | None  # of the new trip that it is proposed for as well
    minutes: int  # the trip takes so much longer
    breaks: tuple[str, ...]
    stops: tuple[Stop, ...]  # the trip as it would be

    def row(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "trip": self.trip.pk,
            "vehicle": self.trip.vehicle_id,
            "before": self.before,
            "eta": self.eta.isoformat(timespec="seconds"),
            "instead": self.instead.isoformat(timespec="seconds") if self.instead else None,
            "minutes": self.minutes,
            "breaks": list(self.breaks),
        }


def propose(line: Line, problem: Problem, answer: Answer) -> list[Join]:
    """The joins worth proposing beside the routes of the answer, most urgent case first."""
    # When it is there, as an itinerary says it: what a vehicle does at a gate before it hands over comes after.
    there = {
        t.act.order.case: t.arrives for r in answer.routes for t in r.acts if t.act.order and t.act.kind == HAND_OVER
    }
    aboard = _was_not_there(goods_moved.on_board_of(order.case for order in problem.orders))
    wanted = [
        order
        for order in sorted(problem.orders, key=lambda order: order.rank)
        if order.level == 1 or (order.level <= URGENT and order.case not in there) or order.case in aboard
    ][:MOST]
    trips = _live(line) if wanted else []
    if not trips:
        return []
    cases = Case.objects.select_related("address__community", "line", "category").in_bulk([o.case for o in wanted])
    by_id = {trip.pk: trip for trip in trips}
    home = {pk: by_id[trip] for pk, trip in aboard.items() if trip in by_id}
    coming = {pk: found for pk, case in cases.items() if (found := _stops(case, home.get(pk, trips[0])))}
    situation = itinerary.read(trips, cases.values(), [stop for each in coming.values() for stop in each])
    joins: list[Join] = []
    until = perf_counter() + SECONDS
    for order in wanted:
        if order.case not in coming or perf_counter() > until:
            continue
        on = [home[order.case]] if order.case in home else trips  # nobody else has its goods
        join = best(situation, on, cases[order.case], coming[order.case], there.get(order.case), until)
        if join is not None:
            joins.append(join)
            situation.stops[join.trip.pk] = list(join.stops)  # who is less urgent sees the trip with it
    return joins


def _was_not_there(aboard: dict[int, int]) -> dict[int, int]:
    """Of the cases whose goods are still on board those at whose door it failed; not what a dispatcher has taken off."""
    if not aboard:
        return {}
    failed = Stop.objects.filter(case__in=aboard, kind=Stop.Kind.DELIVERY, state=StopState.FAILED)
    doors = failed.exclude(failed_reason=Stop.FailedReason.TURNED_BACK).values_list("case_id", "trip_id")
    return {case: trip for case, trip in doors if aboard[case] == trip}


def accept(plan: Plan, by: User | None, cases: Collection[int] | None = None) -> Iterator[tuple[dict[str, Any], str]]:
    """Puts the proposed cases (ids; None is all) on their trips; each row with "" or the words of why not."""
    for row in plan.joins:
        if cases is not None and row["case"] not in cases:
            continue
        try:
            _join(row, by)
        except (Refused, MoveRefused) as refused:
            yield row, str(refused)
        else:
            yield row, ""


def _join(row: dict[str, Any], by: User | None) -> None:
    case = Case.objects.select_related("address__community", "line", "category").filter(pk=row["case"]).first()
    trip = _trips().filter(pk=row["trip"]).first()
    if case is None or trip is None or case.state != CaseState.READY or _is_on_a_trip(case):
        raise Refused(_("it is settled or on another trip by now"))
    before = row["before"]
    if before is not None and not trip.stops.filter(pk=before, state__in=LIVE_STOP_STATES).exists():
        before = _place_now(case, trip, row)
    reason = _("proposed by the planner")
    moving.move(case, trip, by=by, before=before, reason=reason, because=told.OTHERS_FIRST)


def _is_on_a_trip(case: Case) -> bool:
    return case.stops.filter(state__in=LIVE_STOP_STATES).exists()


def _place_now(case: Case, trip: Trip, row: dict[str, Any]) -> int | None:
    """The vehicle has passed the place that was proposed: the best one from where it is, where that breaks no more."""
    coming = moving.new_stops(case, trip)
    join = best(itinerary.read([trip], [case], coming), [trip], case, coming)
    if join is None or len(join.breaks) > len(row["breaks"]):
        raise Refused(_("the trip has changed meanwhile: look again at what it costs"))
    return join.before


def _trips() -> Any:
    return Trip.objects.select_related("line", "vehicle__line", "driver", "shift")


def _live(line: Line) -> list[Trip]:
    return list(_trips().filter(line=line, state__in=LIVE_TRIP_STATES).order_by("pk"))


def _stops(case: Case, trip: Trip) -> list[Stop]:
    try:
        return moving.new_stops(case, trip)
    except Refused:
        return []


# the place


def best(
    situation: Situation,
    trips: Sequence[Trip],
    case: Case,
    coming: list[Stop],
    instead: datetime | None = None,
    until: float = inf,
) -> Join | None:
    """The place for this case; None where a free vehicle is there about as soon, or it would cost others too much.

    Of the places tried, the soonest first, until the clock (perf_counter) says `until`.
    """
    found: list[Join] = []
    latest = instead - TOLERANCE if instead else None
    for place in sorted(
        (p for trip in trips for p in _places(situation, trip, case, coming)), key=lambda p: p.earliest
    ):
        if (latest is not None and place.earliest >= latest) or perf_counter() > until:
            break
        join = _reckoned(situation, place, case, coming, instead)
        if join is None or (instead is not None and join.eta + TOLERANCE >= instead):
            continue
        found.append(join)
        latest = join.eta + TOLERANCE if latest is None else min(latest, join.eta + TOLERANCE)
    soonest = min((join.eta for join in found), default=None)
    about_as_soon = [join for join in found if soonest is not None and join.eta <= soonest + TOLERANCE]
    return min(about_as_soon, key=lambda join: (len(join.breaks), join.minutes, join.eta), default=None)


@dataclass(frozen=True)
class Place:
    """Between two stops of a trip, and when the hand-over could begin there at the earliest: as if the goods were on board.

    Not asked yet whether anything speaks against it.
    """

    trip: Trip
    at: int
    earliest: datetime


def _places(situation: Situation, trip: Trip, case: Case, coming: list[Stop]) -> Iterator[Place]:
    if case.category_id not in situation.categories.get(trip.vehicle_id, ()):
        return
    gate = coming[-1]
    known = situation.order(trip)
    first = sum(1 for stop in known if stop.state == StopState.ARRIVED)  # where it stands already, it stays first
    for at in range(first, len(known) + 1):
        yield Place(trip, at, itinerary.reckon(situation, trip, [*known[:at], gate]).etas[at])


def _reckoned(
    situation: Situation, place: Place, case: Case, coming: list[Stop], instead: datetime | None
) -> Join | None:
    """With all that it would break; None where something hard speaks against it, or it costs more than its level is worth."""
    trip = place.trip
    now = itinerary.reckon(situation, trip, situation.order(trip))
    stops = moving.inserted(situation, trip, coming, place.at)
    then = itinerary.reckon(situation, trip, stops)
    against = _new_breaks(situation, trip, now, then)
    if any(one.hard or one.code in NEVER for one in against) or _keeps_urgent_waiting(now, then):
        return None
    breaks = tuple(one.words for one in against if one.case != case.pk)
    longer = timedelta(seconds=then.seconds - now.seconds)
    whole = then.ends_at - (trip.started_at or trip.period.lower)
    if case.level > 1 and (breaks or longer > LONGEST_DETOUR or whole > LONGEST_TRIP):
        return None
    at = next(n for n, stop in enumerate(stops) if stop in coming and stop.kind == Stop.Kind.DELIVERY)
    behind = next((stop.pk for stop in stops[at + 1 :] if stop not in coming and stop.pk), None)
    minutes = round(longer / timedelta(minutes=1))
    return Join(case.pk, trip, behind, then.etas[at], instead, minutes, breaks, tuple(stops))


def _new_breaks(situation: Situation, trip: Trip, now: Itinerary, then: Itinerary) -> list[Break]:
    known = {one.what for one in itinerary.breaks(situation, trip, now)}
    found = itinerary.breaks(situation, trip, then)
    return [one for one in found if one.what not in known or one.hard or one.code in NOT_EVEN_BROKEN]


def _keeps_urgent_waiting(now: Itinerary, then: Itinerary) -> bool:
    """Whether a level-1 case that is on the trip already comes later by more than is granted."""
    for stop, eta in zip(now.stops, now.etas, strict=True):
        if stop.kind == Stop.Kind.DELIVERY and stop.case.level == 1:
            later = then.eta_of(stop.case_id)
            if later is not None and later > eta + TOLERANCE:
                return True
    return False
