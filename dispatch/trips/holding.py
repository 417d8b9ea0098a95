"""Locks of a trip, and what every act on it looks at first."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from cases.models import Case, District
from dispatch.driver import telling
from dispatch.models import Stop, Trip
from dispatch.refused import Refused
from dispatch.trip_lifecycle import DISPATCH, LIVE_STOP_STATES
from dispatch.whereabouts import district_id_of
from hotline import live
from hotline.models import User


def hold(trip: Trip) -> list[Stop]:
    """Locks the trip's cases, the trip and its stops, in this order, and brings `trip` up to date; its stops in order.

    Whoever cancels a case holds the case first and the trip after it: the same order, so the two never wait in a circle.
    """
    hold_cases(trip.stops.values_list("case_id", flat=True))
    trip.refresh_from_db(from_queryset=Trip._base_manager.select_for_update(no_key=True, of=("self",)))
    stops = trip.stops.select_for_update(no_key=True, of=("self",)).select_related(
        "case__address__community", "case__line", "case__category", "pickup_point", "sourcing"
    )
    found = list(stops.order_by("sequence"))
    for stop in found:
        stop.trip = trip
    return found


def hold_all(trips: Iterable[Trip], *cases: Case) -> dict[int, list[Stop]]:
    """The same for several trips at once, and cases that are on none of them yet; the stops in order by trip."""
    found = list(trips)
    on_them = Stop.objects.filter(trip__in=found).values_list("case_id", flat=True)
    hold_cases([*on_them, *(case.pk for case in cases)])
    return {trip.pk: hold(trip) for trip in sorted(found, key=lambda trip: trip.pk)}


def hold_stop(stop: Stop) -> list[Stop]:
    """The same, and brings this stop up to date; all stops of its trip in order."""
    stops = hold(stop.trip)
    stop.refresh_from_db()
    return stops


def hold_cases(ids: Iterable[int]) -> dict[int, Case]:
    wanted = sorted(set(ids))
    held = Case.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=wanted).order_by("pk")
    return {case.pk: case for case in held.select_related("address__community", "line", "category")}


def is_live(stop: Stop) -> bool:
    return stop.state in LIVE_STOP_STATES


def deliveries(stops: Iterable[Stop]) -> list[Stop]:
    return [stop for stop in stops if stop.kind == Stop.Kind.DELIVERY]


def pickup_of(stop: Stop, stops: Iterable[Stop]) -> Stop | None:
    """The latest stop at which the goods of this delivery are collected."""
    found = [s for s in stops if s.kind == Stop.Kind.PICKUP and s.case_id == stop.case_id]
    return found[-1] if found else None


def districts_of(stops: Iterable[Stop]) -> list[District]:
    """Where the trip goes: the districts of its pickup points and of the cases' addresses."""
    ids = {district_of(stop) for stop in stops}
    return list(District.objects.filter(pk__in=[pk for pk in ids if pk is not None]))


def district_of(stop: Stop) -> int | None:
    """The id of the district in which the stop lies."""
    if stop.district_id:  # a meeting point on the street
        return stop.district_id
    return stop.pickup_point.district_id if stop.pickup_point else district_id_of(stop.case)


def may_dispatch(by: User | None) -> None:
    """Raises Refused for a user who does not decide about trips; the system itself (None) always may."""
    if by is not None and by.role not in DISPATCH:
        raise Refused(_("your role may not do this"))


def show(trip: Trip) -> None:
    """Tells open pages that the trip has changed, and a driver without a page what comes next."""
    telling.follow(trip)
    live.publish(f"trip:{trip.pk}", trip=trip.pk)
    live.publish("dispatch", trip=trip.pk)
