"""A driver calls for help: the dispatcher sees it at once and says who takes it up."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dispatch.models import DriverAlarm, Trip
from dispatch.trips.holding import may_dispatch
from hotline import live
from hotline.models import User

log = logging.getLogger(__name__)


def raise_alarm(
    trip: Trip,
    kind: str,
    *,
    at: datetime | None = None,
    lon: float | None = None,
    lat: float | None = None,
    words: str = "",
) -> DriverAlarm:
    """Gives the alarm; the open one of its kind when there is one. Possible in every state of a trip."""
    with transaction.atomic():
        Trip.objects.select_for_update(no_key=True, of=("self",)).get(pk=trip.pk)
        open_one = DriverAlarm.objects.filter(trip=trip, kind=kind, seen_at=None).first()
        if open_one is None:
            open_one = DriverAlarm.objects.create(
                trip=trip, kind=kind, raised_at=at or timezone.now(), lon=lon, lat=lat, words=words[:200]
            )
            log.warning("trip %s: alarm %s", trip.pk, kind)
        _tell(trip.pk)
        return open_one


def take_up(alarm: DriverAlarm, by: User) -> bool:
    """Somebody deals with it; False when somebody else was quicker."""
    may_dispatch(by)
    with transaction.atomic():
        taken = DriverAlarm.objects.filter(pk=alarm.pk, seen_at=None).update(seen_at=timezone.now(), seen_by=by)
        _tell(alarm.trip_id)
    return bool(taken)


def _tell(trip_id: int) -> None:
    """The board, and the bar that every page has."""
    live.publish_all(["dispatch", "incident"], "alarm", trip=trip_id)
