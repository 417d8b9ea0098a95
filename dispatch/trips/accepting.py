"""A dispatcher says yes to a proposal, whole or by vehicle: its trips come to be, and hold their cases."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from psycopg.types.range import TimestamptzRange

from cases.lifecycle import CaseState
from cases.models import Case
from dispatch import clearance, declined, hours
from dispatch.models import Driver, Plan, Shift, Sourcing, Stop, Trip, Vehicle
from dispatch.refused import Refused
from dispatch.trip_lifecycle import DISPATCH, LIVE_STOP_STATES, LIVE_TRIP_STATES
from dispatch.trips import changed, moving, told
from dispatch.trips.holding import districts_of, hold_cases, show
from hotline import live
from hotline.models import User

log = logging.getLogger(__name__)
# A proposal this much later than its start is moved with the clock; an older one is made anew.
GOOD_FOR = timedelta(minutes=45)


def accept(
    plan: Plan,
    by: User | None,
    vehicles: Collection[int] | None = None,
    cases: Collection[int] | None = None,
    shifts: Collection[int] | None = None,
) -> list[Trip]:
    """Makes the proposed trips, of these vehicles (ids) or of all; raises Refused when nothing can be made any more.

    A vehicle has a proposed trip for each of its shifts; `shifts` (ids) says which of them.
    With `cases` (ids) only their stops are taken; what is accepted later of the same shift comes on the same trip.

    Two who accept at once are served one after the other, and the second is told who was first. Cases that were cancelled
    or taken since are left out. Trips that cannot be made are named in plan.figures["not_accepted"].
    """
    if by is not None and by.role not in DISPATCH:
        raise Refused(_("your role may not do this"))
    with transaction.atomic():
        plan.refresh_from_db(from_queryset=Plan.objects.select_for_update(no_key=True, of=("self",)))
        rows = _still_open(plan, vehicles, cases, shifts)
        trips = {_of(trip): trip for trip in plan.accepted_trips.filter(state__in=LIVE_TRIP_STATES)}
        made: list[Trip] = []
        not_made: list[dict[str, Any]] = []
        for row in rows:
            try:
                trip = trips.get((row["vehicle"], row["shift"]))
                made.append(_add(trip, row, by) if trip else _make(plan, row, by, whole=cases is None))
            except Refused as refused:
                not_made.append({"vehicle": row["vehicle"], "words": str(refused)})
        if not made:
            raise Refused(" · ".join(dict.fromkeys(str(row["words"]) for row in not_made)))
        plan.state = Plan.State.ACCEPTED
        plan.figures = plan.figures | {"not_accepted": not_made}
        plan.save(update_fields=["state", "figures"])
        live.publish("dispatch", plan=plan.pk)
    log.info("plan %s: %s trips accepted by user %s", plan.pk, len(made), by.pk if by else None)
    return made


def _of(trip: Trip) -> tuple[int, int | None]:
    """Which row of its plan a trip is."""
    return trip.vehicle_id, trip.shift_id


def _still_open(
    plan: Plan, vehicles: Collection[int] | None, cases: Collection[int] | None, shifts: Collection[int] | None
) -> list[dict[str, Any]]:
    """The rows of the proposal that are wanted, with the stops not yet on trips; raises Refused when there are none."""
    done = {_of(trip): trip for trip in plan.accepted_trips.select_related("created_by")}
    accepted = set(Stop.objects.filter(trip__plan=plan).values_list("case_id", flat=True))
    wanted = [
        row | {"stops": [stop for stop in row["stops"] if cases is None or stop["case"] in cases]}
        for row in plan.trips
        if (vehicles is None or row["vehicle"] in vehicles) and (shifts is None or row["shift"] in shifts)
    ]
    wanted = [row for row in wanted if row["stops"]]
    rest = [row | {"stops": [stop for stop in row["stops"] if stop["case"] not in accepted]} for row in wanted]
    rows = [row for row in rest if row["stops"] and ((row["vehicle"], row["shift"]) not in done or _some_wait(row))]
    newer = Plan.objects.filter(line_id=plan.line_id, proposed_at__gt=plan.proposed_at) if plan.proposed_at else None
    if plan.state == Plan.State.SUPERSEDED or (newer is not None and newer.exists()):
        raise Refused(_("a newer plan took its place: look at that one"))
    if plan.state not in (Plan.State.PROPOSED, Plan.State.ACCEPTED):
        raise Refused(_("there is no proposal yet"))
    if not wanted:
        raise Refused(_("this plan proposes no such trip"))
    if not rows:
        who = next((str(trip.created_by) for trip in done.values() if trip.created_by), "")
        raise Refused(_("%(who)s has accepted this already") % {"who": who or _("somebody else")})
    return rows


def _some_wait(row: dict[str, Any]) -> bool:
    """Whether a case of what is left of this row still waits for a vehicle."""
    ready = Case.objects.filter(pk__in={stop["case"] for stop in row["stops"]}, state=CaseState.READY)
    return ready.exclude(stops__state__in=LIVE_STOP_STATES).exists()


def _add(trip: Trip, row: dict[str, Any], by: User | None) -> Trip:
    """More of the same proposal for a vehicle whose trip exists: each case at the end, as proposed."""
    added = 0
    refused: list[str] = []
    for case in Case.objects.filter(pk__in={stop["case"] for stop in row["stops"]}).order_by("pk"):
        try:
            moving.move(case, trip, by=by, reason=_("accepted from the proposal"))
            added += 1
        except Refused as why:
            refused.append(str(why))
    if not added:
        raise Refused(" · ".join(dict.fromkeys(refused)))
    return trip


def _make(plan: Plan, row: dict[str, Any], by: User | None, *, whole: bool) -> Trip:
    vehicle = Vehicle.objects.select_related("line").get(pk=row["vehicle"])
    driver = Driver.objects.get(pk=row["driver"])
    late = _late(row)
    period = clearance.Span(_time(row["starts_at"]) + late, _time(row["ends_at"]) + late)
    try:
        with transaction.atomic():
            trip = Trip.objects.create(
                line_id=plan.line_id,
                plan=plan,
                vehicle=vehicle,
                driver=driver,
                shift=Shift.objects.filter(pk=row["shift"]).first(),
                period=TimestamptzRange(period.lower, period.upper),
                metres=row.get("metres", 0),
                created_by=by,
            )
            stops = _stops(trip, row["stops"], late)
            if not whole:
                changed.retell(trip, told.CHANGED)  # with fewer stops it is over earlier
            _check(trip, vehicle, driver, stops, period)
    except IntegrityError as taken:
        raise Refused(_why_taken(vehicle, taken)) from taken
    show(trip)
    return trip


def _check(trip: Trip, vehicle: Vehicle, driver: Driver, stops: list[Stop], period: clearance.Span) -> None:
    against = clearance.why_not(vehicle, driver, districts_of(stops), period)
    against += hours.why_not(driver, period, shift=trip.shift)
    earlier = declined.before(driver, {stop.case_id for stop in stops})
    if earlier:
        words = {"driver": driver.name, "why": earlier.get_why_display()}
        against.append(_("%(driver)s has declined this trip (%(why)s): give it to somebody else") % words)
    if trip.shift and period.upper > trip.shift.ends_at:
        against.append(_("the trip of %(plate)s would end after the shift") % {"plate": vehicle.plate})
    if against:
        raise Refused(" · ".join(against))


def _late(row: dict[str, Any]) -> timedelta:
    """By how much the clock has passed the proposed start."""
    late = max(timezone.now() - _time(row["starts_at"]), timedelta(0))
    if late > GOOD_FOR:
        raise Refused(_("this proposal is too old: its start has passed long ago"))
    return late


def _stops(trip: Trip, rows: list[dict[str, Any]], late: timedelta) -> list[Stop]:
    """The stops of the cases that still wait for a vehicle and whose goods are still there."""
    cases = hold_cases(row["case"] for row in rows)
    taken = set(Stop.objects.filter(case__in=cases, state__in=LIVE_STOP_STATES).values_list("case_id", flat=True))
    kept_ready = set(
        Sourcing.objects.filter(case__in=cases, state=Sourcing.State.CONFIRMED).values_list("pk", flat=True)
    )
    sourced = {row["case"]: row["sourcing"] for row in rows if row.get("sourcing")}
    wanted = {
        pk
        for pk, case in cases.items()
        if case.state == CaseState.READY and pk not in taken and sourced.get(pk) in kept_ready
    }
    stops = [
        Stop(
            trip=trip,
            sequence=place,
            kind=row["kind"],
            case=cases[row["case"]],
            pickup_point_id=row.get("pickup_point"),
            sourcing_id=row.get("sourcing") if row["kind"] == Stop.Kind.PICKUP else None,
            lon=row["lon"],
            lat=row["lat"],
            eta=_time(row["eta"]) + late,
        )
        for place, row in enumerate((row for row in rows if row["case"] in wanted), start=1)
    ]
    if not stops:
        raise Refused(_("all cases of this trip are settled or on other trips by now"))
    for stop in stops:  # one by one, so that each has its history
        stop.save()
    return stops


def _why_taken(vehicle: Vehicle, error: IntegrityError) -> str:
    words = str(error)
    if "per_vehicle" in words:
        return _("%(plate)s is on another trip at that time") % {"plate": vehicle.plate}
    if "per_driver" in words:
        return _("the driver of %(plate)s is on another trip at that time") % {"plate": vehicle.plate}
    return _("somebody else has put one of these cases on a trip just now")


def _time(text: str) -> datetime:
    at = parse_datetime(text)
    if at is None:
        raise Refused(_("this plan cannot be read"))
    return at
