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

# The condition is written as the index has it; each reading counts no more than it is for.
TOTALS = """
    select
        count(*) filter (where owner = 'queue') as waiting,
        count(*) filter (where owner = 'queue' and due_at < %(now)s) as late,
        count(*) filter (where owner = 'queue' and next_step = 'review') as review,
        count(*) filter (where state = 'on_hold') as held,
        count(*) filter (where state = 'on_hold' and held_until > %(long)s) as long_hold,
        count(*) filter (where owner = 'agent') as agents,
        count(unconfirmed_since) as unconfirmed,
        count(*) filter (where next_step = 'referral') as referred,
        count(*) filter (where state = 'ready') as ready
    from cases_case where not (state in ('closed', 'cancelled', 'duplicate', 'unmet'))
"""
BY_AGE = """
    select level,
        case when created_at > %(age0)s then 0 when created_at > %(age1)s then 1 when created_at > %(age2)s then 2
             when created_at > %(age3)s then 3 else 4 end as age,
        count(*), count(*) filter (where owner = 'queue'), count(*) filter (where due_at < %(now)s), min(created_at)
    from cases_case where not (state in ('closed', 'cancelled', 'duplicate', 'unmet')) group by 1, 2
"""
# Over the index case_next_to_claim.
WAITING = """
    select category_id, district_id, count(*) from cases_case where owner = 'queue' group by 1, 2
"""


@dataclass
class OpenCases:
    """The figures as they were at `at`. `waiting` of a level, category or district is how many of it are in the queue."""

    at: datetime
    views: dict[str, int] = field(default_factory=dict)
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
        cursor.execute(TOTALS, wanted)
        names = [column.name for column in cursor.description or []]
        found.views = dict(zip(names, cursor.fetchone(), strict=True))
        found.long_hold = found.views.pop("long_hold")
        cursor.execute(BY_AGE, wanted)
        for level, age, every, waiting, past, oldest in cursor.fetchall():
            found.by_age[level, age] = every
            found.of_level[level] += every
            found.waiting_of_level[level] += waiting
            found.past_of_level[level] += past
            found.oldest_of_level[level] = min(oldest, found.oldest_of_level.get(level, oldest))
        cursor.execute(WAITING)
        for category, district, waiting in cursor.fetchall():
            found.waiting_of_category[category] += waiting
            found.waiting_of_district[district] += waiting
    found.views["too_long"] = ages.count_too_long(now)
    return found
