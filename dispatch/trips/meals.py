"""The breaks of its shift that a trip still has before it: whoever comes after the driver's meal is told the time after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from django.utils.dateparse import parse_datetime

from dispatch.models import DriverBreak, Shift, Trip
from dispatch.planner.problem import Pause, Window

Walked = TypeVar("Walked")


def ahead(trips: Iterable[Trip], now: datetime) -> dict[int, list[Pause]]:
    """By trip, in order: those whose time is not over and that the driver has not taken yet, or what is left of the one that
    goes on. One query where there are any."""
    with_shift = [trip for trip in trips if trip.shift]
    found = {trip.pk: sorted(_of(trip.shift, now), key=lambda p: p.window.start) for trip in with_shift if trip.shift}
    if not any(found.values()):
        return {}
    drivers = {trip.driver_id for trip in with_shift}
    began = min(pause.window.start for pauses in found.values() for pause in pauses)
    taken = list(DriverBreak.objects.filter(driver__in=drivers, started_at__gte=began).order_by("started_at"))
    for trip in with_shift:
        own = [each for each in taken if each.driver_id == trip.driver_id]
        found[trip.pk] = [left for pause in found[trip.pk] if (left := _left(pause, own, now))]
    return found


def _left(pause: Pause, taken: Iterable[DriverBreak], now: datetime) -> Pause | None:
    since = next((each for each in taken if each.started_at >= pause.window.start), None)
    if since is None:
        return pause
    over_at = since.started_at + timedelta(seconds=pause.seconds)
    if since.ended_at is not None or over_at <= now:
        return None
    return Pause(Window(pause.window.start, now), round((over_at - now).total_seconds()), pause.what)


def _of(shift: Shift, now: datetime) -> Iterable[Pause]:
    for row in shift.breaks:
        start, until = parse_datetime(str(row.get("from"))), parse_datetime(str(row.get("until")))
        seconds = int(row.get("minutes") or 0) * 60
        if start and until and until > now:
            yield Pause(Window(start, until - timedelta(seconds=seconds)), seconds)


def placed(
    pauses: Iterable[Pause], walk: Callable[[list[Pause]], Walked], ends_at: Callable[[Walked], datetime]
) -> Walked:
    """The walk with those breaks that fall into it: as in the plan, one whose time outlasts the trip is taken after it."""
    kept: list[Pause] = []
    found = walk(kept)
    for pause in pauses:
        if ends_at(found) > pause.window.end:
            kept = [*kept, pause]
            found = walk(kept)
    return found


def rested(at: datetime, arrives: datetime, left: list[Pause]) -> timedelta:
    """How long the driver who leaves at `at` rests before `arrives`; what is taken is taken off `left`.

    When its time has come at a stop that is left, else on the way, so that it has begun when its time is over.
    """
    rests = timedelta()
    while left and (left[0].window.start <= at + rests or arrives + rests > left[0].window.end):
        rests += timedelta(seconds=left.pop(0).seconds)
    return rests
