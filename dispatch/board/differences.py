"""What a proposal changes: what each stop gains and costs, and what is otherwise than in the proposal before. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from dispatch import travel
from dispatch.board.overview import Overview, ProposedStop, ProposedTrip
from dispatch.models import Plan

NOTABLE = timedelta(minutes=10)


@dataclass(frozen=True)
class Difference:
    """One case that a proposed trip would serve, with what that gains and costs."""

    trip: ProposedTrip
    stop: ProposedStop
    spare: int | None  # minutes before it is needed; less than nothing is late
    metres: int
    minutes: int
    since: str  # how it differs from the proposal before

    @property
    def kilometres(self) -> float:
        return self.metres / 1000


def of(overview: Overview) -> list[Difference]:
    """Every case of the proposal, by vehicle and in the order of the trip."""
    before = _by_case(overview.plan_before)
    found = []
    for trip in overview.proposed:
        for stop in trip.deliveries:
            if stop.case is not None:
                metres, minutes = _costs(trip, stop)
                found.append(
                    Difference(trip, stop, _spare(stop), metres, minutes, _since(trip, stop, before, overview))
                )
    return found


def no_longer(overview: Overview) -> list[int]:
    """Cases (ids) that the proposal before served and this one leaves out."""
    served = {stop.case.pk for trip in overview.proposed for stop in trip.stops if stop.case}
    left_out = {row.case.pk for row in overview.unserved}
    return [pk for pk in _by_case(overview.plan_before) if pk in left_out and pk not in served]


def _costs(trip: ProposedTrip, stop: ProposedStop) -> tuple[int, int]:
    """How much longer the trip is with this case than without it."""
    base = [(trip.vehicle.lon, trip.vehicle.lat)] if trip.vehicle else []
    rest = [s for s in trip.stops if s.case is not stop.case]
    longer = _length([*base, *((s.lon, s.lat) for s in trip.stops)]) - _length([*base, *((s.lon, s.lat) for s in rest)])
    standing = travel.HANDOVER_SECONDS + travel.PICKUP_SECONDS
    hour = timezone.localtime(stop.eta or trip.starts_at or timezone.now()).hour
    seconds = longer / travel.SPEEDS[hour] + standing
    return max(0, round(longer)), max(1, round(seconds / 60))


def _length(points: list[travel.Point]) -> float:
    return sum(travel.metres_between(a, b) for a, b in pairwise(points)) * travel.DETOUR


def _spare(stop: ProposedStop) -> int | None:
    if stop.case is None or stop.case.needed_by is None or stop.eta is None:
        return None
    return round((stop.case.needed_by - stop.eta).total_seconds() / 60)


def _by_case(plan: Plan | None) -> dict[int, tuple[int, datetime | None]]:
    """Vehicle and time of every hand-over of a plan."""
    return dict(_hand_overs(plan.trips)) if plan else {}


def _hand_overs(trips: list[dict[str, Any]]) -> Iterator[tuple[int, tuple[int, datetime | None]]]:
    for trip in trips:
        for stop in trip["stops"]:
            if stop["kind"] == "delivery":
                yield stop["case"], (trip["vehicle"], parse_datetime(stop["eta"]))


def _since(
    trip: ProposedTrip, stop: ProposedStop, before: dict[int, tuple[int, datetime | None]], overview: Overview
) -> str:
    if not before or stop.case is None:
        return ""
    if stop.case.pk not in before:
        return _("new")
    vehicle, eta = before[stop.case.pk]
    if vehicle != trip.vehicle_id:
        plates = {v.pk: v.plate for v in overview.vehicles}
        return _("was with %s") % plates.get(vehicle, "?")
    if eta is None or stop.eta is None or abs(stop.eta - eta) < NOTABLE:
        return ""
    minutes = round((stop.eta - eta).total_seconds() / 60)
    return _("%d min later") % minutes if minutes > 0 else _("%d min earlier") % -minutes
