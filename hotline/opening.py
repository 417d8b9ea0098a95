"""When the line is answered: opening hours in the line's own time zone, and holidays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from hotline.models import Line

DAYS_AHEAD = 14


def blocks(line: Line, around: datetime, days: int = 2) -> Iterator[tuple[datetime, datetime]]:
    """The open times [from, until) that begin from the day before `around` on, in order; always open when none are set."""
    zone = ZoneInfo(line.time_zone)
    first = around.astimezone(zone).date() - timedelta(days=1)
    hours = list(line.opening_hours.all())
    holidays = set(line.holidays.filter(day__gte=first).values_list("day", flat=True))
    if not hours:
        yield datetime.combine(first, time.min, zone), datetime.combine(first + timedelta(days=days), time.min, zone)
        return
    for day in (first + timedelta(days=n) for n in range(days + 1)):
        if day in holidays:
            continue
        for block in sorted((b for b in hours if b.weekday == day.weekday()), key=lambda b: b.opens):
            overnight = timedelta(days=1 if block.closes <= block.opens else 0)
            yield datetime.combine(day, block.opens, zone), datetime.combine(day + overnight, block.closes, zone)


def is_open(line: Line, at: datetime | None = None) -> bool:
    at = at or timezone.now()
    return any(start <= at < end for start, end in blocks(line, at))


def next_open(line: Line, at: datetime | None = None) -> datetime:
    """`at` itself when the line is open then, else when it next opens; `at` when it never does within two weeks."""
    at = at or timezone.now()
    for start, end in blocks(line, at, DAYS_AHEAD):
        if at < end:
            return max(at, start)
    return at


def after_the_night(line: Line, at: datetime | None = None) -> datetime | None:
    """When the line's quiet hours end, if `at` lies in them."""
    at = at or timezone.now()
    zone = ZoneInfo(line.time_zone)
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        overnight = timedelta(days=1 if line.quiet_until < line.quiet_from else 0)
        begins, ends = (
            datetime.combine(day, line.quiet_from, zone),
            datetime.combine(day + overnight, line.quiet_until, zone),
        )
        if begins <= at < ends:
            return ends
    return None
