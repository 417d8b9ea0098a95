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
from cases.lifecycle import FINAL_STATES
from cases.models import Case

SHARED = "open-cases"
FRESH_SECONDS = 10
LONG_HOLD = timedelta(days=2)
# Upper ends of the ages in which the wall counts; the last has none.
AGES = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24), timedelta(days=3))

# The condition is written as the index has it. A row with nothing but figures is the sum over all; the others name what they
# are the sum of.
COUNT = """
    select grouping(level, category_id, district_id, age) as kind, level, category_id, district_id, age,
        count(*) as every,
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
    from (
        select level, category_id, district_id, state, owner, next_step, due_at, held_until, unconfirmed_since, created_at,
            case when created_at > %(age0)s then 0 when created_at > %(age1)s then 1 when created_at > %(age2)s then 2
                 when created_at > %(age3)s then 3 else 4 end as age
        from cases_case where not (state in ('closed', 'cancelled', 'duplicate', 'unmet'))
    ) open
    group by grouping sets ((), (level), (category_id), (district_id), (level, age))
"""
ALL, BY_LEVEL, BY_CATEGORY, BY_DISTRICT, BY_AGE = 0b1111, 0b0111, 0b1011, 0b1101, 0b0110


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
        cursor.execute(COUNT, wanted)
        names = [column.name for column in cursor.description or []]
        for values in cursor.fetchall():
            _take(found, dict(zip(names, values, strict=True)))
    too_long = Case.objects.exclude(state__in=FINAL_STATES).filter(ages.too_long(now))
    found.views["too_long"] = too_long.order_by().count()
    return found


def _take(found: OpenCases, row: dict[str, Any]) -> None:
    level, waiting = row["level"], row["waiting"]
    if row["kind"] == ALL:
        found.views = {
            name: row[name]
            for name in ("waiting", "late", "review", "held", "agents", "unconfirmed", "referred", "ready")
        }
        found.long_hold = row["long_hold"]
    elif row["kind"] == BY_LEVEL:
        found.waiting_of_level[level] = waiting
        found.of_level[level], found.past_of_level[level] = row["every"], row["past"]
        found.oldest_of_level[level] = row["oldest"]
    elif row["kind"] == BY_CATEGORY:
        found.waiting_of_category[row["category_id"]] = waiting
    elif row["kind"] == BY_DISTRICT:
        found.waiting_of_district[row["district_id"]] = waiting
    elif row["kind"] == BY_AGE:
        found.by_age[level, row["age"]] = row["every"]
