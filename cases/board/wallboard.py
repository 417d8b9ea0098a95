"""The wallboard: four big numbers and what lies under them, seen from five metres. At most a few seconds old."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

import redis
from django.db import connection
from django.db.models import Count, F, Min, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.board import lately, open_cases
from cases.board.review import breaching
from cases.models import Callback, Case, CaseDay
from hotline import half_hours, heartbeat, incidents
from hotline.access import ADMINISTRATOR, SUPERVISOR, roles
from hotline.models import Call, InboundEvent, Message, Presence

FRESH_SECONDS = 3  # all walls and supervisors share one reading
# Of each hour by itself, a stretch of the column's index: nothing is grouped, no clock is reckoned.
BY_HOUR = """
    select hour, counted.n from generate_series(0, %(hours)s) hour, lateral (
        select count(*) as n from cases_case where {column} >= %(today)s::timestamptz + hour * interval '1 hour'
            and {column} < %(today)s::timestamptz + (hour + 1) * interval '1 hour' and {column} <= %(now)s
    ) counted
"""
TODAY_SECONDS = 15  # sums over all of today
ANSWER_WITHIN = timedelta(seconds=20)
AGES = [
    gettext_lazy("under 1 h"),
    gettext_lazy("1 to 4 h"),
    gettext_lazy("4 to 24 h"),
    gettext_lazy("1 to 3 days"),
    gettext_lazy("over 3 days"),
]


@roles(SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """The page, and the same figures again for the part that refreshes itself."""
    lately.look("board")
    part = request.headers.get("HX-Request")
    return render(request, "cases/board/figures.html" if part else "cases/board/wallboard.html", figures())


def figures() -> dict[str, Any]:
    """Everything on the wall, in the language of the page."""
    counted = open_cases.by_age()
    now: dict[str, Any] = lately.of("wall", FRESH_SECONDS, _now)
    today: dict[str, Any] = lately.of("wall-today", TODAY_SECONDS, _today)
    return {
        **now,
        **today,
        "urgent": _urgent(counted),
        "agents": (agents := _agents(now["presence"])),
        "on_duty": sum(row["count"] for row in agents),
        "too_long": counted.too_long,
        "grid": _grid(counted),
        "ages": AGES,
        "troubles": _in_words(now["wrong"]),
    }


def renew() -> None:
    """Sweep: makes the figures before a page has to, while somebody looks."""
    if not lately.is_watched("board"):
        return
    lately.renew("wall", _now)
    lately.of("wall-today", TODAY_SECONDS - 3, _today)
    open_cases.renew()


def _now() -> dict[str, Any]:
    """What changes by the second."""
    now = timezone.now()
    return {
        "now": now,
        "waiting": Call.objects.filter(state="waiting", line__practice=False).aggregate(
            n=Count("id"), longest=Min("waiting_since")
        ),
        "presence": dict(Presence.objects.filter(practice=False).order_by().values_list("state").annotate(Count("pk"))),
        "callbacks": Callback.objects.filter(state="due").aggregate(n=Count("id"), oldest=Min("first_due_at")),
        "half_hour": half_hours.of_now(now),
        "breaching": breaching(timedelta(hours=1)),
        "wrong": _wrong(now),
    }


def _today() -> dict[str, Any]:
    """Sums over today, each read from an index that holds all it needs."""
    now = timezone.now()
    begin = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "answered": _answered(begin),
        "promises": _promises(begin),
        "targets": _targets(begin),
        "hours": _by_hour(begin, now),
    }


def _answered(today: datetime) -> dict[str, Any]:
    # offered to the queue today and no longer in it: answered in time, answered late, or given up
    decided = Call.objects.filter(direction="in", started_at__gte=today, waiting_since__isnull=False)
    counts = {
        "total": Count("started_at", filter=~Q(state__in=("ringing", "menu", "waiting", "offered"))),
        "in_time": Count("started_at", filter=Q(connected_at__lte=F("waiting_since") + ANSWER_WITHIN)),
    }
    counted = decided.aggregate(**counts)
    tried = decided.filter(line__practice=True).aggregate(**counts)  # few, and asked apart: the index above has no line
    return _percent(counted["in_time"] - tried["in_time"], counted["total"] - tried["total"])


def _urgent(counted: open_cases.ByAge) -> dict[str, Any]:
    oldest = [counted.oldest_of_level[level] for level in (1, 2) if level in counted.oldest_of_level]
    return {
        "one": counted.of_level[1],
        "two": counted.of_level[2],
        "oldest": min(oldest, default=None),
        "one_late": counted.past_of_level[1],
    }


def _promises(today: datetime) -> dict[str, Any]:
    due = Case.objects.filter(promised_until__gte=today, promised_until__lt=today + timedelta(days=1))
    counted = due.aggregate(
        kept=Count("promised_until", filter=Q(promise_kept=True)),
        settled=Count("promise_kept"),
        open=Count("promised_until", filter=Q(promise_kept=None)),
    )
    return _percent(counted["kept"], counted["settled"]) | {"open": counted["open"]}


def _targets(today: datetime) -> dict[str, Any]:
    """Targets met among those of today's cases that are met or missed so far; few rows (cases.days)."""
    rows = CaseDay.objects.filter(group="all", day=timezone.localtime(today).date())
    summed = rows.aggregate(**{f"n_{n}": Sum(n) for n in ("contact_due", "contact_kept", "decide_due", "decide_kept")})
    return {
        name: _percent(summed[f"n_{name}_kept"] or 0, summed[f"n_{name}_due"] or 0) for name in ("contact", "decide")
    }


def _percent(part: int, whole: int) -> dict[str, Any]:
    return {"part": part, "whole": whole, "percent": round(100 * part / whole) if whole else None}


def _agents(counted: dict[str, int]) -> list[dict[str, Any]]:
    on_duty = sum(n for state, n in counted.items() if state != "offline") or 1
    return [
        {
            "state": state,
            "words": words,
            "count": counted.get(state, 0),
            "share": round(100 * counted.get(state, 0) / on_duty),
        }
        for state, words in Presence.State.choices
        if state != "offline"
    ]


def _grid(counted: open_cases.ByAge) -> list[dict[str, Any]]:
    """Open cases by level and age."""
    return [
        {"level": level, "cells": [counted.by_age[level, age] for age in range(len(AGES))]} for level in (1, 2, 3, 4, 5)
    ]


def _by_hour(today: datetime, now: datetime) -> dict[str, Any]:
    """Requests and deliveries of today, summed up hour by hour, as two lines."""
    asked, brought = _hourly("created_at", today, now), _hourly("delivered_at", today, now)
    most = max([*asked, *brought, 1])
    return {
        "asked": asked[-1] if asked else 0,
        "brought": brought[-1] if brought else 0,
        "asked_line": _points(asked, most),
        "brought_line": _points(brought, most),
    }


def _hourly(column: str, today: datetime, now: datetime) -> list[int]:
    """Summed up to the end of each hour so far."""
    hours = int((now - today).total_seconds() // 3600)
    with connection.cursor() as cursor:
        cursor.execute(BY_HOUR.format(column=column), {"today": today, "now": now, "hours": hours})
        by_hour = dict(cursor.fetchall())
    return list(accumulate(by_hour[hour] for hour in range(hours + 1)))


def _points(sums: list[int], most: int) -> str:
    """As a polyline in a box of 240 by 100."""
    return " ".join(f"{hour * 10},{100 - round(96 * n / most)}" for hour, n in enumerate(sums))


def _wrong(now: datetime) -> list[tuple[str, Any]]:
    """What is wrong with carrier and system; nothing when all is well."""
    found: list[tuple[str, Any]] = []
    stuck = Message.objects.filter(state__in=("sending", "unknown"), sending_at__lt=now - timedelta(minutes=5)).count()
    if stuck:
        found.append(("stuck", stuck))
    untaken = InboundEvent.objects.filter(
        state__in=("received", "failed"), received_at__lt=now - timedelta(minutes=1)
    ).count()
    if untaken:
        found.append(("untaken", untaken))
    return found + _silent_parts()


def _silent_parts() -> list[tuple[str, Any]]:
    """Worker and beat, by their own signs of life."""
    try:
        ages = heartbeat.ages()
    except redis.RedisError:
        return [("broker", None)]
    return [("silent", who) for who, age in ages.items() if age is None or age > heartbeat.STALE_SECONDS]


def _trouble(what: str, of: Any) -> str:
    """In the words of the page."""
    if what == "stuck":
        return _("%(n)d texts wait for the carrier's answer") % {"n": of}
    if what == "untaken":
        return _("%(n)d events from the carrier are not taken yet") % {"n": of}
    if what == "broker":
        return _("the broker does not answer")
    return _("%(part)s is silent") % {"part": of}


def troubles(now: datetime) -> list[str]:
    """What is wrong with carrier and system, in words."""
    return _in_words(_wrong(now))


def _in_words(wrong: list[tuple[str, Any]]) -> list[str]:
    """Incidents that are known first; what they say already is not said again."""
    open_now = incidents.described(incidents.open_ones())
    known = {"beat_silent", "worker_silent", "broker_away"} & {incident.cause for incident, _words in open_now}
    new = [each for each in wrong if not (known and each[0] in ("silent", "broker"))]
    return [words for _incident, words in open_now] + [_trouble(*each) for each in new]
