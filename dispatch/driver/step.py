"""Where a driver is on the trip: what is to be done next, the same for the page and for the driver who works by text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dispatch.driver import visits
from dispatch.driver.visits import Visit
from dispatch.models import Trip, TripOffer
from dispatch.offer_lifecycle import OfferState
from dispatch.trip_lifecycle import TripState


class Do(StrEnum):
    """What the driver does next."""

    ANSWER = "answer"  # take the trip or not
    DECLINED = "declined"
    START = "start"
    DRIVE = "drive"  # to the visit
    COLLECT = "collect"
    HAND_OVER = "hand_over"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Step:
    """`visit` is where they go or stand, None when there is none."""

    do: Do
    visit: Visit | None = None
    visits: int = 0

    @property
    def mark(self) -> str:
        """The same as long as nothing has changed for the driver."""
        if self.visit is None:
            return str(self.do)
        return f"{self.do}:{','.join(str(stop.pk) for stop in self.visit.live)}"


def of(trip: Trip) -> Step:
    """The step of this trip now."""
    stops = trip.stops.select_related(
        "case__person",
        "case__address__district",
        "case__address__community",
        "pickup_point__district",
        "district",
        "meets__vehicle",
        "meets__driver",
    ).prefetch_related("case__needs")
    all_visits = visits.of(stops)
    here = visits.current(all_visits)
    return Step(_do(trip, here), here, len(all_visits))


def _do(trip: Trip, here: Visit | None) -> Do:
    if here is None or trip.state not in (TripState.RELEASED, TripState.UNDER_WAY):
        return Do.NOTHING
    if trip.state == TripState.RELEASED:
        offer = TripOffer.objects.filter(trip=trip, driver=trip.driver_id).values_list("state", flat=True).first()
        if offer == OfferState.DECLINED:
            return Do.DECLINED
        return Do.START if offer in (None, OfferState.ACCEPTED) else Do.ANSWER
    if here.state == "to_come":
        return Do.DRIVE
    return Do.COLLECT if here.is_pickup else Do.HAND_OVER
