"""Trips that end: finished in the normal way, aborted, or emptied by cases that were taken off."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from cases import promises, steps, updates
from cases.lifecycle import CaseState
from cases.models import Case
from dispatch import goods_moved, planner
from dispatch.driver import telling
from dispatch.models import DriverBreak, Position, Stop, Trip
from dispatch.refused import Refused
from dispatch.trip_lifecycle import LIVE_STOP_STATES, LIVE_TRIP_STATES, STOP, TRIP, StopState, TripState
from dispatch.trips import news, offering, told
from dispatch.trips.holding import deliveries, hold, hold_all, is_live, may_dispatch, pickup_of, show
from hotline.models import User

log = logging.getLogger(__name__)
ON_A_TRIP = (CaseState.PLANNED, CaseState.EN_ROUTE)
# After the last stop there is time to take back a slip.
FINISHED_AFTER = timedelta(minutes=1)


def abort(trip: Trip, by: User | None, reason: str, because: str = told.CHANGED) -> Trip:
    """What is not done goes back to ready with the reason, and a plan is asked for; who had a window hears that it is off."""
    if not reason.strip():
        raise Refused(_("please give a reason"))
    may_dispatch(by)
    with transaction.atomic():
        stops = hold(trip)
        if trip.state not in LIVE_TRIP_STATES:
            raise Refused(_("the trip is “%s” already") % trip.get_state_display())
        was_told = trip.state != TripState.PLANNED
        _drop_all(stops, by, reason, because)
        _end(trip, "abort", by, reason)
        if was_told:
            telling.called_off(trip)
        planner.ask(trip.line, because="trip aborted", by=by)
    log.info("trip %s: aborted", trip.pk)
    return trip


def finish(trip: Trip, by: User | None = None) -> Trip:
    """Every stop is done or failed; raises MoveRefused while some are open."""
    with transaction.atomic():
        hold(trip)
        _end(trip, "finish", by, "")
        planner.ask(trip.line, because="trip finished", by=by)
    return trip


def finish_done(limit: int = 50) -> int:
    """The sweep: trips under way with nothing left to do for a minute. Returns how many."""
    open_stops = Stop.objects.filter(trip=OuterRef("pk"), state__in=LIVE_STOP_STATES)
    done = (
        Trip.objects.filter(state=TripState.UNDER_WAY)
        .exclude(Exists(open_stops))
        .annotate(last=Max("stops__ended_at"))
        .filter(last__lte=timezone.now() - FINISHED_AFTER)
    )
    count = 0
    for trip in Trip.objects.filter(pk__in=done.values("pk"))[:limit]:
        with transaction.atomic():
            if any(is_live(stop) for stop in hold(trip)) or trip.state != TripState.UNDER_WAY:
                continue
            finish(trip)
            count += 1
    return count


def make_way(trip: Trip) -> None:
    """Ends what this vehicle or driver was on before and has nothing left to do: who sets out anew takes no slip back."""
    open_stops = Stop.objects.filter(trip=OuterRef("pk"), state__in=LIVE_STOP_STATES)
    under_way = Trip.objects.filter(state=TripState.UNDER_WAY).exclude(Exists(open_stops)).exclude(pk=trip.pk)
    before = list(under_way.filter(Q(vehicle=trip.vehicle_id) | Q(driver=trip.driver_id)))
    if not before:
        return
    with transaction.atomic():
        held = hold_all([trip, *before])
        for other in before:
            if other.state == TripState.UNDER_WAY and not any(is_live(stop) for stop in held[other.pk]):
                finish(other)


def remove_case(case: Case, reason: str, *, by: User | None = None) -> int:
    """Takes the case off its live stops; a trip that has none left ends. Returns how many stops. The case stays as it is.

    Called under the lock of the case, also by whatever moved it elsewhere.
    """
    stops = Stop.objects.filter(case=case, state__in=LIVE_STOP_STATES).select_related("trip__line", "pickup_point")
    trips: dict[int, Trip] = {}
    count = 0
    with transaction.atomic():
        for stop in stops.select_for_update(no_key=True, of=("self",)):
            STOP.apply(stop, "drop", by=by, reason=reason, ended_at=timezone.now())
            trips[stop.trip_id] = stop.trip
            count += 1
        for trip in trips.values():
            _goods_on_board(trip, case)
            end_if_empty(trip, reason, by)
            show(trip)
    return count


def take_off(case: Case, by: User | None, reason: str, because: str = told.CHANGED) -> Case:
    """A dispatcher takes the case off its trip: it is ready again, and waits for the next plan."""
    may_dispatch(by)
    if not reason.strip():
        raise Refused(_("please give a reason"))
    with transaction.atomic():
        steps.lock(case)
        put_off(case, because)
        if not remove_case(case, reason, by=by):
            raise Refused(_("the case is on no trip"))
        give_back(case, by, reason)
        planner.ask(case.line, because="case taken off", by=by)
    return case


def _drop_all(stops: list[Stop], by: User | None, reason: str, because: str) -> None:
    open_stops = [stop for stop in stops if is_live(stop)]
    for stop in open_stops:
        STOP.apply(stop, "drop", by=by, reason=reason, ended_at=timezone.now())
    for stop in deliveries(open_stops):
        pickup = pickup_of(stop, stops)
        if pickup is not None and pickup.state == StopState.DONE:
            goods_moved.brought_back(pickup, timezone.now())
        put_off(stop.case, because)
        give_back(stop.case, by, reason)


def give_back(case: Case, by: User | None, reason: str) -> None:
    """The case waits for a vehicle again; what was promised no longer holds."""
    steps.lock(case)
    if case.state in ON_A_TRIP:
        promises.withdraw(case)
        updates.drop_stale(case, "planned", "moved", *news.ON_THE_ROAD)
        steps.move(case, "return_to_ready", by=by, reason=reason)


def _goods_on_board(trip: Trip, case: Case) -> None:
    """What was collected for a case that is off the trip is brought back at its end."""
    done = trip.stops.filter(case=case, kind=Stop.Kind.PICKUP, state=StopState.DONE).select_related("sourcing").last()
    if done is not None:
        goods_moved.brought_back(done, max(trip.period.upper, timezone.now()))


def put_off(case: Case, because: str) -> None:
    """The window told to the resident is off, and why; another is told when there is one. Asked before it is withdrawn."""
    if case.state not in ON_A_TRIP or case.promised_until is None:
        return
    updates.drop_stale(case, "planned", "moved", *news.ON_THE_ROAD)
    occasion = f"{case.promised_until:%d%H%M}:{case.transitions.filter(move='plan').count()}"
    updates.tell(case, "put_off", occasion=occasion, reason=told.words(because, case.language))


def end_if_empty(trip: Trip, reason: str, by: User | None) -> None:
    """A trip that has not set out and has no stop left is off; one under way is finished by the sweep."""
    trip.refresh_from_db(from_queryset=Trip._base_manager.select_for_update(no_key=True, of=("self",)))
    waiting = trip.state in (TripState.PLANNED, TripState.RELEASED)
    if waiting and not trip.stops.filter(state__in=LIVE_STOP_STATES).exists():
        was_told = trip.state != TripState.PLANNED
        _end(trip, "abort", None, reason)
        if was_told:
            telling.called_off(trip)
        planner.ask(trip.line, because="trip emptied", by=by)


def _end(trip: Trip, move: str, by: User | None, reason: str) -> None:
    now = timezone.now()
    TRIP.apply(
        trip,
        move,
        by=by,
        reason=reason,
        ended_at=now,
        period=TimestamptzRange(trip.period.lower, _end_of(trip, now)),
    )
    offering.withdraw_open(trip, by)
    DriverBreak.objects.filter(trip=trip, ended_at=None).update(ended_at=now)
    Position.objects.filter(trip=trip).delete()
    show(trip)


def _end_of(trip: Trip, now: datetime) -> datetime:
    """The vehicle is free from now on."""
    if now >= trip.period.upper:
        return trip.period.upper
    return max(now, trip.period.lower + timedelta(seconds=1))
