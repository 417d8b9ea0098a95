"""How many open cases there are, in every way in which the queue review and the wall count them: one reading of one index.

Tens of thousands are open and hundreds of thousands are not. The index case_open_counted holds all that is counted, so a
reading takes some ten milliseconds and touches no case. Pages share it for a few seconds (cases.board.lately).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from cases import ages
from cases.board import lately

SHARED = "open-cases"
FRESH_SECONDS = 10
LONG_HOLD = timedelta(days=2)
# Upper ends of the ages in which the wall counts; the last has none.
AGES = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24), timedelta(days=3))

# Of each level and age by itself, a stretch of the index case_open_counted (its condition is written as the index has it):
# nothing is grouped, and no case is read.
COUNT = """
    select levels.level, ages.age, counted.*
    from generate_series(1, 5) levels (level),
        (values (0, %(age0)s::timestamptz, 'infinity'::timestamptz), (1, %(age1)s, %(age0)s), (2, %(age2)s, %(age1)s),
            (3, %(age3)s, %(age2)s), (4, '-infinity', %(age3)s)) ages (age, after, until),
        lateral (
            select count(*) as every,
                count(*) filter (where owner = 'queue') as waiting,
                count(*) filter (where owner = 'queue' and due_at < %(now)s) as late,
                count(*) filter (where owner = 'queue' and next_step = 'review') as review,
                count(*) filter (where state = 'on_hold') as held,
                count(*) filter (where state = 'on_hold' and held_until > %(long)s) as long_hold,
                count(*) filter (where owner = 'agent') as agents,
                count(unconfirmed_since) as unconfirmed,
                count(*) filter (where next_step = 'referral') as referred,
                count(*) filter (where state = 'ready') as ready,
                count(*) filter (where due_at < %(now)s) as past,
                min(created_at) as oldest
            from cases_case
            where not (state in ('closed', 'cancelled', 'duplicate', 'unmet')) and cases_case.level = levels.level
                and created_at > ages.after and created_at <= ages.until
        ) counted
    where counted.every > 0
"""
VIEWS = ("waiting", "late", "review", "held", "agents", "unconfirmed", "referred", "ready")
# Over the index case_next_to_claim.
WAITING = """
    select category_id, district_id, count(*) from cases_case where owner = 'queue' group by 1, 2
"""


@dataclass
class OpenCases:
    """The figures as they were at `at`. `waiting` of a level, category or district is how many of it are in the queue."""

    at: datetime
    views: Counter[str] = field(default_factory=Counter)
    long_hold: int = 0
    waiting_of_level: Counter[int] = field(default_factory=Counter)
    waiting_of_category: Counter[int | None] = field(default_factory=Counter)
    waiting_of_district: Counter[int | None] = field(default_factory=Counter)
    of_level: Counter[int] = field(default_factory=Counter)
    past_of_level: Counter[int] = field(default_factory=Counter)
    oldest_of_level: dict[int, datetime] = field(default_factory=dict)
    by_age: Counter[tuple[int, int]] = field(default_factory=Counter)  # of a level and an age, by its place in AGES


def lately_counted() -> OpenCases:
    """At most ten seconds old: everybody's page asks one query."""
    return lately.of(SHARED, FRESH_SECONDS, read)


def renew() -> None:
    """Counts them before a page has to."""
    lately.of(SHARED, FRESH_SECONDS - 4, read)


def forget() -> None:
    """Somebody changed many at once and wants to see it."""
    lately.forget(SHARED)


def read(now: datetime | None = None) -> OpenCases:
    """Counts them now."""
    now = now or timezone.now()
    found = OpenCases(now)
    wanted: dict[str, Any] = {"now": now, "long": now + LONG_HOLD}
    wanted |= {f"age{n}": now - age for n, age in enumerate(AGES)}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, wanted)
        names = [column.name for column in cursor.description or []]
        for values in cursor.fetchall():
            _add(found, dict(zip(names, values, strict=True)))
        cursor.execute(WAITING)
        for category, district, waiting in cursor.fetchall():
            found.waiting_of_category[category] += waiting
            found.waiting_of_district[district] += waiting
    found.views["too_long"] = ages.count_too_long(now)
    return found


def _add(found: OpenCases, row: dict[str, Any]) -> None:
    """The figures of one level and age."""
    level, every, oldest = row["level"], row["every"], row["oldest"]
    for name in VIEWS:
        found.views[name] += row[name]
    found.long_hold += row["long_hold"]
    found.by_age[level, row["age"]] = every
    found.of_level[level] += every
    found.waiting_of_level[level] += row["waiting"]
    found.past_of_level[level] += row["past"]
    found.oldest_of_level[level] = min(oldest, found.oldest_of_level.get(level, oldest))
