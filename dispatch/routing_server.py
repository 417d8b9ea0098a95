"""A routing server of the city (OSRM or Valhalla), asked for the table of times and lengths between places.

Set by ROUTING_SERVER_URL and ROUTING_SERVER_KIND; nothing here is needed without them. What was asked once is kept by the
process, so a new plan asks only for places that came new. An answer that is late, short or odd is no answer: the planner then
reckons with great circles and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from time import monotonic
from typing import Any

import httpx
import numpy as np
from django.conf import settings
from numpy.typing import NDArray

Point = tuple[float, float]
Block = tuple[NDArray[np.float64], NDArray[np.float64]]
# OSRM refuses more than 100 places in one table unless told otherwise, Valhalla more than 2,500 pairs.
MOST_PLACES = {"osrm": 50, "valhalla": 50}
AT_ONCE = 8
KEPT = 4000  # places; then the process begins anew
UNREACHABLE_SECONDS = 12 * 3600.0  # no road leads there: never chosen, and no infinity in a matrix of whole numbers


class NoAnswer(Exception):
    """The server is away, too slow, or says something that is no table."""


class _Known:
    """The table of all places asked about so far."""

    def __init__(self) -> None:
        self.number: dict[Point, int] = {}
        self.seconds = np.zeros((0, 0))
        self.metres = np.zeros((0, 0))
        self.asked = ""  # of which server


_known = _Known()
_lock = Lock()


def is_set() -> bool:
    return bool(settings.ROUTING_SERVER_URL)


def table(points: Sequence[Point]) -> Block:
    """Seconds and metres of driving between all points; raises NoAnswer."""
    with _lock:
        _begin_anew_if_needed(points)
        fresh = [point for point in dict.fromkeys(points) if point not in _known.number]
        if fresh:
            _learn(fresh)
        at = np.array([_known.number[point] for point in points], dtype=np.intp)
        return _known.seconds[np.ix_(at, at)], _known.metres[np.ix_(at, at)]


def _begin_anew_if_needed(points: Sequence[Point]) -> None:
    server = f"{settings.ROUTING_SERVER_KIND} {settings.ROUTING_SERVER_URL}"
    if _known.asked != server or len(_known.number) + len(points) > KEPT:
        _known.__init__()  # type: ignore[misc]
        _known.asked = server


def _learn(fresh: list[Point]) -> None:
    """Asks from the new places to all and from all others to the new ones, and keeps the whole or nothing."""
    before = list(_known.number)
    every = before + fresh
    seconds, metres = (np.zeros((len(every), len(every))) for _ in "12")
    seconds[: len(before), : len(before)], metres[: len(before), : len(before)] = _known.seconds, _known.metres
    place = {point: n for n, point in enumerate(every)}
    deadline = monotonic() + settings.ROUTING_SERVER_SECONDS
    with (
        httpx.Client(base_url=settings.ROUTING_SERVER_URL.rstrip("/") + "/") as client,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        blocks = [*_blocks(fresh, every), *_blocks(before, fresh)]
        asked = [(starts, ends, pool.submit(_ask, client, starts, ends, deadline)) for starts, ends in blocks]
        for starts, ends, answer in asked:
            where = np.ix_([place[p] for p in starts], [place[p] for p in ends])
            try:
                seconds[where], metres[where] = answer.result()
            except NoAnswer:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    _known.number, _known.seconds, _known.metres = place, seconds, metres


def _blocks(starts: list[Point], ends: list[Point]) -> Iterator[tuple[list[Point], list[Point]]]:
    most = MOST_PLACES[settings.ROUTING_SERVER_KIND]
    for n in range(0, len(starts), most):
        for m in range(0, len(ends), most):
            yield starts[n : n + most], ends[m : m + most]


def _ask(client: httpx.Client, starts: list[Point], ends: list[Point], deadline: float) -> Block:
    left = deadline - monotonic()
    if left <= 0:
        raise NoAnswer("the routing server is too slow")
    try:
        answer = ASKED[settings.ROUTING_SERVER_KIND](client, starts, ends, left)
        answer.raise_for_status()
        block = READ[settings.ROUTING_SERVER_KIND](answer.json())
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as wrong:
        raise NoAnswer(f"{type(wrong).__name__}: {wrong}"[:200]) from wrong
    if any(part.shape != (len(starts), len(ends)) for part in block):
        raise NoAnswer("the routing server answered with a table of another size")
    return block


def _ask_osrm(client: httpx.Client, starts: list[Point], ends: list[Point], left: float) -> httpx.Response:
    every = ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in [*starts, *ends])
    wanted = {
        "sources": ";".join(str(n) for n in range(len(starts))),
        "destinations": ";".join(str(n) for n in range(len(starts), len(starts) + len(ends))),
        "annotations": "duration,distance",
    }
    return client.get(f"table/v1/driving/{every}", params=wanted, timeout=left)


def _read_osrm(said: Any) -> Block:
    return _numbers(said["durations"], UNREACHABLE_SECONDS), _numbers(said["distances"], 0.0)


def _ask_valhalla(client: httpx.Client, starts: list[Point], ends: list[Point], left: float) -> httpx.Response:
    sources, targets = ([{"lon": lon, "lat": lat} for lon, lat in places] for places in (starts, ends))
    asked = {"sources": sources, "targets": targets, "costing": "auto", "units": "kilometers"}
    return client.post("sources_to_targets", json=asked, timeout=left)


def _read_valhalla(said: Any) -> Block:
    rows = said["sources_to_targets"]
    seconds = _numbers([[cell["time"] for cell in row] for row in rows], UNREACHABLE_SECONDS)
    return seconds, 1000 * _numbers([[cell["distance"] for cell in row] for row in rows], 0.0)


def _numbers(rows: list[list[float | None]], where_none: float) -> NDArray[np.float64]:
    return np.array([[where_none if cell is None else float(cell) for cell in row] for row in rows])


ASKED = {"osrm": _ask_osrm, "valhalla": _ask_valhalla}
READ = {"osrm": _read_osrm, "valhalla": _read_valhalla}
