"""Release: the driver has the trip and residents have their windows. Start: it drives, and they have their PINs.

The clearance gate is asked at both, because papers lapse between a plan and a departure.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import promises, steps, updates
from cases.lifecycle import CaseState
from dispatch import clearance, hours, proof
from dispatch.models import Stop, Trip
from dispatch.refused import Refused
from dispatch.trip_lifecycle import TRIP, TripState
from dispatch.trips import ending, etas, itinerary, news, offering, windows
from dispatch.trips.holding import deliveries, districts_of, hold, is_live, show
from hotline.models import User

log = logging.getLogger(__name__)


def release(trip: Trip, by: User | None) -> Trip:
    """Gives the trip to its driver and tells each resident the window; raises Refused with what is not cleared."""
    with transaction.atomic():
        stops = [stop for stop in hold(trip) if is_live(stop)]
        _gate(trip, stops)
        _has_stops(stops)
        TRIP.apply(trip, "release", by=by, released_at=timezone.now())
        for stop in deliveries(stops):
            promise(stop, by)
        offering.offer(trip, by)
        show(trip)
    log.info("trip %s: released with %s stops", trip.pk, len(stops))
    return trip


def start(trip: Trip, by: User | None = None) -> Trip:
    """The vehicle sets out: residents are told the window and the PIN; raises Refused with what is not cleared.

    A trip before it on which nothing is left is over with that.
    """
    with transaction.atomic():
        ending.make_way(trip)
        stops = [stop for stop in hold(trip) if is_live(stop)]
        _has_stops(stops)
        _nobody_else_drives(trip)
        now = timezone.now()
        offering.take(trip)
        etas.retime(trip, now, stops)
        _gate(trip, stops)
        TRIP.apply(trip, "start", by=by, started_at=now)
        for stop in deliveries(stops):
            depart(stop, by)
        show(trip)
    log.info("trip %s: under way", trip.pk)
    return trip


def promise(stop: Stop, by: User | None) -> None:
    """The resident has a window, and a PIN is kept for the hand-over."""
    stop.window_from, stop.window_until = windows.around(stop.eta)
    stop.pin = proof.make_pin()
    stop.save(update_fields=["window_from", "window_until", "pin"])
    promises.promise(stop.case, stop.window_from, stop.window_until)
    steps.move(stop.case, "plan", by=by)
    updates.tell(stop.case, "planned", occasion=f"trip:{stop.trip_id}", window=windows.told(stop))


def depart(stop: Stop, by: User | None) -> None:
    """It is on its way: the resident has the window and the PIN."""
    if stop.case.state != CaseState.PLANNED:
        return
    steps.move(stop.case, "depart", by=by)
    news.set_out(stop)


def _gate(trip: Trip, stops: list[Stop]) -> None:
    now = timezone.now()
    period = clearance.Span(*_from_now(trip, now))
    against = clearance.why_not(trip.vehicle, trip.driver, districts_of(stops), period)
    against += itinerary.closed_gates(trip)
    against += hours.why_not(trip.driver, period, shift=trip.shift)
    if against:
        raise Refused(" · ".join(against))


def _from_now(trip: Trip, now: datetime) -> tuple[datetime, datetime]:
    lower, upper = trip.period.lower, trip.period.upper
    return max(lower, min(now, upper)), upper


def _nobody_else_drives(trip: Trip) -> None:
    """The trip before may take longer than planned: it is ended first."""
    other = Trip.objects.filter(state=TripState.UNDER_WAY).exclude(pk=trip.pk)
    if other.filter(vehicle=trip.vehicle_id).exists():
        raise Refused(_("%(plate)s is still under way on another trip") % {"plate": trip.vehicle.plate})
    if other.filter(driver=trip.driver_id).exists():
        raise Refused(_("%(driver)s is still under way on another trip") % {"driver": trip.driver.name})


def _has_stops(stops: list[Stop]) -> None:
    if not stops:
        raise Refused(_("no stop is left on this trip"))
