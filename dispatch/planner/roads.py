"""The places of a problem by number, and the travel between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from dispatch import travel
from dispatch.planner.problem import TRIP_HOURS, Order, Place, Problem, Ride


class Rows(dict[int, list[int]]):
    """Rows of a matrix as lists, made when first asked for: a thousand single look-ups in an array cost more than the search."""

    def __init__(self, matrix: travel.Matrix | None = None) -> None:
        self.matrix = matrix

    def __missing__(self, row: int) -> list[int]:
        if self.matrix is None:
            raise KeyError(row)
        self[row] = self.matrix[row].tolist()
        return self[row]


@dataclass
class Roads:
    """Each distinct point once, with seconds and metres between all of them."""

    number: dict[travel.Point, int] = field(default_factory=dict)
    between: travel.Places | None = None
    seconds: Rows = field(default_factory=Rows)
    metres: Rows = field(default_factory=Rows)

    def at(self, place: Place) -> int:
        return self.number[place.point]

    def travel(self, start: Place, end: Place) -> timedelta:
        return timedelta(seconds=self.seconds[self.at(start)][self.at(end)])


def of(problem: Problem) -> Roads:
    """The roads of this problem, at the pace of the hours that a trip from now takes."""
    places: dict[travel.Point, Place] = {}
    for place in problem.places():
        places.setdefault(place.point, place)
    roads = Roads({point: n for n, point in enumerate(places)})
    if not places:
        return roads
    roads.between = travel.matrix(
        list(places),
        [place.district for place in places.values()],
        problem.conditions,
        problem.now,
        problem.now + TRIP_HOURS,
    )
    roads.seconds, roads.metres = Rows(roads.between.seconds), Rows(roads.between.metres)
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
