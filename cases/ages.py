"""How long a case has been in its state, against thresholds per state and level that supervisors set.

Calendar time since the state began; a claim, a note, a saved form or another level does not begin it anew. It says that
somebody should look (warn) or must (alert); when the next step is due is another matter (cases.priority).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from cases.models import AgeThreshold, Case

WARN, ALERT = "warn", "alert"


@dataclass(frozen=True)
class Age:
    """Since when, and "warn" or "alert" where it is too long."""

    since: datetime
    mark: str
    limit: timedelta | None = None


@dataclass(frozen=True)
class Thresholds:
    """All of them, read once for a page."""

    by: dict[tuple[str, int | None], tuple[timedelta, timedelta]]

    def of(self, case: Case, now: datetime | None = None) -> Age:
        since = case.state_since or case.created_at
        found = self.by.get((case.state, case.level)) or self.by.get((case.state, None))
        if not found:
            return Age(since, "")
        warn, alert = found
        age = (now or timezone.now()) - since
        if age >= alert:
            return Age(since, ALERT, alert)
        return Age(since, WARN, warn) if age >= warn else Age(since, "")


def thresholds() -> Thresholds:
    return Thresholds(
        {
            (row.state, row.level): (timedelta(minutes=row.warn_minutes), timedelta(minutes=row.alert_minutes))
            for row in AgeThreshold.objects.all()
        }
    )


def mark(cases: Iterable[Case]) -> None:
    """Puts `age` on each: one query for all of them."""
    known, now = thresholds(), timezone.now()
    for case in cases:
        case.age = known.of(case, now)  # type: ignore[attr-defined]


def too_long(now: datetime | None = None) -> Q:
    """The open cases that have been in their state too long; each part is a look into the index on state, level, since."""
    now = now or timezone.now()
    known = thresholds().by
    wanted = Q(pk__in=[])
    for (state, level), (_warn, alert) in known.items():
        levels = [level] if level else [n for n in Case.Level.values if (state, n) not in known]
        wanted |= Q(state=state, level__in=levels, state_since__lte=now - alert)
    return wanted


# One stretch of the index case_open_state_age for each threshold and level; one for all levels leaves those out that have
# their own.
COUNT_TOO_LONG = """
    select coalesce(sum(counted.n), 0)
    from cases_agethreshold threshold cross join generate_series(1, 5) levels (level), lateral (
        select count(*) as n from cases_case
        where not (cases_case.state in ('closed', 'cancelled', 'duplicate', 'unmet')) and cases_case.state = threshold.state
            and cases_case.level = levels.level
            and cases_case.state_since <= %s - make_interval(mins => threshold.alert_minutes::int)
    ) counted
    where levels.level = threshold.level or threshold.level is null and not exists (
        select 1 from cases_agethreshold own where own.state = threshold.state and own.level = levels.level)
"""


def count_too_long(now: datetime) -> int:
    """How many open cases too_long finds, without reading a case."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_TOO_LONG, [now])
        return int(cursor.fetchone()[0])
