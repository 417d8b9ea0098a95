"""One line on top of the board."""

from __future__ import annotations

from dataclasses import dataclass

from dispatch.models import Trip


@dataclass(frozen=True)
class Trouble:
    """`grave` ones are red; `trip` leads to its card."""

    words: str
    grave: bool
    trip: Trip | None = None
