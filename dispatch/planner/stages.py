"""Where the time of one plan goes, stage by stage, and how much of it is left."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

# A plan is made in this time, from the database to the saved proposal: one that comes late is about a city that has changed.
PLAN_SECONDS = 1.8
# What follows the search (timetables, reasons, saving) for each order and at least, measured in bench/planner.py.
AFTER_SECONDS, AFTER_SECONDS_PER_ORDER = 0.1, 0.00025
LEAST_SEARCH_SECONDS = 0.4


class Watch:
    """Seconds by stage since the last call of `stage`."""

    def __init__(self) -> None:
        self.begun = self.last = perf_counter()
        self.seconds: dict[str, float] = {}

    def stage(self, name: str) -> None:
        now = perf_counter()
        self.seconds[name] = round(self.seconds.get(name, 0) + now - self.last, 3)
        self.last = now

    @property
    def all_seconds(self) -> float:
        return round(perf_counter() - self.begun, 3)

    def left_to_search(self, orders: int) -> float:
        """Seconds for the search, so that the whole plan is there in time."""
        after = AFTER_SECONDS + orders * AFTER_SECONDS_PER_ORDER
        return max(LEAST_SEARCH_SECONDS, PLAN_SECONDS - (perf_counter() - self.begun) - after)


@contextmanager
def watch() -> Iterator[Watch]:
    """A watch; meanwhile the collector of cycles rests: a plan makes a hundred thousand objects, none of them in cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield Watch()
    finally:
        if was_on:
            gc.enable()
