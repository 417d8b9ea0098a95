"""How many open cases there are: by level and age as the wall shows them, by view and facet as the queue review does.

Tens of thousands are open and hundreds of thousands are not. Every count is read from an index that holds all it needs, so it
takes some ten milliseconds and touches no case. Pages share the counts for a few seconds (cases.board.lately).
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

BY_AGE, BY_VIEW = "open-cases-by-age", "open-cases-by-view"
FRESH_SECONDS = 10
LONG_HOLD = timedelta(days=2)
# Upper ends of the ages in which the wall counts; the last has none.
AGES = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24), timedelta(days=3))

# Of each level and age by itself, a stretch of the index case_open_counted (its condition is written as the index has it):
# nothing is grouped, and no case is read.
COUNT_BY_AGE = """
    select levels.level, ages.age, counted.*
    from generate_series(1, 5) levels (level),
        (values (0, %(age0)s::timestamptz, 'infinity'::timestamptz), (1, %(age1)s, %(age0)s), (2, %(age2)s, %(age1)s),
            (3, %(age3)s, %(age2)s), (4, '-infinity', %(age3)s)) ages (age, after, until),
        lateral (
            select count(*) as every, count(*) filter (where due_at < %(now)s) as past, min(created_at) as oldest
            from cases_case
            where not (state in ('closed', 'cancelled', 'duplicate', 'unmet')) and cases_case.level = levels.level
                and created_at > ages.after and created_at <= ages.until
        ) counted
    where counted.every > 0
"""
# What waits for whoever claims next, over the index case_next_to_claim.
COUNT_WAITING = """
    select level, category_id, district_id, count(*), count(*) filter (where due_at < %s),
        count(*) filter (where next_step = 'review')
    from cases_case where owner = 'queue' group by level, category_id, district_id
"""
# The other views of the queue review are short: each has an index of its own.
COUNT_VIEWS = """
    select (select count(*) from cases_case where state = 'on_hold') as held,
        (select count(*) from cases_case where state = 'on_hold' and held_until > %s) as long_hold,
        (select count(*) from cases_case where owner = 'agent') as agents,
        (select count(*) from cases_case where state = 'ready') as ready,
        (select count(*) from cases_case where unconfirmed_since is not null
            and not (state in ('closed', 'cancelled', 'duplicate', 'unmet'))) as unconfirmed,
        (select count(*) from cases_case where next_step = 'referral'
            and not (state in ('closed', 'cancelled', 'duplicate', 'unmet'))) as referred
"""


@dataclass
class ByAge:
    """All open cases as they were at a moment."""

    too_long: int = 0
    of_level: Counter[int] = field(default_factory=Counter)
    past_of_level: Counter[int] = field(default_factory=Counter)
    oldest_of_level: dict[int, datetime] = field(default_factory=dict)
    by_age: Counter[tuple[int, int]] = field(default_factory=Counter)  # of a level and an age, by its place in AGES


@dataclass
class ByView:
    """The views of the queue review; `waiting` of a level, category or district is how many of it are in the queue."""

    views: Counter[str] = field(default_factory=Counter)
    long_hold: int = 0
    waiting_of_level: Counter[int] = field(default_factory=Counter)
    waiting_of_category: Counter[int | None] = field(default_factory=Counter)
    waiting_of_district: Counter[int | None] = field(default_factory=Counter)


def by_age() -> ByAge:
    """At most ten seconds old: everybody's page asks one query."""
    return lately.of(BY_AGE, FRESH_SECONDS, read_by_age)


def by_view() -> ByView:
    """The same."""
    return lately.of(BY_VIEW, FRESH_SECONDS, read_by_view)


def renew() -> None:
    """Counts them before a page has to."""
    lately.of(BY_AGE, FRESH_SECONDS - 4, read_by_age)
    lately.of(BY_VIEW, FRESH_SECONDS - 4, read_by_view)


def forget() -> None:
    """Somebody changed many at once and wants to see it."""
    lately.forget(BY_AGE, BY_VIEW)


def read_by_age(now: datetime | None = None) -> ByAge:
    """Counts them now."""
    now = now or timezone.now()
    found = ByAge(too_long=ages.count_too_long(now))
    wanted: dict[str, Any] = {"now": now} | {f"age{n}": now - age for n, age in enumerate(AGES)}
    with connection.cursor() as cursor:
        cursor.execute(COUNT_BY_AGE, wanted)
        for level, age, every, past, oldest in cursor.fetchall():
            found.by_age[level, age] = every
            found.of_level[level] += every
            found.past_of_level[level] += past
            found.oldest_of_level[level] = min(oldest, found.oldest_of_level.get(level, oldest))
    return found


def read_by_view(now: datetime | None = None) -> ByView:
    """Counts them now."""
    now = now or timezone.now()
    found = ByView()
    with connection.cursor() as cursor:
        cursor.execute(COUNT_WAITING, [now])
        for level, category, district, waiting, late, review in cursor.fetchall():
            found.waiting_of_level[level] += waiting
            found.waiting_of_category[category] += waiting
            found.waiting_of_district[district] += waiting
            found.views.update(waiting=waiting, late=late, review=review)
        cursor.execute(COUNT_VIEWS, [now + LONG_HOLD])
        held, found.long_hold, agents, ready, unconfirmed, referred = cursor.fetchone()
    found.views.update(held=held, agents=agents, ready=ready, unconfirmed=unconfirmed, referred=referred)
    found.views["too_long"] = ages.count_too_long(now)
    return found
