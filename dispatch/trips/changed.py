"""A trip that has become another one: its stops as they now stand, the promises that this breaks, and who is told.

Whoever puts something on a trip, takes it off or gives it to another vehicle writes it with these.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from psycopg.types.range import TimestamptzRange

from cases import promises, steps, updates
from cases.lifecycle import CaseState
from cases.models import Case
from dispatch.driver import link, telling
from dispatch.models import Instruction, Stop, Trip
from dispatch.trip_lifecycle import LIVE_STOP_STATES, LIVE_TRIP_STATES, StopState, TripState
from dispatch.trips import ending, etas, itinerary, releasing, told, windows
from dispatch.trips.holding import show
from hotline import outbox
from hotline.models import User

AHEAD = {TripState.PLANNED: 0, TripState.RELEASED: 1, TripState.UNDER_WAY: 2}


def carried(
    case: Case, source: Trip | None, trip: Trip, order: Sequence[Stop], by: User | None, words: str
) -> list[Stop]:
    """The order as it can be written: where the new trip is not as far as the old one, the case goes back and comes anew."""
    if source is None or AHEAD[TripState(trip.state)] >= AHEAD[TripState(source.state)]:
        return list(order)
    rows = {stop.pk: stop for stop in order if stop.case_id == case.pk}
    ending.give_back(case, by, words)  # takes its rows off the old trip: they stay there as not attempted
    for stop in rows.values():
        stop.pk, stop._state.adding = None, True
        stop.state, stop.pin, stop.window_from, stop.window_until = StopState.PLANNED, "", None, None
    return list(order)


def settle(trip: Trip, by: User | None, words: str, because: str) -> None:
    """A trip that something has left: over when it is empty, else told anew."""
    ending.end_if_empty(trip, words, None)
    if trip.state in LIVE_TRIP_STATES:
        retell(trip, because)
        tell_driver(trip)
    show(trip)


def place(trip: Trip, stops: Sequence[Stop], by: User | None, words: str, *, metres: int | None = None) -> None:
    """Writes these live stops, in this order, behind those of the trip that are over."""
    over = (
        trip.stops.exclude(state__in=LIVE_STOP_STATES).order_by("-sequence").values_list("sequence", flat=True).first()
    )
    for sequence, stop in enumerate(stops, start=(over or 0) + 1):
        if stop.pk and stop.trip_id == trip.pk and stop.sequence == sequence:
            continue
        stop.trip, stop.sequence = trip, sequence
        stop._history_user = by  # type: ignore[attr-defined]
        stop._change_reason = words[:100]  # type: ignore[attr-defined]
        stop.save()
    if metres is not None and metres != trip.metres:
        trip.metres = metres
        save(trip, by, words, "metres")


def join(case: Case, trip: Trip, by: User | None, words: str) -> None:
    """The case comes to stand as its new trip does: promised when released, on its way when that drives."""
    case.refresh_from_db()
    Instruction.objects.filter(case=case, ended_at=None).exclude(
        kind=Instruction.Kind.PIN, vehicle=trip.vehicle_id
    ).update(ended_at=timezone.now(), ended_by=by)  # overruled
    steps.write(case, by=by, reason=words)
    stop = Stop.objects.select_related("case__line", "case__category", "trip").get(
        case=case, kind=Stop.Kind.DELIVERY, state__in=LIVE_STOP_STATES
    )
    if stop.case.state == CaseState.READY and trip.state != TripState.PLANNED:
        releasing.promise(stop, by)
    if stop.case.state == CaseState.PLANNED and trip.state == TripState.UNDER_WAY:
        releasing.depart(stop, by)
    case.refresh_from_db()


def retell(trip: Trip, because: str) -> None:
    """Expected times anew, the vehicle taken for as long as it drives, and a new window with the reason for whom it breaks."""
    situation = itinerary.read([trip])
    stops = situation.order(trip)
    if not stops:
        return
    reckoned = itinerary.reckon(situation, trip, stops)
    for stop, eta in zip(stops, reckoned.etas, strict=True):
        if stop.kind == Stop.Kind.DELIVERY and stop.window_until and eta >= stop.window_until:
            move_promise(stop, eta, because)
    upper = max(reckoned.ends_at, trip.period.lower + timedelta(seconds=1))
    if upper != trip.period.upper:
        trip.period = TimestamptzRange(trip.period.lower, upper)
        trip.save(
            update_fields=["period"]
        )  # another trip of the vehicle or driver in its way is refused by the database
    etas.retime(trip, stops=stops)


def move_promise(stop: Stop, eta: datetime, because: str) -> None:
    """Another window than was told, and why."""
    stop.window_from, stop.window_until = windows.around(eta)
    stop.save(update_fields=["window_from", "window_until"])
    promises.promise(stop.case, stop.window_from, stop.window_until)
    updates.drop_stale(stop.case, "planned", "delayed", "moved")
    updates.tell(
        stop.case,
        "moved",
        occasion=f"{stop.pk}:{stop.window_until:%d%H%M}",
        window=windows.told(stop),
        reason=told.words(because, stop.case.language),
    )


def tell_driver(trip: Trip) -> None:
    """A driver who has the trip hears that it is another one now; the page shows it by itself."""
    if trip.state not in (TripState.RELEASED, TripState.UNDER_WAY):
        return
    if not trip.driver.smartphone:
        telling.follow(trip)
        return
    outbox.send(
        line=trip.line,
        number=str(trip.driver.phone),
        event="driver_trip_changed",
        topic=telling.topic_of(trip),
        words={"link": link.address(trip)},
        occasion=f"{timezone.now():%d%H%M%S}",
        language=trip.driver.language,
        level=1,
    )


def save(trip: Trip, by: User | None, words: str, *fields: str) -> None:
    """Writes fields of a trip other than its state, with who and why in its history."""
    trip._history_user = by  # type: ignore[attr-defined]
    trip._change_reason = words[:100]  # type: ignore[attr-defined]
    trip.save(update_fields=list(fields))
