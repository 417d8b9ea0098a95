"""Figures that many look at and that may be a few seconds old: made by one at a time, kept for all.

    counts = lately.of("open-cases-by-age", seconds=10, make=open_cases.read_by_age)

Who finds them too old makes them anew, unless somebody is at it: then what is there is good enough. While somebody looks,
beat makes them before they are too old (`renew`), so that a page seldom has to.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache

Figures = TypeVar("Figures")

KEPT_SECONDS = 60  # longer than anybody should need; older than that is nothing
WATCHED_SECONDS = 45
MAKING_SECONDS = 5


def of(name: str, seconds: float, make: Callable[[], Figures]) -> Figures:
    """The figures, at most `seconds` old unless somebody is just making them."""
    key = f"lately:{name}"
    kept: tuple[float, Figures] | None = cache.get(key)
    if kept is not None and time.time() - kept[0] < seconds:
        return kept[1]
    if kept is not None and not cache.add(f"{key}:making", 1, MAKING_SECONDS):
        return kept[1]
    return _make(key, make)


def renew(name: str, make: Callable[[], Any]) -> None:
    """Makes them anew whatever their age."""
    _make(f"lately:{name}", make)


def forget(*names: str) -> None:
    """Something has changed that who changed it wants to see at once."""
    cache.delete_many([f"lately:{name}" for name in names])


def look(what: str) -> None:
    """Somebody has this page open."""
    cache.set(f"lately:watched:{what}", 1, WATCHED_SECONDS)


def is_watched(what: str) -> bool:
    return bool(cache.get(f"lately:watched:{what}"))


def _make(key: str, make: Callable[[], Figures]) -> Figures:
    found = make()
    cache.set(key, (time.time(), found), KEPT_SECONDS)
    cache.delete(f"{key}:making")
    return found
