"""When the stops still ahead are reached, told anew as the day goes; a resident hears of it when the window breaks."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from psycopg.types.range import TimestamptzRange

from cases import promises, updates
from cases.lifecycle import CaseState
from dispatch import learning, travel
from dispatch.driver import positions
from dispatch.models import Position, Stop, Trip
from dispatch.planner.problem import Pause
from dispatch.trip_lifecycle import LIVE_STOP_STATES, StopState, TripState
from dispatch.trips import meals, windows
from dispatch.trips.holding import district_of, hold, is_live, show

log = logging.getLogger(__name__)
# Later than expected by this much, and the next stops are reckoned anew.
LATE = timedelta(minutes=10)
# What a stop that should have been reached already still takes.
SOON = timedelta(minutes=5)


def retime(trip: Trip, now: datetime | None = None, stops: list[Stop] | None = None) -> None:
    """Writes the expected times of the live stops from where the vehicle is now, and tells whom it makes wait longer.

    Called under the trip's locks with all its live stops, or takes them.
    """
    now = now or timezone.now()
    with transaction.atomic():
        stops = [s for s in (stops if stops is not None else hold(trip)) if is_live(s)]
        if not stops:
            return
        ends_at = _write_etas(trip, stops, max(now, trip.period.lower) if trip.started_at is None else now)
        _stretch(trip, ends_at)
        for stop in stops:
            _tell_if_broken(stop)


def notice_late(limit: int = 50) -> int:
    """The sweep: trips under way whose next stop should have been reached. Returns how many were reckoned anew."""
    late = Stop.objects.filter(
        trip__state=TripState.UNDER_WAY, state=StopState.PLANNED, eta__lt=timezone.now() - LATE
    ).exclude(trip__stops__state=StopState.ARRIVED)
    found = Trip.objects.filter(pk__in=late.values("trip"))[:limit]
    for trip in found:
        with transaction.atomic():
            retime(trip)
            show(trip)
    return len(found)


def _write_etas(trip: Trip, stops: list[Stop], now: datetime) -> datetime:
    """Expected times in order; returns when the last stop is left."""
    here, district = where(trip)
    points = [here, *((stop.lon, stop.lat) for stop in stops)]
    districts = [district, *(district_of(stop) for stop in stops)]
    road = travel.matrix(points, districts, learning.conditions(trip.line), now)

    def walk(pauses: list[Pause]) -> datetime:
        at, left = now, list(pauses)
        for place, stop in enumerate(stops, start=1):
            came_from = points[place - 1]
            if stop.state == StopState.ARRIVED:
                stop.eta = stop.arrived_at or at
            else:
                arrives = at + timedelta(seconds=int(road.seconds[place - 1, place]))
                arrives += meals.rested(at, arrives, left)
                at = max(arrives, goods_are_ready(stop), promised(stop))
                stop.eta = at
            at += standing(stop, moved=came_from != (stop.lon, stop.lat))
        return at

    pauses = meals.ahead([trip], now).get(trip.pk, [])
    at = meals.placed(pauses, walk, lambda ends_at: ends_at)
    if trip.started_at is not None and stops[0].state == StopState.PLANNED and stops[0].eta < now + SOON:
        late = now + SOON - stops[0].eta
        for stop in stops:
            stop.eta += late
        at += late
    Stop.objects.bulk_update(stops, ["eta"])
    return at


def where(trip: Trip) -> tuple[travel.Point, int | None]:
    """Where the vehicle is: by the driver's phone where that is fresh, else its last stop, else its base."""
    last = trip.stops.exclude(ended_at=None).exclude(state=StopState.DROPPED).order_by("-ended_at").first()
    left_at = last.ended_at if last and last.ended_at else trip.created_at
    point = (last.lon, last.lat) if last else (trip.vehicle.lon, trip.vehicle.lat)
    district = district_of(last) if last else None
    crossed = trip.checkpoints.filter(passed_at__gt=left_at).order_by("-passed_at").first()
    if crossed and crossed.to_district_id:
        district = crossed.to_district_id
    seen = Position.objects.filter(trip=trip, at__gt=left_at).first()
    if seen is not None and positions.fresh(seen):
        point = (seen.lon, seen.lat)
    return point, district


def goods_are_ready(stop: Stop) -> datetime:
    """Not before then can they be collected."""
    waits = stop.kind == Stop.Kind.PICKUP and stop.sourcing and not stop.meets_id
    ready_at = stop.sourcing.ready_at if waits and stop.sourcing else None
    return ready_at or stop.trip.period.lower


def promised(stop: Stop) -> datetime:
    """Nobody is there before the window that was told: the driver waits, or starts later."""
    began = stop.trip.period.lower
    return (stop.window_from or began) if stop.kind == Stop.Kind.DELIVERY else began


def best_start(trip: Trip, stops: list[Stop], now: datetime | None = None) -> datetime:
    """The latest start at which no window begins later than the vehicle is there: earlier only means waiting at a gate."""
    now = now or timezone.now()
    live = [stop for stop in sorted(stops, key=lambda s: s.sequence) if is_live(stop)]
    here, district = where(trip)
    points = [here, *((stop.lon, stop.lat) for stop in live)]
    road = travel.matrix(points, [district, *map(district_of, live)], learning.conditions(trip.line), now)
    at, slack = now, timedelta(days=1)
    for place, stop in enumerate(live, start=1):
        at += timedelta(seconds=int(road.seconds[place - 1, place]))
        if stop.kind == Stop.Kind.DELIVERY and stop.window_from:
            slack = min(slack, stop.window_from - at)
        at += standing(stop, moved=points[place - 1] != (stop.lon, stop.lat))
    return now + max(slack, timedelta()) if live else now


def standing(stop: Stop, *, moved: bool) -> timedelta:
    """How long the vehicle stands there; finding the place counts once for acts at the same one."""
    if stop.kind == Stop.Kind.PICKUP:
        return timedelta(seconds=travel.PICKUP_SECONDS + (travel.PICKUP_SETUP_SECONDS if moved else 0))
    return timedelta(seconds=travel.HANDOVER_SECONDS + (travel.GATE_SETUP_SECONDS if moved else 0))


def _stretch(trip: Trip, ends_at: datetime) -> None:
    """The vehicle is taken until then; where another trip of it begins earlier, that one will be reckoned anew."""
    if ends_at <= trip.period.upper:
        return
    before = trip.period
    try:
        with transaction.atomic():
            trip.period = TimestamptzRange(before.lower, ends_at)
            trip.save(update_fields=["period"])
    except IntegrityError:
        trip.period = before
        log.warning("trip %s runs into the next one of its vehicle or driver", trip.pk)


def _tell_if_broken(stop: Stop) -> None:
    """A new window for whom the old one no longer holds, told with the delay."""
    # a few minutes are no news: who is told too often stops reading
    late = timedelta(minutes=settings.TOLD_WHEN_LATER_MINUTES)
    broken = stop.window_until is not None and stop.eta >= stop.window_until + late
    if stop.kind != Stop.Kind.DELIVERY or not broken or stop.state not in LIVE_STOP_STATES:
        return
    stop.window_from, stop.window_until = windows.around(stop.eta)
    stop.save(update_fields=["window_from", "window_until"])
    promises.promise(stop.case, stop.window_from, stop.window_until)
    if stop.case.state in (CaseState.PLANNED, CaseState.EN_ROUTE):
        window = windows.told(stop)
        updates.drop_stale(stop.case, "planned", "delayed")
        updates.tell(stop.case, "delayed", occasion=f"{stop.pk}:{stop.window_until:%d%H%M}", window=window)
