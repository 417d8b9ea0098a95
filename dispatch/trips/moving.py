"""A dispatcher drags a stop to another place or another vehicle: what it costs and breaks before, and the move itself.

The preview and the move are one reckoning, so that what was shown is what happens; where the trips have changed meanwhile the
move is refused. What breaks softly (a promise, the end of a shift, a pin) is forced with a reason; clearance, capacity and a
double booking never are.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.lifecycle import CaseState
from cases.models import Case
from dispatch import goods_moved, planner
from dispatch.models import Sourcing, Stop, Trip
from dispatch.refused import Refused
from dispatch.trip_lifecycle import DISPATCH, LIVE_STOP_STATES, LIVE_TRIP_STATES, StopState
from dispatch.trips import changed, itinerary, told
from dispatch.trips.holding import hold_all, show
from dispatch.trips.itinerary import Break, Itinerary, Situation
from dispatch.whereabouts import gate_of
from hotline.models import User

log = logging.getLogger(__name__)
# A difference in the expected time that nobody would notice.
SAME_TIME = timedelta(minutes=2)


@dataclass(frozen=True)
class Later:
    """What the change does to another stop."""

    case: Case
    was: datetime
    becomes: datetime
    breaks_promise: bool

    @property
    def minutes(self) -> int:
        return round((self.becomes - self.was).total_seconds() / 60)


@dataclass(frozen=True)
class Preview:
    """What a change would do. `seen` is what the trips look like now; the move takes it back to know that they still do."""

    case: Case
    trip: Trip
    was: datetime | None
    becomes: datetime | None
    metres: int
    seconds: float
    against: list[Break] = field(default_factory=list)
    later: list[Later] = field(default_factory=list)
    seen: str = ""

    @property
    def hard(self) -> list[str]:
        return [one.words for one in self.against if one.hard]

    @property
    def soft(self) -> list[str]:
        return [one.words for one in self.against if not one.hard]

    @property
    def minutes(self) -> int:
        return round(self.seconds / 60)


@dataclass(frozen=True)
class _Change:
    """The orders of the trips after a change."""

    target: list[Stop]
    source: list[Stop] | None  # of the trip the case leaves; None when it leaves none


def preview(case: Case, trip: Trip, *, before: int | None = None, kind: str = Stop.Kind.DELIVERY) -> Preview:
    """What it would do to bring the case to this place of this trip: before the stop `before` (id), or at the end.

    `kind` says which of its stops is dragged inside the trip; coming from elsewhere, both come along.
    """
    source, added = _where_it_is(case, trip)
    situation = itinerary.read({trip, *([source] if source else [])}, [case], added)
    return _preview(situation, case, trip, source, _change(situation, case, trip, source, added, before, kind))


def move(
    case: Case,
    trip: Trip,
    *,
    by: User | None,
    before: int | None = None,
    kind: str = Stop.Kind.DELIVERY,
    reason: str = "",
    because: str = told.CHANGED,
    seen: str = "",
) -> Preview:
    """Makes the change; raises Refused with every reason against it. `because` is what residents are told of a later window."""
    if by is not None and by.role not in DISPATCH:
        raise Refused(_("your role may not do this"))
    try:
        with transaction.atomic():
            return _move(case, trip, by, before, kind, reason.strip(), because, seen)
    except IntegrityError as clash:
        raise Refused(_("somebody else has changed one of these trips just now: look again")) from clash


def _move(
    case: Case, trip: Trip, by: User | None, before: int | None, kind: str, reason: str, because: str, seen: str
) -> Preview:
    source, added = _where_it_is(case, trip)
    touched = {trip.pk: trip} | ({source.pk: source} if source else {})
    hold_all(touched.values(), case)
    again, added = _where_it_is(case, trip)
    if (again.pk if again else None) != (source.pk if source else None):
        raise Refused(_("somebody else has changed one of these trips just now: look again"))
    if trip.state not in LIVE_TRIP_STATES:
        raise Refused(_("the trip is “%s” already") % trip.get_state_display())
    situation = itinerary.read(touched.values(), [case], added)
    change = _change(situation, case, trip, source, added, before, kind)
    found = _preview(situation, case, trip, source, change)
    if seen and seen != found.seen:
        raise Refused(_("the trip has changed meanwhile: look again at what it costs"))
    if found.hard:
        raise Refused(" · ".join(found.hard))
    if found.soft and not reason:
        raise Refused(_("please give a reason: %s") % " · ".join(found.soft))
    _write(situation, case, trip, source, change, by, reason, because)
    if [stop.kind for stop in added] == [Stop.Kind.DELIVERY]:
        _taken_along(case, trip)
    log.info("case %s: moved to trip %s by user %s", case.pk, trip.pk, by.pk if by else None)
    return found


@dataclass(frozen=True)
class Option:
    """A place where a case could go: on this trip, before that stop or at the end."""

    trip: Trip
    before: Stop | None
    eta: datetime
    minutes: int  # how much longer the trip takes
    soft: list[str]


def options(case: Case, trips: Sequence[Trip]) -> tuple[list[Option], list[tuple[Trip, list[str]]]]:
    """The cheapest place on each of these trips, best first; and the trips that cannot take it, with the reasons."""
    trips = [trip for trip in trips if trip.state in LIVE_TRIP_STATES]
    if not trips:
        return [], []
    source = _trip_of(case)
    added = [] if source else brought(case, trips[0])
    situation = itinerary.read(trips, [case], added)
    coming = [stop for stop in situation.order(source) if stop.case_id == case.pk] if source else added
    found: list[Option] = []
    cannot: list[tuple[Trip, list[str]]] = []
    for trip in trips:
        if source is not None and source.pk == trip.pk:
            continue
        try:
            there = case.pk in situation.on_board[trip.pk]
            found.append(_option(situation, trip, coming[-1:] if added and there else coming))
        except Refused as refused:
            cannot.append((trip, str(refused).split(" · ")))
    return sorted(found, key=lambda one: (len(one.soft), one.minutes)), cannot


def _option(situation: Situation, trip: Trip, coming: Sequence[Stop]) -> Option:
    order = best_order(situation, trip, coming)
    now = itinerary.reckon(situation, trip, situation.order(trip))
    then = itinerary.reckon(situation, trip, order)
    known = {one.what for one in itinerary.breaks(situation, trip, now)}
    soft = [one.words for one in itinerary.breaks(situation, trip, then) if one.what not in known]
    place = next(n for n, stop in enumerate(order) if stop in coming and stop.kind == Stop.Kind.DELIVERY)
    before = next((stop for stop in order[place + 1 :] if stop not in coming), None)
    eta = then.etas[place]
    return Option(trip, before, eta, round((then.seconds - now.seconds) / 60), soft)


# the change


def _where_it_is(case: Case, trip: Trip) -> tuple[Trip | None, list[Stop]]:
    """The trip it is on, or none and the stops it would bring."""
    source = _trip_of(case)
    if source is not None:
        return (trip if source.pk == trip.pk else source), []
    return None, new_stops(case, trip)


def _trip_of(case: Case) -> Trip | None:
    live = Stop.objects.filter(case=case, state__in=LIVE_STOP_STATES).select_related(
        "trip__line", "trip__vehicle__line", "trip__driver", "trip__shift"
    )
    stop = live.first()
    return stop.trip if stop is not None else None


def new_stops(case: Case, trip: Trip) -> list[Stop]:
    """The stops, not saved yet, that a ready case brings to this trip; raises Refused when it cannot be driven.

    Only the hand-over where its goods are still on board, because nobody was there.
    """
    stops = brought(case, trip)
    return stops[-1:] if goods_moved.on_board_of([case.pk]).get(case.pk) == trip.pk else stops


def _taken_along(case: Case, trip: Trip) -> None:
    """Its goods are not brought back at the end of the trip: they are handed over on it."""
    pickup = trip.stops.filter(case=case, kind=Stop.Kind.PICKUP, state=StopState.DONE).select_related("sourcing").last()
    if pickup is not None:
        goods_moved.collected(pickup)


def brought(case: Case, trip: Trip) -> list[Stop]:
    """Collecting and handing over, not saved yet; raises Refused when it cannot be driven."""
    gate = gate_of(case)
    goods = Sourcing.objects.filter(case=case, state=Sourcing.State.CONFIRMED).select_related("pickup_point").first()
    if case.state != CaseState.READY:
        words = {"number": case.number, "state": case.get_state_display()}
        raise Refused(_("#%(number)s is “%(state)s”, not ready") % words)
    if goods is None:
        raise Refused(_("the goods of #%s are not confirmed anywhere") % case.number)
    if gate is None:
        raise Refused(_("the address of #%s has no place on the map yet") % case.number)
    point, now = goods.pickup_point, timezone.now()
    pickup = Stop(trip=trip, case=case, kind=Stop.Kind.PICKUP, pickup_point=point, sourcing=goods, eta=now)
    pickup.lon, pickup.lat = point.lon, point.lat
    return [pickup, Stop(trip=trip, case=case, kind=Stop.Kind.DELIVERY, lon=gate[0], lat=gate[1], eta=now)]


def _change(
    situation: Situation, case: Case, trip: Trip, source: Trip | None, added: list[Stop], before: int | None, kind: str
) -> _Change:
    order = situation.order(trip)
    if before is not None and before not in {stop.pk for stop in order}:
        raise Refused(_("the stop before which it should come is no longer there"))
    if source is not None and source.pk == trip.pk:
        return _Change(_within(order, case, before, kind), None)
    place = next((n for n, stop in enumerate(order) if stop.pk == before), len(order))
    if source is None:
        return _Change(inserted(situation, trip, added, place), None)
    coming = [stop for stop in situation.order(source) if stop.case_id == case.pk]
    _can_leave(situation, source, case, coming)
    left = [stop for stop in situation.order(source) if stop.case_id != case.pk]
    return _Change(inserted(situation, trip, coming, place), left)


def _can_leave(situation: Situation, source: Trip, case: Case, coming: list[Stop]) -> None:
    words = {"number": case.number, "plate": source.vehicle.plate}
    if case.pk in situation.on_board[source.pk]:
        raise Refused(_("the goods of #%(number)s are on board %(plate)s: hand them over at a meeting point") % words)
    if any(stop.state == StopState.ARRIVED for stop in coming):
        raise Refused(_("%(plate)s stands at the stop of #%(number)s already") % words)


def _within(order: list[Stop], case: Case, before: int | None, kind: str) -> list[Stop]:
    dragged = next((stop for stop in order if stop.case_id == case.pk and stop.kind == kind), None)
    if dragged is None:
        raise Refused(_("this stop is no longer open"))
    if dragged.pk == before:
        return order
    rest = [stop for stop in order if stop.pk != dragged.pk]
    place = next((n for n, stop in enumerate(rest) if stop.pk == before), len(rest))
    return [*rest[:place], dragged, *rest[place:]]


def inserted(situation: Situation, trip: Trip, coming: Sequence[Stop], place: int) -> list[Stop]:
    """The trip's order with the delivery at this place, and its pickup where it costs least before it."""
    order = situation.order(trip)
    first = sum(
        1 for stop in order if stop.state == StopState.ARRIVED
    )  # where the vehicle stands already, it stays first
    place = max(place, first)
    delivery = [stop for stop in coming if stop.kind == Stop.Kind.DELIVERY]
    pickup = [stop for stop in coming if stop.kind == Stop.Kind.PICKUP]
    places = range(first, place + 1) if pickup else [first]
    orders = ([*order[:n], *pickup, *order[n:place], *delivery, *order[place:]] for n in places)
    return min(orders, key=lambda stops: itinerary.reckon(situation, trip, stops).ends_at)


def best_order(situation: Situation, trip: Trip, coming: Sequence[Stop]) -> list[Stop]:
    """The cheapest place for them in this trip against which nothing hard speaks; raises Refused with what does."""
    best: tuple[int, datetime, list[Stop]] | None = None
    hard: list[str] = []
    for place in range(len(situation.order(trip)) + 1):
        stops = inserted(situation, trip, coming, place)
        reckoned = itinerary.reckon(situation, trip, stops)
        against = itinerary.breaks(situation, trip, reckoned)
        hard = hard or [one.words for one in against if one.hard]
        if any(one.hard for one in against):
            continue
        if best is None or (len(against), reckoned.ends_at) < best[:2]:
            best = len(against), reckoned.ends_at, stops
    if best is None:
        raise Refused(" · ".join(hard))
    return best[2]


# what it would do


def _preview(situation: Situation, case: Case, trip: Trip, source: Trip | None, change: _Change) -> Preview:
    now, then = _both(situation, trip, change.target)
    pairs = [(trip, now, then)]
    if source is not None and change.source is not None:
        pairs.append((source, *_both(situation, source, change.source)))
    joins = source is None or source.pk != trip.pk
    known = {one.what for one in itinerary.breaks(situation, trip, now)}
    against = [one for one in itinerary.breaks(situation, trip, then) if one.what not in known or (joins and one.hard)]
    before = pairs[-1][1] if source is not None else None
    return Preview(
        case=case,
        trip=trip,
        was=before.eta_of(case.pk) if before else None,
        becomes=then.eta_of(case.pk),
        metres=sum(b.metres - a.metres for _trip, a, b in pairs),
        seconds=sum(b.seconds - a.seconds for _trip, a, b in pairs),
        against=against,
        later=[one for _trip, a, b in pairs for one in _later(a, b, case)],
        seen=fingerprint(situation, [t for t, _a, _b in pairs]),
    )


def _both(situation: Situation, trip: Trip, stops: list[Stop]) -> tuple[Itinerary, Itinerary]:
    return (
        itinerary.reckon(situation, trip, situation.order(trip)),
        itinerary.reckon(situation, trip, stops),
    )


def _later(now: Itinerary, then: Itinerary, case: Case) -> list[Later]:
    found = []
    for stop, becomes in zip(then.stops, then.etas, strict=True):
        was = now.eta_of(stop.case_id, stop.kind)
        if stop.kind != Stop.Kind.DELIVERY or stop.case_id == case.pk or was is None or becomes - was < SAME_TIME:
            continue
        broken = bool(stop.window_until and was < stop.window_until <= becomes)
        found.append(Later(stop.case, was, becomes, broken))
    return found


def fingerprint(situation: Situation, trips: Iterable[Trip]) -> str:
    """What the trips look like: their open stops in order, and how far each is."""
    return ";".join(
        f"{trip.pk}{trip.state[:1]}" + ",".join(f"{stop.pk}{stop.state[:1]}" for stop in situation.order(trip))
        for trip in sorted(trips, key=lambda trip: trip.pk)
    )


# the change, written


def _write(
    situation: Situation,
    case: Case,
    trip: Trip,
    source: Trip | None,
    change: _Change,
    by: User | None,
    reason: str,
    because: str,
) -> None:
    words = _("put on %s by the dispatcher") % trip.vehicle.plate
    words = f"{words}: {reason}" if reason else words
    metres = _metres(situation, trip, change.target)
    left = change.source is not None and source is not None
    joins = source is None or left
    target = changed.carried(case, source, trip, change.target, by, words) if joins else change.target
    changed.place(trip, target, by, words, metres=metres)
    if left and source is not None and change.source is not None:
        changed.place(source, change.source, by, words, metres=_metres(situation, source, change.source))
        changed.settle(source, by, words, because)
    changed.retell(trip, because)
    if joins:
        changed.join(case, trip, by, words)
    changed.tell_driver(trip)
    show(trip)
    planner.ask(trip.line, because="a dispatcher moved a stop", by=by)


def _metres(situation: Situation, trip: Trip, stops: list[Stop]) -> int:
    was = itinerary.reckon(situation, trip, situation.order(trip)).metres
    return max(0, trip.metres + itinerary.reckon(situation, trip, stops).metres - was)
