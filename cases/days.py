"""Figures of cases by the day they came in, as rows: reports read these and never the cases.

A day is counted again when a case of it has moved since, today and yesterday at every sweep, and all of the last weeks once a
night. Times are kept as counts in buckets, each 5 % longer than the one before, so that days and groups can be put together; a
percentile read from them is off by less than that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from cases.models import Case, CaseDay, CountedUpTo, DayToCount, Transition
from hotline.locks import alone

FINEST = 30.0  # seconds: everything shorter is one bucket
STEP = 1.05
NIGHTLY = 60  # days counted again every night
AT_ONCE = 40  # days of one sweep
LATE_COMERS = 1000  # moves of transactions that were still open when the last sweep looked
MEASURES = ("contact", "decide", "dispatch", "delivery")
MET = ["received", "met_otherwise", "referred"]
G = CaseDay.Group
COLUMNS = {"category_id": G.CATEGORY, "district_id": G.DISTRICT, "level": G.LEVEL, "channel": G.CHANNEL}

# The cases of one day once for all of them and once for each thing they are counted by. A case that is part of another is
# counted with that one. A target counts once it is met or can no longer be; on hold it stands still.
OF_A_DAY = """
    with came as materialized (
        select c.*, extract(epoch from c.contacted_at - c.created_at)::float8 as contact,
            extract(epoch from c.decided_at - c.created_at)::float8 as decide,
            extract(epoch from c.delivered_at - c.created_at)::float8 as delivery,
            extract(epoch from (select min(t.at) from cases_transition t where t.case_id = c.id and t.move = 'plan')
                - c.created_at)::float8 as dispatch,
            case when c.state = 'on_hold' then null else coalesce(c.closed_at, now()) end as until,
            case when c.outcome = any(%(met)s) then coalesce(c.delivered_at, c.decided_at, c.closed_at) else c.delivered_at end
                as helped_at,
            (c.state = 'closed' and c.outcome = any(%(met)s)) or (c.state = 'cancelled' and c.outcome = 'met_otherwise')
                as is_met
        from cases_case c where c.created_at >= %(begins)s and c.created_at < %(ends)s and c.state <> 'duplicate'
    ), seen as (
        select came.*, by.what, by.value from came cross join lateral (values
            ('all', ''), ('category', came.category_id::text), ('district', came.district_id::text),
            ('level', came.level::text), ('channel', came.channel)) as by(what, value)
    )
"""
WHICH = "line_id, what, coalesce(value, '')"
# ruff: noqa: S608 the statements are put together from the parts above
COUNTS = f"""{OF_A_DAY}
    select {WHICH}, count(*), count(*) filter (where is_met), count(*) filter (where state = 'unmet'),
        count(*) filter (where state = 'cancelled' and not is_met), count(delivered_at), count(promise_kept),
        count(*) filter (where promise_kept),
        count(*) filter (where contact_by is not null and (contacted_at is not null or until > contact_by)),
        count(*) filter (where contacted_at <= contact_by),
        count(*) filter (where decide_by is not null and (decided_at is not null or until > decide_by)),
        count(*) filter (where decided_at <= decide_by),
        count(*) filter (where needed_by is not null and (helped_at is not null or until > needed_by)),
        count(*) filter (where helped_at <= needed_by)
    from seen group by 1, 2, 3
"""
COUNTED = (
    "received", "met", "unmet", "cancelled", "delivered", "promised", "kept", "contact_due", "contact_kept", "decide_due",
    "decide_kept", "deliver_due", "deliver_kept",
)  # fmt: skip
REASONS = f"{OF_A_DAY} select {WHICH}, outcome, count(*) from seen where state = 'unmet' group by 1, 2, 3, 4"
# What was left over was asked for once, and is delivered with a case of its own.
QUANTITIES = f"""{OF_A_DAY}
    select line_id, coalesce(category_id::text, ''), n.unit, count(*) filter (where rest_of_id is null),
        coalesce(sum(n.quantity) filter (where rest_of_id is null), 0),
        coalesce(sum(n.approved) filter (where rest_of_id is null), 0), coalesce(sum(n.delivered), 0)
    from came join cases_need n on n.case_id = came.id where n.quantity is not null group by 1, 2, 3
"""
SPANS = f"""{OF_A_DAY}
    select {WHICH}, measure, floor(ln(greatest(seconds, %(finest)s) / %(finest)s) / ln(%(step)s))::int, count(*)
    from seen cross join lateral (values
        ('contact', contact), ('decide', decide), ('dispatch', dispatch), ('delivery', delivery)) as took(measure, seconds)
    where seconds is not null group by 1, 2, 3, 4, 5
"""


def sweep() -> int:
    """Marks the days that have changed and counts them. Returns how many days were counted."""
    with alone("cases.days") as first:
        if not first:
            return 0
        mark_changed()
        days = list(DayToCount.objects.order_by("-day").values_list("day", flat=True)[:AT_ONCE])
        for day in days:
            count(day)
    return len(days)


def mark_changed() -> None:
    """Today, yesterday, and the days whose cases have moved since; at the very first, all days there are."""
    today = timezone.localdate()
    mark([today, today - timedelta(days=1)])
    upto, new = CountedUpTo.objects.get_or_create(pk=1)
    last = Transition.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if new:
        since = Case.objects.aggregate(at=Min("created_at"))["at"]
        mark_all(timezone.localtime(since).date() if since else today)
    else:
        moved = Transition.objects.filter(pk__gt=upto.transition - LATE_COMERS).order_by()
        mark({timezone.localtime(at).date() for at in moved.values_list("case__created_at", flat=True).iterator()})
    CountedUpTo.objects.filter(pk=1).update(transition=last)


def mark(days: Iterable[date]) -> None:
    """These are counted by the next sweep."""
    DayToCount.objects.bulk_create([DayToCount(day=day) for day in days], ignore_conflicts=True)


def mark_all(since: date | None = None) -> None:
    """Every day since then, the last weeks when nothing is said: what no move has told, such as a first contact."""
    today = timezone.localdate()
    since = since or today - timedelta(days=NIGHTLY)
    mark(since + timedelta(days=n) for n in range((today - since).days + 1))


def count(day: date) -> int:
    """Makes the rows of this day exactly what its cases are now; returns how many there are."""
    zone = timezone.get_current_timezone()
    wanted: dict[str, Any] = {
        "begins": datetime.combine(day, datetime.min.time(), zone),
        "ends": datetime.combine(day + timedelta(days=1), datetime.min.time(), zone),
        "met": MET,
        "finest": FINEST,
        "step": STEP,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        DayToCount.objects.filter(pk=day).delete()
        rows: dict[tuple[int, str, str], CaseDay] = {}
        cursor.execute(COUNTS, wanted)
        for line, what, value, *counts in cursor.fetchall():
            figures = dict(zip(COUNTED, counts, strict=True))
            rows[line, what, value] = CaseDay(day=day, line_id=line, group=what, value=value, **figures)
        cursor.execute(REASONS, wanted)
        for line, what, value, outcome, n in cursor.fetchall():
            rows[line, what, value].why_unmet[outcome] = n
        cursor.execute(SPANS, wanted)
        for line, what, value, measure, bucket, n in cursor.fetchall():
            rows[line, what, value].spans.setdefault(measure, {})[str(bucket)] = n
        cursor.execute(QUANTITIES, wanted)
        for line, value, unit, *amounts in cursor.fetchall():
            rows[line, G.CATEGORY, value].quantities[unit] = [float(amount) for amount in amounts]
        CaseDay.objects.filter(day=day).delete()
        CaseDay.objects.bulk_create(rows.values())
    return len(rows)


# reading


def add(total: dict[str, Any], row: CaseDay) -> None:
    """Puts a row's figures to those of others."""
    for name in COUNTED:
        total[name] = total.get(name, 0) + getattr(row, name)
    _sum(total.setdefault("why_unmet", {}), row.why_unmet)
    for measure, buckets in row.spans.items():
        _sum(total.setdefault("spans", {}).setdefault(measure, {}), buckets)


def _sum(total: dict[str, int], more: Mapping[str, int]) -> None:
    for key, n in more.items():
        total[key] = total.get(key, 0) + n


def percentile(buckets: Mapping[str, int] | None, share: float) -> float | None:
    """Seconds that so large a share does not exceed; None for none. Within 5 % of what the cases themselves would say."""
    if not buckets:
        return None
    wanted = share * sum(buckets.values())
    passed = 0
    for bucket in sorted(map(int, buckets)):
        passed += buckets[str(bucket)]
        if passed >= wanted:
            break
    return FINEST * math.pow(STEP, bucket + 0.5)
