"""What the driver presses, taken once per key: the phone may send it late, and twice.

The driver reports what happened; dispatch.trips says what follows. An act that is refused is kept with its words, so that
the same act sent again gets the same answer.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cases import quantities
from dispatch import hours, trips
from dispatch.driver import alarms, positions
from dispatch.models import DriverAct, Stop, Trip
from dispatch.refused import Refused
from dispatch.trip_lifecycle import LIVE_STOP_STATES, StopState, TripState
from hotline.lifecycle import MoveRefused
from hotline.locks import hold
from hotline.pictures import NotAPicture, checked

log = logging.getLogger(__name__)
MOST_STOPS = 60
WORDS = 200

Was = DriverAct.What


class NotUnderstood(Exception):
    """What was sent is not an act of this page."""


@dataclass(frozen=True)
class Act:
    """One press. `key` is made by the page before it is first sent."""

    key: str
    what: str
    stops: list[int] = field(default_factory=list)
    pin: str = ""
    name: str = ""
    reason: str = ""
    words: str = ""
    photo: UploadedFile | None = None
    given: dict[int, Decimal] = field(default_factory=dict)  # how much of a need, where it was less
    happened_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


def read(post: Mapping[str, Any], photo: UploadedFile | None) -> Act:
    """The act in the posted fields; raises NotUnderstood."""
    key, what = str(post.get("key", "")), str(post.get("act", ""))
    numbers = [n for n in str(post.get("stops", "")).split(",") if n]
    known = what in Was.values and 8 <= len(key) <= 64 and len(numbers) <= MOST_STOPS
    if not known or not all(n.isdecimal() and len(n) < 18 for n in numbers):
        raise NotUnderstood
    return Act(
        key=key,
        what=what,
        stops=[int(n) for n in numbers],
        pin=str(post.get("pin", "")).strip()[:12],
        name=str(post.get("name", "")).strip()[:60],
        reason=str(post.get("reason", ""))[:20],
        words=str(post.get("words", "")).strip()[:WORDS],
        photo=photo,
        given=_given(post),
        happened_at=_time(str(post.get("at", ""))),
        lon=_degrees(post.get("lon"), 180),
        lat=_degrees(post.get("lat"), 90),
    )


def take(trip: Trip, act: Act) -> DriverAct:
    """Does it, unless an act with this key is already there; either way the row says what became of it.

    Two sendings at once are served one after the other. The row is written last: it points at the trip, and whoever works
    on a trip locks its cases first (dispatch.trips).
    """
    words = ""
    with transaction.atomic():
        hold(f"driver-act:{trip.pk}:{act.key}")
        known = DriverAct.objects.filter(trip=trip, key=act.key).first()
        if known:
            return known
        try:
            with transaction.atomic():
                _do(trip, act)
        except (Refused, MoveRefused, NotAPicture) as refused:
            words = str(refused)[:WORDS] or _("This is not possible now.")
        kept = DriverAct.objects.create(
            trip=trip,
            key=act.key,
            what=act.what,
            stops=act.stops,
            happened_at=_believable(act.happened_at, trip),
            accepted=not words,
            words=words,
        )
    log.info("driver act trip=%s what=%s stops=%s accepted=%s", trip.pk, act.what, act.stops, kept.accepted)
    return kept


def _do(trip: Trip, act: Act) -> None:
    if act.what in OF_THE_TRIP:
        OF_THE_TRIP[act.what](trip, act)
        return
    stops = list(Stop.objects.filter(trip=trip, pk__in=act.stops).select_related("trip", "case").order_by("sequence"))
    if not stops or len(stops) != len(set(act.stops)):
        raise Refused(_("This stop is not on your trip any more. Look at the list, or call us."))
    if act.what in (Was.DELIVER, Was.CALL) and len(stops) != 1:
        raise Refused(_("Hand over one by one."))
    for stop in stops:
        ONE[act.what](stop, act)


# of the whole trip


def _accept(trip: Trip, act: Act) -> None:
    trips.accept_offer(trip)


def _decline(trip: Trip, act: Act) -> None:
    trips.decline(trip, act.reason, act.words)


def _start(trip: Trip, act: Act) -> None:
    if trip.state == TripState.RELEASED:
        trips.start(trip)


def _rest(trip: Trip, act: Act) -> None:
    hours.begin_break(trip, act.what, _believable(act.happened_at, trip))


def _go_on(trip: Trip, act: Act) -> None:
    hours.end_break(trip.driver, _believable(act.happened_at, trip))


def _checkpoint(trip: Trip, act: Act) -> None:
    trips.reach_checkpoint(trip, _believable(act.happened_at, trip))


def _passed(trip: Trip, act: Act) -> None:
    trips.pass_checkpoint(trip, _believable(act.happened_at, trip))


def _raise(trip: Trip, act: Act) -> None:
    at = _believable(act.happened_at, trip)
    alarms.raise_alarm(trip, act.what, at=at, lon=act.lon, lat=act.lat, words=act.words)


def _share(trip: Trip, act: Act) -> None:
    positions.agree(trip.driver, act.what == Was.SHARE)


OF_THE_TRIP: dict[str, Callable[[Trip, Act], None]] = {
    Was.ACCEPT: _accept,
    Was.DECLINE: _decline,
    Was.START: _start,
    Was.BREAK: _rest,
    Was.MEAL: _rest,
    Was.GO_ON: _go_on,
    Was.CHECKPOINT: _checkpoint,
    Was.PASSED: _passed,
    Was.HELP: _raise,
    Was.SOS: _raise,
    Was.SHARE: _share,
    Was.HIDE: _share,
}


# of one stop


def _arrive(stop: Stop, act: Act) -> None:
    if stop.state == StopState.PLANNED:
        trips.arrive(stop)


def _collect(stop: Stop, act: Act) -> None:
    if stop.kind == Stop.Kind.PICKUP and stop.state != StopState.DONE:
        trips.collect(stop)


def _deliver(stop: Stop, act: Act) -> None:
    if stop.state == StopState.DONE:  # pressed on two pages: once is enough
        return
    photo = checked(act.photo) if act.photo else None
    trips.deliver(stop, pin=act.pin, name=act.name, photo=photo, given=act.given)


def _fail(stop: Stop, act: Act) -> None:
    if act.reason not in Stop.FailedReason.values or not act.reason:
        raise Refused(_("Say what went wrong."))
    if stop.state != StopState.FAILED:
        trips.fail(stop, act.reason, words=act.words)


def _undo(stop: Stop, act: Act) -> None:
    if stop.state in (StopState.DONE, StopState.FAILED):
        trips.undo(stop, act.words or "pressed by mistake")


def _call(stop: Stop, act: Act) -> None:
    from dispatch.driver import calling  # it knows the driver who works by text, who knows these acts

    calling.call_receiver(stop)


def _skip(stop: Stop, act: Act) -> None:
    if stop.state in LIVE_STOP_STATES:
        trips.not_attempted(stop, act.words)


ONE: dict[str, Callable[[Stop, Act], None]] = {
    Was.ARRIVE: _arrive,
    Was.COLLECT: _collect,
    Was.DELIVER: _deliver,
    Was.FAIL: _fail,
    Was.UNDO: _undo,
    Was.SKIP: _skip,
    Was.CALL: _call,
}


def _given(post: Mapping[str, Any]) -> dict[int, Decimal]:
    """given-<need>: a quantity. What is none is left out: then all of it was handed over, as it is without a word."""
    found = {}
    for name in post:
        pk = str(name).removeprefix("given-")
        said = str(post[name]).strip()
        if str(name).startswith("given-") and pk.isdecimal() and len(pk) < 18 and said:
            with contextlib.suppress(MoveRefused):
                found[int(pk)] = quantities.read(said[:12])
    return found


def _time(text: str) -> datetime | None:
    try:
        at = parse_datetime(text[:40])
    except ValueError:
        return None
    return at if at is not None and at.tzinfo else None


def _degrees(text: object, most: int) -> float | None:
    try:
        degrees = float(str(text))
    except ValueError:
        return None
    return degrees if -most <= degrees <= most else None


def believable(text: str, trip: Trip) -> datetime:
    """The time that a phone says, where it can be true; else now."""
    return _believable(_time(text), trip)


def _believable(at: datetime | None, trip: Trip) -> datetime:
    """The phone's clock, where it can be true: not in the future and not before the trip existed."""
    now = timezone.now()
    return at if at is not None and trip.created_at <= at <= now else now
