"""Stops at one place, one after the other, are one visit: one arrival, then hand-over by hand-over (小区集单)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from dispatch.models import Stop
from dispatch.trip_lifecycle import LIVE_STOP_STATES, StopState


@dataclass
class Visit:
    """Stops of one kind at one place. There is at least one."""

    number: int
    stops: list[Stop] = field(default_factory=list)

    @property
    def first(self) -> Stop:
        return self.stops[0]

    @property
    def is_pickup(self) -> bool:
        return self.first.kind == Stop.Kind.PICKUP

    @property
    def live(self) -> list[Stop]:
        return [s for s in self.stops if s.state in LIVE_STOP_STATES]

    @property
    def ids(self) -> str:
        """The stops still open, as a form sends them."""
        return ",".join(str(s.pk) for s in self.live)

    @property
    def phone(self) -> str:
        """Who opens: the gate of the compound, or the counter of the shop."""
        if self.first.meets:
            return str(self.first.meets.driver.phone)
        if self.first.pickup_point:
            return self.first.pickup_point.phone
        address = self.first.case.address
        return (address.gate_phone or (address.community.gate_phone if address.community else "")) if address else ""

    @property
    def gate_contact(self) -> str:
        address = self.first.case.address
        return (
            (address.gate_contact or (address.community.gate_contact if address.community else "")) if address else ""
        )

    @property
    def district_words(self) -> str:
        """The district alone: that much is shown of a trip before it is taken."""
        first = self.first
        address = first.case.address
        if first.district:
            return str(first.district)
        if first.pickup_point:
            return str(first.pickup_point.district)
        district = (address.community.district if address.community else address.district) if address else None
        return str(district or "?")

    @property
    def place_words(self) -> str:
        """The place as it is said: what the resident said where it is on no map."""
        address = self.first.case.address
        if self.first.meets:
            return f"{self.first.meets.vehicle}, {self.first.place}"
        if self.first.pickup_point or address is None:
            return str(self.first.pickup_point or "")
        community, street = address.community, address.street
        parts = [address.district, community or street, community.street if community else ""]
        return " ".join(str(p) for p in parts if p) or address.said

    @property
    def state(self) -> str:
        """to_come, here (arrived, something still open) or over."""
        if not self.live:
            return "over"
        return "here" if any(s.state != StopState.PLANNED for s in self.stops) else "to_come"


def of(stops: Iterable[Stop]) -> list[Visit]:
    """The visits of a trip in order; what was taken off the trip is left out."""
    shown = [s for s in sorted(stops, key=lambda s: s.sequence) if s.state != StopState.DROPPED]
    places = groupby(shown, key=_place)
    return [Visit(number, list(group)) for number, (_, group) in enumerate(places, start=1)]


def current(visits: Iterable[Visit]) -> Visit | None:
    """The first visit with something still to do."""
    return next((v for v in visits if v.state != "over"), None)


def _place(stop: Stop) -> tuple[object, ...]:
    if stop.meets_id:
        return (stop.kind, "meets", stop.meets_id, stop.place)
    if stop.pickup_point_id:
        return (stop.kind, "point", stop.pickup_point_id)
    community = stop.case.address.community_id if stop.case.address else None
    if community:
        return (stop.kind, "community", community)
    return (stop.kind, "at", round(stop.lon, 5), round(stop.lat, 5))
