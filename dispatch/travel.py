"""How long and how far it is from one place to another: great circles with the detours and speeds of a closed city.

No routing server is needed. Figures are stated here with their ground; points are (lon, lat), times seconds, lengths metres.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from cases.models import District

Point = tuple[float, float]
Matrix = NDArray[np.uint32]

EARTH_METRES = 6_371_008.8
# Streets are longer than the crow flies: 1.3 to 1.4 in Chinese cities of this size; the upper half, as many gates were shut.
DETOUR = 1.35
# Metres a second on empty streets: about 31 km/h by day (check-points inside a district included), 38 km/h at night.
DAY_SPEED = 8.6
NIGHT_SPEED = 10.5
NIGHT_HOURS = frozenset({22, 23, 0, 1, 2, 3, 4, 5})
# Papers are shown again on each line between two districts.
CHECKPOINT_SECONDS = 300
# Standing: finding the place and its gate once, then each bag or hand-over at it.
PICKUP_SETUP_SECONDS = 420
PICKUP_SECONDS = 60
GATE_SETUP_SECONDS = 360
HANDOVER_SECONDS = 150
# Nobody is in two places at once, not even next door: parking, the stairs of the store, the gate's book.
SHORTEST_SECONDS = 60


@dataclass(frozen=True)
class Places:
    """Distinct points with the district of each, and the matrices between them."""

    seconds: Matrix
    metres: Matrix


def matrix(
    points: Sequence[Point], districts: Sequence[int | None], hops: dict[int, dict[int, int]], at: datetime
) -> Places:
    """Travel between all points. `districts` gives each point's district id; `hops` comes from `border_hops`."""
    metres = distances(points) * DETOUR
    seconds = metres / speed(at) + _checkpoints(districts, hops)
    seconds = np.where(metres > 1, np.maximum(seconds, SHORTEST_SECONDS), 0)
    return Places(np.rint(seconds).astype(np.uint32), np.rint(metres).astype(np.uint32))


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


def speed(at: datetime) -> float:
    """Metres a second at this hour of Shanghai."""
    return NIGHT_SPEED if at.astimezone(ZoneInfo("Asia/Shanghai")).hour in NIGHT_HOURS else DAY_SPEED


def border_hops(districts: Iterable[District]) -> dict[int, dict[int, int]]:
    """How many district lines lie between two districts, by id."""
    neighbours = {d.pk: [n.pk for n in d.borders.all()] for d in districts}
    return {start: _hops_from(start, neighbours) for start in neighbours}


def all_border_hops() -> dict[int, dict[int, int]]:
    return border_hops(District.objects.prefetch_related("borders"))


def _hops_from(start: int, neighbours: dict[int, list[int]]) -> dict[int, int]:
    hops, waiting = {start: 0}, deque([start])
    while waiting:
        here = waiting.popleft()
        for there in neighbours.get(here, ()):
            if there not in hops:
                hops[there] = hops[here] + 1
                waiting.append(there)
    return hops


def _checkpoints(districts: Sequence[int | None], hops: dict[int, dict[int, int]]) -> NDArray[np.float64]:
    """Seconds at check-points between all points: looked up per pair of districts, then spread over the points."""
    known = sorted({d for d in districts if d is not None})
    place = {d: n for n, d in enumerate(known)}
    table = np.zeros((len(known) + 1, len(known) + 1))  # the last row and column: district not known
    for a in known:
        for b in known:
            table[place[a], place[b]] = hops.get(a, {}).get(b, 0) * CHECKPOINT_SECONDS
    at = np.array([place[d] if d is not None else len(known) for d in districts], dtype=np.intp)
    return table[at[:, None], at[None, :]] if len(at) else np.zeros((0, 0))
