"""When the line is answered: opening hours in the line's own time zone, and holidays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from hotline.models import Line, WeeklyBlock

DAYS_AHEAD = 14


def blocks(line: Line, around: datetime, days: int = 2) -> Iterator[tuple[datetime, datetime]]:
    """The open times [from, until) that begin from the day before `around` on, in order; always open when none are set."""
    zone = ZoneInfo(line.time_zone)
    first = around.astimezone(zone).date() - timedelta(days=1)
    hours = list(line.opening_hours.all())
    holidays = {holiday.day: holiday for holiday in line.holidays.filter(day__gte=first)}
    if not hours and not holidays:
        yield datetime.combine(first, time.min, zone), datetime.combine(first + timedelta(days=days), time.min, zone)
        return
    for day in (first + timedelta(days=n) for n in range(days + 1)):
        holiday = holidays.get(day)
        if holiday is None:
            yield from _of_day(hours, day, zone) if hours else [_span(day, time.min, time.min, zone)]
        elif holiday.opens is not None and holiday.closes is not None:
            yield _span(day, holiday.opens, holiday.closes, zone)


def calling_blocks(line: Line, around: datetime, days: int) -> list[tuple[datetime, datetime]] | None:
    """The same of the times in which people may be rung up; None when the line has no calling hours of its own."""
    zone = ZoneInfo(line.time_zone)
    first = around.astimezone(zone).date() - timedelta(days=1)
    hours = list(line.calling_hours.all()) if line.pk else []
    if not hours:
        return None
    quiet = quiet_days(line, first)
    wanted = (first + timedelta(days=n) for n in range(days + 1))
    return [span for day in wanted if day not in quiet for span in _of_day(hours, day, zone)]


def quiet_days(line: Line, since: date) -> set[date]:
    """Days on which nobody is rung up."""
    if line.pk is None:  # not kept yet: it has no calendar
        return set()
    return set(line.holidays.filter(day__gte=since, no_calls=True).values_list("day", flat=True))


def _of_day(hours: Sequence[WeeklyBlock], day: date, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    for block in sorted((b for b in hours if b.weekday == day.weekday()), key=lambda b: b.opens):
        yield _span(day, block.opens, block.closes, zone)


def _span(day: date, opens: time, closes: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """What closes no later than it opens ends on the next day."""
    overnight = timedelta(days=1 if closes <= opens else 0)
    return datetime.combine(day, opens, zone), datetime.combine(day + overnight, closes, zone)


def overlaps(found: Iterable[WeeklyBlock]) -> list[tuple[WeeklyBlock, WeeklyBlock]]:
    """Blocks of a week that overlap, over midnight and from Sunday into Monday too."""
    week = timedelta(days=7)
    spans = []
    for block in found:
        begins = timedelta(days=block.weekday, hours=block.opens.hour, minutes=block.opens.minute)
        ends = timedelta(days=block.weekday, hours=block.closes.hour, minutes=block.closes.minute)
        spans.append((begins, ends + timedelta(days=1 if block.closes <= block.opens else 0), block))
    spans.sort(key=lambda span: (span[0], span[1]))
    pairs = [(a, b) for i, a in enumerate(spans) for b in spans[i + 1 :] if b[0] < a[1]]
    pairs += [(a, b) for a in spans for b in spans if a is not b and b[0] + week < a[1]]
    return [(a[2], b[2]) for a, b in pairs]


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
