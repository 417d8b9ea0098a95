"""How long and how far it is from one place to another: great circles with the detours and speeds of a closed city.

No routing server is needed; where one is set (dispatch.routing_server) its table takes the place of the great circles, and what
the city adds, the check-points between districts, comes on top. Speeds and delays are those that finished trips have taught
(dispatch.learning), else those stated here with their ground. Points are (lon, lat), times seconds, lengths metres.
"""

from __future__ import annotations

import heapq
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from cases.models import District
from dispatch import routing_server

log = logging.getLogger(__name__)
Point = tuple[float, float]
Matrix = NDArray[np.uint32]

EARTH_METRES = 6_371_008.8
# Streets are longer than the crow flies: 1.3 to 1.4 in Chinese cities of this size; the upper half, as many gates were shut.
DETOUR = 1.35
# Metres a second on empty streets: about 31 km/h by day (check-points inside a district included), 38 km/h at night.
DAY_SPEED = 8.6
NIGHT_SPEED = 10.5
NIGHT_HOURS = frozenset({22, 23, 0, 1, 2, 3, 4, 5})
SPEEDS = tuple(NIGHT_SPEED if hour in NIGHT_HOURS else DAY_SPEED for hour in range(24))
# Papers are shown again on each line between two districts.
CHECKPOINT_SECONDS = 300
# Standing: finding the place and its gate once, then each bag or hand-over at it.
PICKUP_SETUP_SECONDS = 420
PICKUP_SECONDS = 60
GATE_SETUP_SECONDS = 360
HANDOVER_SECONDS = 150
# Nobody is in two places at once, not even next door: parking, the stairs of the store, the gate's book.
SHORTEST_SECONDS = 60


class Source(StrEnum):
    """Where times and lengths come from."""

    GREAT_CIRCLE = "great_circle"
    SERVER = "server"
    FELL_BACK = "fell_back"  # a routing server is set and did not answer


@dataclass(frozen=True)
class Places:
    """Distinct points with the district of each, and the matrices between them."""

    seconds: Matrix
    metres: Matrix
    source: Source = Source.GREAT_CIRCLE


@dataclass(frozen=True)
class Conditions:
    """How one drives in this city: which districts touch (by id), speeds by hour, and seconds at a border by hour."""

    neighbours: Mapping[int, Sequence[int]] = field(default_factory=dict)
    speeds: Sequence[float] = SPEEDS
    delays: Mapping[tuple[int, int], Sequence[float]] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def pace(self, hours: Sequence[int]) -> float:
        """Seconds a metre, over these hours of the day."""
        return sum(1 / self.speeds[hour] for hour in hours) / len(hours)

    def delay(self, start: int, end: int, hours: Sequence[int]) -> float:
        """Seconds at the border of two neighbours, over these hours of the day."""
        known = self.delays.get((start, end))
        return sum(known[hour] for hour in hours) / len(hours) if known else CHECKPOINT_SECONDS

    def hours(self, at: datetime, until: datetime | None = None) -> list[int]:
        """The hours of the day from one time to another."""
        last = max(until or at, at)
        count = min(24, 1 + int((last - at) / timedelta(hours=1)))
        return [(at.astimezone(self.zone) + timedelta(hours=n)).hour for n in range(count)]

    def checkpoints(self, hours: Sequence[int]) -> dict[int, dict[int, float]]:
        """Seconds at check-points from each district to each other, by the way that loses least."""
        return {start: self._from(start, hours) for start in self.neighbours}

    def _from(self, start: int, hours: Sequence[int]) -> dict[int, float]:
        found: dict[int, float] = {}
        waiting = [(0.0, start)]
        while waiting:
            seconds, here = heapq.heappop(waiting)
            if here in found:
                continue
            found[here] = seconds
            for there in self.neighbours.get(here, ()):
                if there not in found:
                    heapq.heappush(waiting, (seconds + self.delay(here, there, hours), there))
        return found


def neighbours(districts: Iterable[District] | None = None) -> dict[int, list[int]]:
    """Which districts touch, by id."""
    known = District.objects.prefetch_related("borders") if districts is None else districts
    return {d.pk: [n.pk for n in d.borders.all()] for d in known}


def matrix(
    points: Sequence[Point],
    districts: Sequence[int | None],
    conditions: Conditions,
    at: datetime,
    until: datetime | None = None,
) -> Places:
    """Travel between all points, at the pace of the hours from `at` to `until`. `districts` gives each point's district id."""
    hours = conditions.hours(at, until)
    seconds, metres, source = _roads(points, conditions.pace(hours))
    seconds = seconds + _checkpoints(districts, conditions.checkpoints(hours))
    seconds = np.where(metres > 1, np.maximum(seconds, SHORTEST_SECONDS), 0)
    return Places(np.rint(seconds).astype(np.uint32), np.rint(metres).astype(np.uint32), source)


def _roads(points: Sequence[Point], pace: float) -> tuple[NDArray[np.float64], NDArray[np.float64], Source]:
    """Driving seconds and metres, by the routing server where one is set and answers."""
    source = Source.GREAT_CIRCLE
    if routing_server.is_set() and len(points) > 1:
        try:
            seconds, metres = routing_server.table(points)
        except routing_server.NoAnswer as why:
            log.warning("times are reckoned from great circles: %s", why)
            source = Source.FELL_BACK
        else:
            return seconds, metres, Source.SERVER
    metres = distances(points) * DETOUR
    return metres * pace, metres, source


def distances(points: Sequence[Point]) -> NDArray[np.float64]:
    """Great-circle metres between all points."""
    lon, lat = np.radians(np.asarray(points, dtype=np.float64).reshape(-1, 2)).T
    half = (
        np.sin((lat[:, None] - lat) / 2) ** 2
        + np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    )
    return 2 * EARTH_METRES * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def metres_between(a: Point, b: Point) -> float:
    return float(distances([a, b])[0, 1])


def _checkpoints(districts: Sequence[int | None], between: Mapping[int, Mapping[int, float]]) -> NDArray[np.float64]:
    """Seconds at check-points between all points: looked up per pair of districts, then spread over the points."""
    known = sorted({d for d in districts if d is not None})
    place = {d: n for n, d in enumerate(known)}
    table = np.zeros((len(known) + 1, len(known) + 1))  # the last row and column: district not known
    for a in known:
        for b in known:
            table[place[a], place[b]] = between.get(a, {}).get(b, 0)
    at = np.array([place[d] if d is not None else len(known) for d in districts], dtype=np.intp)
    return table[at[:, None], at[None, :]] if len(at) else np.zeros((0, 0))
