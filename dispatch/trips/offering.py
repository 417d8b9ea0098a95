"""A released trip is offered to its driver, who accepts or declines. Who declined is not asked again; the dispatcher sees why."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch import clearance, hours
from dispatch.driver import telling
from dispatch.models import Driver, Shift, Trip, TripOffer
from dispatch.offer_lifecycle import OFFER, OfferState
from dispatch.refused import Refused
from dispatch.trip_lifecycle import TripState
from dispatch.trips.holding import districts_of, hold, is_live, may_dispatch, show
from hotline.models import User

log = logging.getLogger(__name__)
MOST_TIMES = 2  # asked by itself; after that it is the dispatcher's turn


def answer_within() -> timedelta:
    return timedelta(minutes=settings.DRIVER_ANSWERS_WITHIN_MINUTES)


def of(trip: Trip) -> TripOffer | None:
    """The offer to the driver whom the trip has now."""
    return TripOffer.objects.filter(trip=trip, driver=trip.driver_id).first()


def offer(trip: Trip, by: User | None = None) -> TripOffer:
    """Offers a released trip to its driver, or asks again; raises Refused when this driver has declined it.

    Called under the trip's lock.
    """
    due_at = timezone.now() + answer_within()
    standing = of(trip)
    if standing is not None and standing.state == OfferState.DECLINED:
        words = {"driver": trip.driver.name, "why": standing.get_why_display()}
        raise Refused(_("%(driver)s has declined this trip (%(why)s): give it to somebody else") % words)
    for other in trip.offers.exclude(driver=trip.driver_id).filter(
        state__in=(OfferState.OPEN, OfferState.UNANSWERED, OfferState.ACCEPTED)
    ):
        OFFER.apply(other, "withdraw", by=by)
    if standing is None:
        standing = TripOffer.objects.create(trip=trip, driver=trip.driver, due_at=due_at, offered_by=by)
    elif standing.state == OfferState.ACCEPTED:
        return standing
    else:
        now = timezone.now()
        OFFER.apply(standing, "ask_again", by=by, due_at=due_at, offered_at=now, times=standing.times + 1)
    telling.offer(trip, standing)
    return standing


def accept(trip: Trip) -> TripOffer | None:
    """The driver takes the trip. Saying so twice is fine; None for a trip that was never offered."""
    with transaction.atomic():
        hold(trip)
        standing = take(trip)
        show(trip)
    return standing


def take(trip: Trip) -> TripOffer | None:
    """The same under the trip's lock: who starts a trip takes it."""
    standing = of(trip)
    if standing is None or standing.state == OfferState.ACCEPTED:
        return standing
    if standing.state == OfferState.DECLINED:
        raise Refused(_("this trip was declined: the dispatcher decides who drives it"))
    if trip.state != TripState.RELEASED:
        raise Refused(_("the trip is “%s”, it is no longer offered") % trip.get_state_display())
    OFFER.apply(standing, "accept", answered_at=timezone.now())
    log.info("trip %s: accepted by driver %s", trip.pk, trip.driver_id)
    return standing


def decline(trip: Trip, why: str, words: str = "") -> TripOffer:
    """The driver does not take the trip, and says why. The stops stay promised until the dispatcher decides."""
    if why not in TripOffer.Why.values or not why:
        raise Refused(_("say why you cannot take it"))
    with transaction.atomic():
        hold(trip)
        if trip.state != TripState.RELEASED:
            raise Refused(_("the trip is “%s”: call the dispatcher") % trip.get_state_display())
        standing = of(trip)
        if standing is None:
            due_at = timezone.now()
            standing = TripOffer.objects.create(trip=trip, driver=trip.driver, due_at=due_at)
        if standing.state != OfferState.DECLINED:
            OFFER.apply(standing, "decline", answered_at=timezone.now(), why=why, words=words[:200])
        show(trip)
    log.info("trip %s: declined by driver %s, %s", trip.pk, trip.driver_id, why)
    return standing


def run_out(limit: int = 50) -> int:
    """The sweep: offers without an answer in time are sent once more, then they are the dispatcher's. Returns how many."""
    due = TripOffer.objects.filter(state=OfferState.OPEN, due_at__lte=timezone.now()).order_by("due_at")
    count = 0
    for pk in due.values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            found = TripOffer.objects.select_related("trip__line", "trip__driver").get(pk=pk)
            trip = found.trip
            hold(trip)
            found.refresh_from_db()
            if found.state != OfferState.OPEN or found.due_at > timezone.now():
                continue
            OFFER.apply(found, "run_out")
            if trip.state == TripState.RELEASED and trip.driver_id == found.driver_id and found.times < MOST_TIMES:
                offer(trip)
            show(trip)
            count += 1
    return count


def ask_again(trip: Trip, by: User) -> TripOffer:
    """The dispatcher asks the same driver once more; raises Refused for one who declined."""
    may_dispatch(by)
    with transaction.atomic():
        hold(trip)
        if trip.state != TripState.RELEASED:
            raise Refused(_("the trip is “%s”, it is no longer offered") % trip.get_state_display())
        made = offer(trip, by)
        show(trip)
        return made


def give_to(trip: Trip, driver: Driver, by: User) -> Trip:
    """Another driver takes the vehicle of a trip that has not started; asked for clearance and hours like the first.

    The link of the one before stops working. Raises Refused with what is against it.
    """
    may_dispatch(by)
    with transaction.atomic():
        stops = [stop for stop in hold(trip) if is_live(stop)]
        if trip.state not in (TripState.PLANNED, TripState.RELEASED):
            raise Refused(_("the trip is “%s”: only one that has not started is given away") % trip.get_state_display())
        if TripOffer.objects.filter(trip=trip, driver=driver, state=OfferState.DECLINED).exists():
            raise Refused(_("%(driver)s has declined this trip") % {"driver": driver.name})
        lower = max(trip.period.lower, min(timezone.now(), trip.period.upper))
        period = clearance.Span(lower, trip.period.upper)
        shift = _shift_of(driver, trip)
        against = clearance.why_not(trip.vehicle, driver, districts_of(stops), period)
        against += hours.why_not(driver, period, shift=shift)
        if against:
            raise Refused(" · ".join(against))
        for other in trip.offers.filter(state__in=(OfferState.OPEN, OfferState.UNANSWERED, OfferState.ACCEPTED)):
            if other.driver_id != driver.pk:
                OFFER.apply(other, "withdraw", by=by)
        trip.driver, trip.shift, trip.link_version = driver, shift, trip.link_version + 1
        trip._history_user = by  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                trip.save(update_fields=["driver", "shift", "link_version"])
        except IntegrityError as taken:
            words = {"driver": driver.name}
            raise Refused(_("%(driver)s is on another trip at that time") % words) from taken
        if trip.state == TripState.RELEASED:
            offer(trip, by)
        show(trip)
    log.info("trip %s: given to driver %s by user %s", trip.pk, driver.pk, by.pk)
    return trip


def withdraw_open(trip: Trip, by: User | None = None) -> None:
    """The trip is over: nobody is waited for."""
    for row in trip.offers.filter(state__in=(OfferState.OPEN, OfferState.UNANSWERED)):
        OFFER.apply(row, "withdraw", by=by)


def _shift_of(driver: Driver, trip: Trip) -> Shift | None:
    """The driver's shift at the time of the trip, on its vehicle where there is one."""
    at = max(trip.period.lower, timezone.now())
    found = Shift.objects.filter(Q(starts_at__lte=at, ends_at__gt=at), driver=driver)
    return next(iter(sorted(found, key=lambda shift: shift.vehicle_id != trip.vehicle_id)), None)
