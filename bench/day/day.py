"""The events of the day, and what everybody shares."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bench.day.clock import BEGINS, Clock
from bench.day.road import Road


@dataclass
class Day:
    """The events still to come, and what people do when theirs comes."""

    policy: str
    requests: int
    vehicles: int
    hours: float
    clock: Clock
    every: timedelta
    seed: int = 1
    now: datetime = BEGINS
    waiting: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    plan_seconds: list[float] = field(default_factory=list)
    meals: set[tuple[int, str]] = field(default_factory=set)
    accepting: bool = True
    line: Any = None
    road: Road = field(default_factory=lambda: Road(1, {}))
    board: Any = None  # the dispatcher's browser
    phone: Any = None

    def at(self, when: datetime, do: Callable[[], None]) -> None:
        self.counted["events"] += 1
        heapq.heappush(self.waiting, (max(when, self.now), self.counted["events"], do))
