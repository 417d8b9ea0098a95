"""What a dispatcher should know of the drivers besides their stops: alarms, offers, hours, tests sent in, where they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from dispatch import hours
from dispatch.models import Driver, DriverAct, DriverAlarm, Position, Shift, TestCertificate, Trip, TripOffer
from dispatch.offer_lifecycle import OfferState
from dispatch.trip_lifecycle import TripState
from hotline.models import Line

SKIPPED_SHOWN = timedelta(hours=2)
MOST_SHOWN = 30


@dataclass
class Crew:
    """One look, in a fixed number of queries."""

    now: datetime
    alarms: list[DriverAlarm] = field(default_factory=list)
    offers: dict[int, list[TripOffer]] = field(default_factory=lambda: defaultdict(list))  # by trip, newest last
    worked: dict[int, hours.Worked] = field(default_factory=dict)
    sent_tests: list[TestCertificate] = field(default_factory=list)
    skipped: list[DriverAct] = field(default_factory=list)
    positions: dict[int, Position] = field(default_factory=dict)

    def offer_of(self, trip: Trip) -> TripOffer | None:
        """The offer to the driver whom the trip has now."""
        return next((row for row in self.offers.get(trip.pk, ()) if row.driver_id == trip.driver_id), None)

    def declined(self, trip: Trip) -> list[TripOffer]:
        return [row for row in self.offers.get(trip.pk, ()) if row.state == OfferState.DECLINED]


def read(line: Line, trips: Collection[Trip], now: datetime | None = None) -> Crew:
    """For these live trips of the line."""
    now = now or timezone.now()
    ids = [trip.pk for trip in trips]
    crew = Crew(now, worked=hours.of({trip.driver_id for trip in trips}, now))
    open_ones = DriverAlarm.objects.filter(trip__line=line, seen_at=None).select_related(
        "trip__vehicle", "trip__driver"
    )
    crew.alarms = list(open_ones.order_by("-kind", "raised_at")[:MOST_SHOWN])
    for offer in TripOffer.objects.filter(trip__in=ids).select_related("driver").order_by("id"):
        crew.offers[offer.trip_id].append(offer)
    waiting = TestCertificate.objects.filter(driver__line=line, waits_for_check=True).select_related("driver")
    crew.sent_tests = list(waiting.order_by("id")[:MOST_SHOWN])
    skipped = DriverAct.objects.filter(
        trip__in=ids, what=DriverAct.What.SKIP, accepted=True, received_at__gt=now - SKIPPED_SHOWN
    )
    crew.skipped = list(skipped.select_related("trip__vehicle").order_by("id")[:MOST_SHOWN])
    crew.positions = {row.trip_id: row for row in Position.objects.filter(trip__in=ids)}
    return crew


def could_drive(
    trip: Trip, shifts: Collection[Shift], trips: Collection[Trip], declined: Collection[TripOffer]
) -> list[Driver]:
    """Who could be asked instead: on duty at that time, on no other trip then, and has not declined this one."""
    if trip.state not in (TripState.PLANNED, TripState.RELEASED):
        return []
    at = trip.period
    busy = {t.driver_id for t in trips if t.period.lower < at.upper and at.lower < t.period.upper}
    said_no = {row.driver_id for row in declined}
    found = {s.driver_id: s.driver for s in shifts if s.starts_at < at.upper and at.lower < s.ends_at}
    return sorted((d for pk, d in found.items() if pk not in busy and pk not in said_no), key=lambda d: d.name)
