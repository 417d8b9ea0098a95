"""What goes wrong or is about to, in words, the most pressing first. Pure: reads an overview, asks nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dispatch.board import crew_troubles
from dispatch.board.overview import Overview
from dispatch.board.trouble import Trouble
from dispatch.models import Plan, Stop, Trip, Vehicle
from dispatch.travel import Source
from dispatch.trip_lifecycle import TripState

SOON = timedelta(hours=4)
NOT_STARTED_AFTER = timedelta(minutes=10)
SILENT_AFTER = timedelta(minutes=75)
ASKED_TOO_LONG = timedelta(minutes=2)


def of(overview: Overview) -> list[Trouble]:
    """Grave ones first, else in the order of the trips."""
    found = [*_plan(overview)]
    for trip in overview.trips:
        found += [*_vehicle(trip), *_papers(trip, overview), *_late(trip, overview.now)]
    found += crew_troubles.of(overview.crew, overview.trips)
    return sorted(found, key=lambda e: not e.grave)


def _plan(overview: Overview) -> Iterator[Trouble]:
    if overview.plan and overview.plan.state == Plan.State.FAILED:
        yield Trouble(_("The planner failed: %(error)s") % {"error": overview.plan.error}, grave=True)
    if overview.plan and overview.plan.figures.get("roads") == Source.FELL_BACK:
        yield Trouble(_("The routing server does not answer: times are estimates from straight lines."), grave=False)
    asked = overview.asked
    if asked and overview.now - asked.asked_at > ASKED_TOO_LONG:
        minutes = int((overview.now - asked.asked_at).total_seconds() // 60)
        yield Trouble(
            ngettext(
                "A new plan has been asked for %(n)d minute and is not there: is the worker running?",
                "A new plan has been asked for %(n)d minutes and is not there: is the worker running?",
                minutes,
            )
            % {"n": minutes},
            grave=True,
        )


def _vehicle(trip: Trip) -> Iterator[Trouble]:
    if trip.vehicle.state != Vehicle.State.IN_SERVICE:
        words = {"plate": trip.vehicle.plate, "state": trip.vehicle.get_state_display(), "n": len(_open(trip))}
        yield Trouble(_("%(plate)s: %(state)s, %(n)d stops still open") % words, True, trip)


def _papers(trip: Trip, overview: Overview) -> Iterator[Trouble]:
    """Papers that end before the trip does, with the stops that lie behind that time."""
    now = overview.now
    certified = overview.papers.certified_until(trip.driver_id, now)
    if certified is None:
        todo = _(
            "%(plate)s: no valid test certificate any more. Ask for the new one, or give the goods to another vehicle"
        )
        yield Trouble(todo % _plate(trip), True, trip)
    elif certified < max(trip.period.upper, _last_eta(trip)):
        after = sum(1 for s in _open(trip) if s.eta >= certified)
        words = _plate(trip) | {"time": _clock(certified), "n": after}
        yield Trouble(_("%(plate)s: certificate ends %(time)s, %(n)d stops after") % words, True, trip)
    elif certified - now < SOON:
        words = _plate(trip) | {"time": _clock(certified)}
        yield Trouble(_("%(plate)s: certificate ends %(time)s; the trip ends before that") % words, False, trip)
    for stop in _open(trip):
        district = stop.case.address.district if stop.kind == Stop.Kind.DELIVERY and stop.case.address else None
        until = overview.papers.permitted_until(trip.vehicle_id, district.pk, now) if district else None
        if district and (until is None or until < stop.eta):
            words = _plate(trip) | {"district": str(district), "number": stop.case.number}
            yield Trouble(_("%(plate)s: no permit for %(district)s when #%(number)s is due") % words, True, trip)


def _late(trip: Trip, now: datetime) -> Iterator[Trouble]:
    if trip.state == TripState.RELEASED and now - trip.period.lower > NOT_STARTED_AFTER:
        words = _plate(trip) | {"time": _clock(trip.period.lower)}
        yield Trouble(_("%(plate)s: should have started at %(time)s") % words, True, trip)
    if trip.state != TripState.UNDER_WAY:
        return
    following = next(iter(_open(trip)), None)
    behind = now - following.eta if following else timedelta()
    for stop in _open(trip):
        expected = stop.eta + max(behind, timedelta())
        if stop.window_until and expected > stop.window_until:
            late = int((expected - stop.window_until).total_seconds() // 60)
            words = _plate(trip) | {"number": stop.case.number, "n": late}
            yield Trouble(
                _("%(plate)s: #%(number)s about %(n)d min after its window") % words, stop.case.level <= 2, trip
            )
    heard = max([t for s in trip.shown_stops for t in (s.arrived_at, s.ended_at) if t] + [trip.started_at or now])  # type: ignore[attr-defined]
    if following and now - heard > SILENT_AFTER:
        words = _plate(trip) | {"n": int((now - heard).total_seconds() // 60)}
        yield Trouble(_("%(plate)s: nothing heard for %(n)d min") % words, False, trip)


def _plate(trip: Trip) -> dict[str, object]:
    return {"plate": trip.vehicle.plate}


def _open(trip: Trip) -> list[Stop]:
    return trip.open_stops  # type: ignore[attr-defined]


def _last_eta(trip: Trip) -> datetime:
    return max((s.eta for s in _open(trip)), default=trip.period.lower)


def _clock(at: datetime) -> str:
    return timezone.localtime(at).strftime("%H:%M")
