"""How long a drive, a check-point and a hand-over really take.

Luck is drawn by case, place and hour, so two runs that differ in the plan meet the same city.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bench.day.clock import SHANGHAI


@dataclass
class Road:
    """How long things really take, by luck that depends on place and hour only; slow borders are slow all day."""

    seed: int
    borders: dict[int, list[int]]

    def luck(self, *what: object) -> random.Random:
        return random.Random(f"{self.seed}/{'/'.join(map(str, what))}")

    def drive(self, start: tuple[Any, Any], end: tuple[Any, Any], at: datetime) -> timedelta:
        """Between (point, district) and (point, district)."""
        from dispatch import travel

        hour = at.astimezone(SHANGHAI).hour
        metres = travel.metres_between(start[0], end[0]) * travel.DETOUR
        if metres < 1:
            return timedelta(0)
        slower = self.luck("drive", start[0], end[0], hour).lognormvariate(0.05, 0.2)
        seconds = max(60.0, metres / travel.SPEEDS[hour] * slower)
        for a, b in self.crossed(start[1], end[1]):
            usual = 1200 if self.luck("border", a, b).random() < 0.15 else 260
            seconds += usual * self.luck("check-point", a, b, hour, at.minute // 20).lognormvariate(0, 0.5)
        return timedelta(seconds=round(seconds))

    def crossed(self, start: int | None, end: int | None) -> list[tuple[int, int]]:
        """The borders on the way with the fewest of them."""
        if start is None or end is None or start == end:
            return []
        came: dict[int, int] = {start: start}
        waiting = [start]
        while waiting and end not in came:
            here = waiting.pop(0)
            for there in self.borders.get(here, ()):
                if there not in came:
                    came[there] = here
                    waiting.append(there)
        way = []
        while end in came and end != start:
            way.append((came[end], end))
            end = came[end]
        return way[::-1]

    def standing(self, seconds: int, *what: object) -> timedelta:
        return timedelta(seconds=round(seconds * self.luck("standing", *what).lognormvariate(0, 0.25)))
