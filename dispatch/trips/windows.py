"""The window told to a resident around the expected time, on quarter hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cases import status
from dispatch.models import Stop

# Wide enough that two of three windows hold with check-points as they are; narrow enough to wait for.
BEFORE = timedelta(minutes=20)
AFTER = timedelta(minutes=70)
QUARTER = timedelta(minutes=15)


def around(eta: datetime) -> tuple[datetime, datetime]:
    """[from, until) for this expected time."""
    return _down(eta - BEFORE), _up(eta + AFTER)


def told(stop: Stop) -> str:
    """The stop's window in the words and language of its case; "" for one that has none."""
    if stop.window_from is None or stop.window_until is None:
        return ""
    return status.window(stop.window_from, stop.window_until, stop.case, stop.case.language)


def _down(at: datetime) -> datetime:
    return at - (at - datetime(2000, 1, 1, tzinfo=UTC)) % QUARTER


def _up(at: datetime) -> datetime:
    down = _down(at)
    return down if down == at else down + QUARTER
