"""A vehicle or a driver is out in the middle of the day: what becomes of the goods on board and of the stops ahead.

Goods on board are taken over by another vehicle at a meeting point, or are brought back, or are lost; stops ahead go over too
or back to ready. Of each case it is said what really happened to it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import steps
from cases.models import Case, District
from dispatch import clearance, goods_moved, hours, planner, travel
from dispatch.driver import telling
from dispatch.models import Driver, PickupPoint, Shift, Stop, Trip, Vehicle
from dispatch.offer_lifecycle import OFFER, OfferState
from dispatch.refused import Refused
from dispatch.trip_lifecycle import LIVE_TRIP_STATES, StopState, TripState
from dispatch.trips import changed, ending, itinerary, manual, moving, offering, told
from dispatch.trips.holding import deliveries, districts_of, hold, hold_all, is_live, may_dispatch, pickup_of, show
from hotline.lifecycle import MoveRefused
from hotline.models import User

log = logging.getLogger(__name__)
BROUGHT_BACK, LOST = "back", "lost"


@dataclass(frozen=True)
class Meeting:
    """Where two vehicles meet."""

    words: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Fate:
    """What happened to one case."""

    case: Case
    ok: bool
    words: str


def meeting_at(trip: Trip) -> Meeting:
    """Where the vehicle was heard of last."""
    over = trip.stops.exclude(ended_at=None).exclude(state=StopState.DROPPED).order_by("-ended_at")
    last = over.select_related("pickup_point", "case__address__community").first()
    if last is None:
        return Meeting(_("base of %s") % trip.vehicle.plate, trip.vehicle.lon, trip.vehicle.lat)
    where = last.pickup_point or (last.case.address.community if last.case.address else None)
    return Meeting(str(where or trip.vehicle.plate), last.lon, last.lat)


def meeting_at_point(point: PickupPoint) -> Meeting:
    """At the door of a pickup point, which both drivers find."""
    return Meeting(str(point), point.lon, point.lat)


def vehicle_out(
    vehicle: Vehicle,
    *,
    by: User,
    reason: str,
    to: Trip | Shift | None = None,
    meeting: Meeting | None = None,
    goods: str = BROUGHT_BACK,
    because: str = told.VEHICLE,
) -> list[Fate]:
    """Takes the vehicle off the road. `to` is the trip, or the shift of a free vehicle, that takes over what it can.

    Without it everything goes back to ready; `goods` says whether what was on board was brought back or is lost.
    """
    _may(by, reason)
    with transaction.atomic():
        vehicle.refresh_from_db(from_queryset=Vehicle._base_manager.select_for_update(no_key=True, of=("self",)))
        vehicle.state = Vehicle.State.BROKEN_DOWN
        vehicle._history_user = by  # type: ignore[attr-defined]
        vehicle._change_reason = reason[:100]  # type: ignore[attr-defined]
        vehicle.save()
        found = []
        live = Trip.objects.filter(vehicle=vehicle, state__in=LIVE_TRIP_STATES)
        for trip in live.select_related("line", "vehicle__line", "driver", "shift").order_by("period", "pk"):
            found += call_off(trip, by=by, reason=reason, to=to, meeting=meeting, goods=goods, because=because)
        planner.ask(vehicle.line, because=f"{vehicle.plate} is out", by=by)
    log.info("vehicle %s: out, %s cases", vehicle.pk, len(found))
    return found


def call_off(
    trip: Trip,
    *,
    by: User,
    reason: str,
    to: Trip | Shift | None = None,
    meeting: Meeting | None = None,
    goods: str = BROUGHT_BACK,
    because: str = told.CHANGED,
) -> list[Fate]:
    """Ends a trip before its time; the cases go over to another one or back, each with what happened to it."""
    _may(by, reason)
    with transaction.atomic():
        stops = hold(trip) if not isinstance(to, Trip) else hold_all([trip, to])[trip.pk]
        if trip.state not in LIVE_TRIP_STATES:
            raise Refused(_("the trip is “%s” already") % trip.get_state_display())
        cases = [stop.case for stop in deliveries(stops) if is_live(stop)]
        fates: dict[int, Fate] = {}
        for case in cases:
            if to is None:
                break
            fates[case.pk], to = _hand_over(trip, case, to, meeting, by, reason, because)
        if goods == LOST:
            _goods_lost(trip, by, reason)
        back = [case for case in cases if case.pk not in fates or not fates[case.pk].ok]
        if trip.state in LIVE_TRIP_STATES:
            ending.abort(trip, by, reason, because=because)
        for case in back:
            case.refresh_from_db()
            why = fates[case.pk].words if case.pk in fates else ""
            now = _("#%(number)s is “%(state)s” again") % {"number": case.number, "state": case.get_state_display()}
            fates[case.pk] = Fate(case, not why, f"{now}: {why}" if why else now)
    return [fates[case.pk] for case in cases]


def replace_driver(trip: Trip, driver: Driver, *, by: User, reason: str) -> Trip:
    """Another driver takes the trip over, vehicle and goods as they are; the old link opens nothing any more.

    On the road that needs a reason; who has not started yet is simply not the one who drives. Raises Refused.
    """
    may_dispatch(by)
    try:
        with transaction.atomic():
            stops = [stop for stop in hold(trip) if is_live(stop)]
            if trip.state not in LIVE_TRIP_STATES:
                raise Refused(_("the trip is “%s” already") % trip.get_state_display())
            if driver.pk == trip.driver_id:
                raise Refused(_("%s drives this trip already") % driver.name)
            if trip.state != TripState.UNDER_WAY:
                return offering.give_to(trip, driver, by)
            _may(by, reason)
            now = timezone.now()
            period = clearance.Span(max(now, trip.period.lower), max(trip.period.upper, now))
            shift = Shift.objects.filter(driver=driver, ends_at__gt=now).order_by("starts_at").first()
            against = clearance.why_not(trip.vehicle, driver, districts_of(stops), period)
            against += hours.why_not(driver, period, shift=shift)
            if against:
                raise Refused(" · ".join(against))
            for offer in trip.offers.filter(state__in=(OfferState.OPEN, OfferState.UNANSWERED, OfferState.ACCEPTED)):
                OFFER.apply(offer, "withdraw", by=by)
            trip.driver, trip.shift = driver, shift
            trip.link_version += 1
            changed.save(trip, by, reason, "driver", "shift", "link_version")
            telling.send_link(trip) if driver.smartphone else telling.follow(trip)
            show(trip)
    except IntegrityError as taken:
        raise Refused(_("%s is on another trip at that time") % driver.name) from taken
    return trip


def _hand_over(
    trip: Trip, case: Case, to: Trip | Shift, meeting: Meeting | None, by: User, reason: str, because: str
) -> tuple[Fate, Trip | Shift]:
    """Brings one case over to the other vehicle, or says why it could not be; and the trip that took it, for the next."""
    plate = to.vehicle.plate
    try:
        with transaction.atomic():
            met = _meeting_stops(trip, case, meeting)
            if isinstance(to, Trip):
                _onto(trip, case, to, met, by, reason, because)
            else:
                to = manual.carry_over(trip, [case], to, by=by, reason=reason, because=because, meeting=met)
    except (Refused, MoveRefused, IntegrityError) as refused:
        why = _("%s is on another trip at that time") % plate if isinstance(refused, IntegrityError) else str(refused)
        return Fate(case, False, why), to
    words = {"number": case.number, "plate": plate, "place": met[0].place if met else ""}
    if met:
        return Fate(case, True, _("#%(number)s: %(plate)s takes it over at %(place)s") % words), to
    return Fate(case, True, _("#%(number)s: now with %(plate)s") % words), to


def _meeting_stops(trip: Trip, case: Case, meeting: Meeting | None) -> list[Stop]:
    """For goods on board: where the other vehicle takes them over."""
    stops = list(
        trip.stops.exclude(state=StopState.DROPPED).select_related("sourcing", "pickup_point").order_by("sequence")
    )
    delivery = next((s for s in deliveries(stops) if s.case_id == case.pk and is_live(s)), None)
    pickup = pickup_of(delivery, stops) if delivery else None
    if pickup is None or pickup.state != StopState.DONE:
        return []
    place = meeting or meeting_at(trip)
    met = Stop(trip=trip, case=case, kind=Stop.Kind.PICKUP, sourcing=pickup.sourcing, meets=trip, eta=timezone.now())
    met.place, met.lon, met.lat = place.words[:120], place.lon, place.lat
    met.district = _district_at(place)
    return [met]


def _district_at(place: Meeting) -> District | None:
    """The district whose middle is nearest: good enough to ask for a pass, and never none."""
    districts = list(District.objects.all())
    return min(districts, key=lambda d: travel.metres_between((place.lon, place.lat), (d.lon, d.lat)), default=None)


def _onto(trip: Trip, case: Case, to: Trip, met: list[Stop], by: User, reason: str, because: str) -> None:
    if to.state not in LIVE_TRIP_STATES:
        raise Refused(_("the trip is “%s” already") % to.get_state_display())
    situation = itinerary.read([trip, to], [case], met)
    own = [stop for stop in situation.order(trip) if stop.case_id == case.pk]
    if any(stop.state == StopState.ARRIVED for stop in own):
        raise Refused(_("the vehicle stands at the stop of #%s already") % case.number)
    order = moving.best_order(situation, to, [*met, *own])
    left = [stop for stop in situation.order(trip) if stop.case_id != case.pk]
    words = _("taken over from %(plate)s: %(why)s") % {"plate": trip.vehicle.plate, "why": reason}
    order = changed.carried(case, trip, to, order, by, words)
    changed.place(to, order, by, words)
    changed.place(trip, left, by, words)
    changed.retell(to, because)
    changed.join(case, to, by, words)
    changed.tell_driver(to)
    show(to)


def _goods_lost(trip: Trip, by: User, reason: str) -> None:
    """What was on board is spoilt or gone: agents look for the goods again."""
    stops = list(trip.stops.select_related("case", "sourcing").order_by("sequence"))
    for delivery in deliveries(stops):
        pickup = pickup_of(delivery, stops)
        if is_live(delivery) and pickup is not None and pickup.state == StopState.DONE:
            case = steps.lock(delivery.case)
            ending.put_off(case, told.VEHICLE)
            steps.move(case, "back_to_sourcing", by=by, reason=reason)  # takes its stops off the trip
            pickup.refresh_from_db()
            goods_moved.not_there(pickup, reason)


def _may(by: User, reason: str) -> None:
    may_dispatch(by)
    if not reason.strip():
        raise Refused(_("please give a reason"))
