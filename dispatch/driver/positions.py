"""Where a vehicle is by its driver's phone: only with the driver's yes, only the last fix, only during the trip."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from dispatch.models import Driver, Position, Trip
from dispatch.trip_lifecycle import TripState
from hotline import live

# A fix of a mast instead of a satellite says little more than the district.
TOO_ROUGH_METRES = 2000


def agree(driver: Driver, yes: bool) -> None:
    """The driver's word; a no takes what is known away at once."""
    if yes != (driver.position_agreed_at is not None):
        driver.position_agreed_at = timezone.now() if yes else None
        driver.save(update_fields=["position_agreed_at"])
    if not yes:
        Position.objects.filter(trip__driver=driver).delete()


def note(trip: Trip, lon: float, lat: float, metres: int, at: datetime) -> bool:
    """Keeps the newest fix of a trip under way; False when it is not wanted or not newer."""
    if trip.driver.position_agreed_at is None or trip.state != TripState.UNDER_WAY or metres > TOO_ROUGH_METRES:
        return False
    known = Position.objects.filter(trip=trip).first()
    if known is not None and known.at >= at:
        return False
    Position.objects.update_or_create(trip=trip, defaults={"lon": lon, "lat": lat, "metres": metres, "at": at})
    live.publish("dispatch", "position", trip=trip.pk)
    return True


def fresh(position: Position | None, now: datetime | None = None) -> bool:
    """Whether it may be reckoned with: an old fix says where the vehicle was, not where it is."""
    limit = timedelta(minutes=settings.POSITION_STALE_MINUTES)
    return position is not None and (now or timezone.now()) - position.at < limit
