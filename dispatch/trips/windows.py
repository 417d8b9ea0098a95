"""The window told to a resident around the expected time, on quarter hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# Wide enough that two of three windows hold with check-points as they are; narrow enough to wait for.
BEFORE = timedelta(minutes=20)
AFTER = timedelta(minutes=70)
QUARTER = timedelta(minutes=15)


def around(eta: datetime) -> tuple[datetime, datetime]:
    """[from, until) for this expected time."""
    return _down(eta - BEFORE), _up(eta + AFTER)


def _down(at: datetime) -> datetime:
    return at - (at - datetime(2000, 1, 1, tzinfo=UTC)) % QUARTER


def _up(at: datetime) -> datetime:
    down = _down(at)
    return down if down == at else down + QUARTER
