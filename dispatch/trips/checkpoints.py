"""Check-points as trips met them: facts, from which delays by district border are learned."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.models import CheckpointPassage, Trip
from dispatch.refused import Refused
from dispatch.trip_lifecycle import TripState
from dispatch.trips import etas
from dispatch.trips.holding import hold, is_live, show


def standing_at(trip: Trip) -> CheckpointPassage | None:
    """The check-point before which the driver stands now."""
    return trip.checkpoints.filter(passed_at=None, turned_back_at=None).first()


def reach(trip: Trip, at: datetime | None = None) -> CheckpointPassage:
    """The driver stands before a check-point; the same one when it was said already."""
    with transaction.atomic():
        stops = hold(trip)
        if trip.state != TripState.UNDER_WAY:
            raise Refused(_("the trip is “%s”, not under way") % trip.get_state_display())
        there = standing_at(trip)
        if there is not None:
            return there
        _point, came_from = etas.where(trip)
        ahead = next((stop for stop in stops if is_live(stop)), None)
        passage = CheckpointPassage.objects.create(
            trip=trip,
            from_district_id=came_from,
            to_district_id=etas.district_of(ahead) if ahead else None,
            arrived_at=at or timezone.now(),
        )
        show(trip)
        return passage


def passed(trip: Trip, at: datetime | None = None) -> CheckpointPassage | None:
    """It is behind them. The stops ahead are reckoned anew; None when no check-point was said to be reached."""
    with transaction.atomic():
        hold(trip)
        there = standing_at(trip)
        if there is None:
            return None
        there.passed_at = max(at or timezone.now(), there.arrived_at)
        there.save(update_fields=["passed_at"])
        etas.retime(trip)
        show(trip)
        return there


def turned_back(trip: Trip) -> None:
    """The driver was not let through where they stood."""
    trip.checkpoints.filter(passed_at=None, turned_back_at=None).update(turned_back_at=timezone.now())
