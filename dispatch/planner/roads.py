"""The places of a problem by number, and the travel between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from dispatch import travel
from dispatch.planner.problem import Order, Place, Problem, Ride

MIDDLE_OF_A_RIDE = timedelta(hours=2)


@dataclass
class Roads:
    """Each distinct point once, with seconds and metres between all of them."""

    number: dict[travel.Point, int] = field(default_factory=dict)
    between: travel.Places | None = None
    # the same as lists: a thousand single look-ups in an array cost more than the solver's search
    seconds: list[list[int]] = field(default_factory=list)
    metres: list[list[int]] = field(default_factory=list)

    def at(self, place: Place) -> int:
        return self.number[place.point]

    def travel(self, start: Place, end: Place) -> timedelta:
        return timedelta(seconds=self.seconds[self.at(start)][self.at(end)])


def of(problem: Problem) -> Roads:
    """The roads of this problem, at the speed of the hours ahead."""
    places: dict[travel.Point, Place] = {}
    for ride in problem.rides:
        places.setdefault(ride.start.point, ride.start)
    for order in problem.orders:
        places.setdefault(order.pickup.point, order.pickup)
        places.setdefault(order.delivery.point, order.delivery)
    roads = Roads({point: n for n, point in enumerate(places)})
    if not places:
        return roads
    roads.between = travel.matrix(
        list(places),
        [place.district for place in places.values()],
        problem.hops,
        problem.now + MIDDLE_OF_A_RIDE,
    )
    roads.seconds, roads.metres = roads.between.seconds.tolist(), roads.between.metres.tolist()
    return roads


def can_take(ride: Ride, order: Order) -> bool:
    """Fleet, passes and capacity fit, whatever the time, and no dispatcher has pinned it to another vehicle."""
    return (
        order.only in (None, ride.vehicle)
        and order.category in ride.categories
        and order.pickup.district in ride.districts
        and order.delivery.district in ride.districts
        and all(asked <= room for asked, room in zip(order.amount, ride.capacity, strict=True))
    )
