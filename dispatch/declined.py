"""What a declined trip means for plans: who cannot drive now, and which proposal is the declined trip made anew."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone

from dispatch.models import Driver, TripOffer
from dispatch.offer_lifecycle import OfferState

# These are about the driver or the vehicle, not about the trip: whoever says so is not planned for a while.
ABOUT_THE_DRIVER = (TripOffer.Why.VEHICLE, TripOffer.Why.UNWELL, TripOffer.Why.PAPERS)
NOT_PLANNED_FOR = timedelta(hours=2)
THE_SAME_TRIP_FOR = timedelta(hours=12)
LOOKED_AT = 5


def not_planned(drivers: Collection[int], now: datetime) -> set[int]:
    """Who said a short while ago that they or their vehicle cannot drive, and has accepted nothing since."""
    said = TripOffer.objects.filter(driver__in=drivers, answered_at__gte=now - NOT_PLANNED_FOR)
    latest = {row.driver_id: row for row in said.order_by("answered_at")}
    return {pk for pk, row in latest.items() if row.state == OfferState.DECLINED and row.why in ABOUT_THE_DRIVER}


def before(driver: Driver, cases: Collection[int]) -> TripOffer | None:
    """The offer by which this driver declined a trip with most of these cases lately: it is the same trip made anew."""
    since = timezone.now() - THE_SAME_TRIP_FOR
    rows = TripOffer.objects.filter(driver=driver, state=OfferState.DECLINED, answered_at__gte=since)
    for row in rows.select_related("trip").order_by("-answered_at")[:LOOKED_AT]:
        same = row.trip.stops.filter(case__in=cases).values("case").distinct().count()
        if 2 * same > len(cases):
            return row
    return None
