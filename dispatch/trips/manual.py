"""A trip made by hand: chosen cases, a vehicle and its driver. The order is ours, the decision the dispatcher's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from cases.models import Case
from dispatch import planner
from dispatch.models import Shift, Stop, Trip
from dispatch.refused import Refused
from dispatch.trip_lifecycle import DISPATCH, LIVE_TRIP_STATES, TRIP, TripState
from dispatch.trips import changed, itinerary, moving, offering, told
from dispatch.trips.holding import hold_all, hold_cases, show
from dispatch.trips.itinerary import Break, Itinerary, Situation
from hotline.models import User

# Between the decision and the departure the driver reads it.
LEAD = timedelta(minutes=10)
DRAFT = -1  # the number of a trip that is only thought of


@dataclass(frozen=True)
class Draft:
    """A trip that is only thought of."""

    trip: Trip
    itinerary: Itinerary
    against: list[Break]

    @property
    def hard(self) -> list[str]:
        return [one.words for one in self.against if one.hard]

    @property
    def soft(self) -> list[str]:
        return [one.words for one in self.against if not one.hard]


def draft(cases: Sequence[Case], shift: Shift, starts_at: datetime | None = None) -> Draft:
    """These ready cases on the vehicle and driver of this shift, in a good order, with what speaks against it."""
    if not cases:
        raise Refused(_("choose at least one case"))
    start = max(starts_at or timezone.now() + LEAD, shift.starts_at)
    trip = Trip(
        pk=DRAFT,
        line=shift.vehicle.line,
        vehicle=shift.vehicle,
        driver=shift.driver,
        shift=shift,
        state=TripState.PLANNED,
    )
    trip.period = TimestamptzRange(start, start + timedelta(seconds=1))
    coming = {case.pk: moving.new_stops(case, trip) for case in cases}
    situation = itinerary.read([trip], cases, [stop for stops in coming.values() for stop in stops])
    for case in sorted(cases, key=lambda case: (case.rank, case.due_at or start, case.pk)):
        situation.stops[DRAFT] = _cheapest(situation, trip, coming[case.pk])
    reckoned = itinerary.reckon(situation, trip, situation.order(trip))
    return Draft(trip, reckoned, itinerary.breaks(situation, trip, reckoned))


def make(cases: Sequence[Case], shift: Shift, *, by: User, reason: str, starts_at: datetime | None = None) -> Trip:
    """Makes it; raises Refused with every hard reason against it, or when a soft one is not answered with a reason."""
    _may(by)
    try:
        with transaction.atomic():
            held = hold_cases(case.pk for case in cases)
            thought = draft([held[case.pk] for case in cases], shift, starts_at)
            if thought.hard:
                raise Refused(" · ".join(thought.hard))
            if thought.soft and not reason.strip():
                raise Refused(_("please give a reason: %s") % " · ".join(thought.soft))
            trip = _saved(thought, by, reason)
            changed.place(
                trip,
                [_with_eta(s, eta) for s, eta in zip(thought.itinerary.stops, thought.itinerary.etas, strict=True)],
                by,
                reason,
            )
            for case in held.values():
                changed.join(case, trip, by, _("put on %s by the dispatcher") % trip.vehicle.plate)
            show(trip)
            planner.ask(trip.line, because="a trip was made by hand", by=by)
    except IntegrityError as taken:
        raise Refused(_("somebody else has put one of these cases on a trip just now")) from taken
    return trip


def split(
    trip: Trip, cases: Sequence[Case], shift: Shift, *, by: User, reason: str, because: str = told.CHANGED
) -> Trip:
    """Some cases of a trip go on a second vehicle; what was promised stays promised, or moves with the reason told."""
    _may(by)
    if not reason.strip():
        raise Refused(_("please give a reason"))
    if shift.vehicle_id == trip.vehicle_id:
        raise Refused(_("choose another vehicle"))
    try:
        with transaction.atomic():
            hold_all([trip], *cases)
            return carry_over(trip, cases, shift, by=by, reason=reason, because=because)
    except IntegrityError as taken:
        raise Refused(_("the vehicle or driver is on another trip at that time")) from taken


def carry_over(
    trip: Trip,
    cases: Sequence[Case],
    shift: Shift,
    *,
    by: User | None,
    reason: str,
    because: str,
    meeting: Sequence[Stop] = (),
) -> Trip:
    """Puts these cases of a locked trip on a new one of this shift: released like the old one, under the same promises.

    `meeting` are the stops at which goods on board are taken over.
    """
    if trip.state not in LIVE_TRIP_STATES:
        raise Refused(_("the trip is “%s” already") % trip.get_state_display())
    start = max(timezone.now() + LEAD, shift.starts_at)
    period = TimestamptzRange(start, start + timedelta(minutes=1))
    new = Trip.objects.create(
        line=trip.line,
        plan=trip.plan,
        vehicle=shift.vehicle,
        driver=shift.driver,
        shift=shift,
        period=period,
        created_by=by,
    )
    if trip.state != TripState.PLANNED:
        TRIP.apply(new, "release", by=by, released_at=timezone.now())
    situation = itinerary.read([trip, new], cases, meeting)
    wanted = {case.pk for case in cases}
    on_trip = {stop.case_id for stop in situation.order(trip)}
    if not wanted <= on_trip:
        raise Refused(_("one of these cases is not on the trip any more"))
    met = {stop.case_id for stop in meeting}
    if (wanted & situation.on_board[trip.pk]) - met:
        raise Refused(_("goods of these cases are on board %s: hand them over at a meeting point") % trip.vehicle.plate)
    for case in cases:
        coming = [s for s in (*meeting, *situation.order(trip)) if s.case_id == case.pk]
        situation.stops[new.pk] = moving.best_order(situation, new, coming)
    order = list(situation.order(new))
    for case in cases:
        order = changed.carried(case, trip, new, order, by, reason)
    changed.place(new, order, by, reason, metres=itinerary.reckon(situation, new, order).metres)
    left = [stop for stop in situation.order(trip) if stop.case_id not in wanted]
    changed.place(trip, left, by, reason)
    changed.settle(trip, by, reason, because)
    changed.retell(new, because)
    if new.state == TripState.RELEASED:
        offering.offer(new, by)
    for case in cases:
        changed.join(case, new, by, _("put on %s by the dispatcher") % new.vehicle.plate)
    show(new)
    planner.ask(trip.line, because="a trip was split", by=by)
    return new


def _cheapest(situation: Situation, trip: Trip, coming: Sequence[Stop]) -> list[Stop]:
    """The place where it costs least, whatever it breaks: that is told, not hidden."""
    orders = (moving.inserted(situation, trip, coming, n) for n in range(len(situation.order(trip)) + 1))

    def cost(stops: list[Stop]) -> tuple[int, datetime]:
        reckoned = itinerary.reckon(situation, trip, stops)
        return len(itinerary.breaks(situation, trip, reckoned)), reckoned.ends_at

    return min(orders, key=cost)


def _saved(thought: Draft, by: User, reason: str) -> Trip:
    trip = thought.trip
    trip.pk, trip._state.adding = None, True
    trip.period = TimestamptzRange(trip.period.lower, thought.itinerary.ends_at)
    trip.metres, trip.created_by = thought.itinerary.metres, by
    trip._history_user = by  # type: ignore[attr-defined]
    trip._change_reason = (reason or _("made by hand"))[:100]  # type: ignore[attr-defined]
    trip.save()
    return trip


def _with_eta(stop: Stop, eta: datetime) -> Stop:
    stop.eta = eta
    return stop


def _may(by: User) -> None:
    if by.role not in DISPATCH:
        raise Refused(_("your role may not do this"))
