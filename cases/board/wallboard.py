"""The wallboard: four big numbers and what lies under them, seen from five metres. At most a few seconds old."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import redis
from django.core.cache import cache
from django.db.models import Count, F, Min, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cases import ages
from cases.board.review import breaching
from cases.lifecycle import FINAL_STATES
from cases.models import Callback, Case, CaseDay
from hotline import half_hours, heartbeat, incidents
from hotline.access import ADMINISTRATOR, SUPERVISOR, roles
from hotline.models import Call, InboundEvent, Message, Presence

FRESH_SECONDS = 3  # all walls and supervisors share one reading
ANSWER_WITHIN = timedelta(seconds=20)
AGES = [
    (gettext_lazy("under 1 h"), timedelta(hours=1)),
    (gettext_lazy("1 to 4 h"), timedelta(hours=4)),
    (gettext_lazy("4 to 24 h"), timedelta(hours=24)),
    (gettext_lazy("1 to 3 days"), timedelta(days=3)),
    (gettext_lazy("over 3 days"), None),
]


@roles(SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """The page, and the same figures again for the part that refreshes itself."""
    part = request.headers.get("HX-Request")
    return render(request, "cases/board/figures.html" if part else "cases/board/wallboard.html", figures())


def figures() -> dict[str, Any]:
    """Everything on the wall."""
    key = f"wallboard:{get_language()}"
    found = cache.get(key)
    if found is None:
        found = _read(timezone.now())
        cache.set(key, found, FRESH_SECONDS)
    return found


def _read(now: datetime) -> dict[str, Any]:
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "now": now,
        **_callers(today),
        **_urgent(now),
        **_promises(today),
        "agents": (agents := _agents()),
        "on_duty": sum(row["count"] for row in agents),
        "grid": _grid(now),
        "ages": [words for words, _age in AGES],
        "callbacks": Callback.objects.filter(state="due").aggregate(n=Count("id"), oldest=Min("first_due_at")),
        "half_hour": half_hours.of_now(now),
        "hours": _by_hour(today, now),
        "too_long": Case.objects.exclude(state__in=FINAL_STATES).filter(ages.too_long(now)).order_by().count(),
        "targets": _targets(today),
        "breaching": breaching(timedelta(hours=1)),
        "troubles": troubles(now),
    }


def _callers(today: datetime) -> dict[str, Any]:
    waiting = Call.objects.filter(state="waiting").aggregate(n=Count("id"), longest=Min("waiting_since"))
    # offered to the queue today and no longer in it: answered in time, answered late, or given up
    decided = Call.objects.filter(direction="in", started_at__gte=today, waiting_since__isnull=False)
    counted = decided.aggregate(
        total=Count("id", filter=~Q(state__in=("ringing", "menu", "waiting", "offered"))),
        in_time=Count("id", filter=Q(connected_at__lte=F("waiting_since") + ANSWER_WITHIN)),
    )
    return {"waiting": waiting, "answered": _percent(counted["in_time"], counted["total"])}


def _urgent(now: datetime) -> dict[str, Any]:
    found = Case.objects.filter(level__in=(1, 2)).exclude(state__in=FINAL_STATES)
    counted = found.aggregate(
        one=Count("id", filter=Q(level=1)),
        two=Count("id", filter=Q(level=2)),
        oldest=Min("created_at"),
        one_late=Count("id", filter=Q(level=1, due_at__lt=now)),
    )
    return {"urgent": counted}


def _promises(today: datetime) -> dict[str, Any]:
    due = Case.objects.filter(promised_until__gte=today, promised_until__lt=today + timedelta(days=1))
    counted = due.aggregate(
        kept=Count("id", filter=Q(promise_kept=True)), settled=Count("id", filter=Q(promise_kept__isnull=False))
    )
    return {"promises": _percent(counted["kept"], counted["settled"]) | {"open": due.filter(promise_kept=None).count()}}


def _targets(today: datetime) -> dict[str, Any]:
    """Targets met among those of today's cases that are met or missed so far; few rows (cases.days)."""
    rows = CaseDay.objects.filter(group="all", day=timezone.localtime(today).date())
    summed = rows.aggregate(**{f"n_{n}": Sum(n) for n in ("contact_due", "contact_kept", "decide_due", "decide_kept")})
    return {
        name: _percent(summed[f"n_{name}_kept"] or 0, summed[f"n_{name}_due"] or 0) for name in ("contact", "decide")
    }


def _percent(part: int, whole: int) -> dict[str, Any]:
    return {"part": part, "whole": whole, "percent": round(100 * part / whole) if whole else None}


def _agents() -> list[dict[str, Any]]:
    counted = dict(Presence.objects.order_by().values_list("state").annotate(Count("pk")))
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


def _grid(now: datetime) -> list[dict[str, Any]]:
    """Open cases by level and age, one query."""
    older = {f"age_{i}": Count("id", filter=_age(now, i)) for i in range(len(AGES))}
    counted: Any = Case.objects.exclude(state__in=FINAL_STATES).order_by("level").values("level").annotate(**older)
    rows = {row["level"]: [row[f"age_{i}"] for i in range(len(AGES))] for row in counted}
    return [{"level": level, "cells": rows.get(level, [0] * len(AGES))} for level in (1, 2, 3, 4, 5)]


def _age(now: datetime, i: int) -> Q:
    upper, lower = AGES[i][1], AGES[i - 1][1] if i else None
    younger = Q(created_at__gt=now - upper) if upper else Q()
    return younger & Q(created_at__lte=now - lower) if lower else younger


def _by_hour(today: datetime, now: datetime) -> dict[str, Any]:
    """Requests and deliveries of today, summed up hour by hour, as two lines."""
    asked = _hourly(
        Case.objects.filter(created_at__gte=today).values_list("created_at__hour").annotate(Count("pk")), now
    )
    brought = _hourly(
        Case.objects.filter(delivered_at__gte=today).values_list("delivered_at__hour").annotate(Count("pk")), now
    )
    most = max([*asked, *brought, 1])
    return {
        "asked": asked[-1] if asked else 0,
        "brought": brought[-1] if brought else 0,
        "asked_line": _points(asked, most),
        "brought_line": _points(brought, most),
    }


def _hourly(counted: Any, now: datetime) -> list[int]:
    by_hour, total, sums = dict(counted.order_by()), 0, []
    for hour in range(timezone.localtime(now).hour + 1):
        total += by_hour.get(hour, 0)
        sums.append(total)
    return sums


def _points(sums: list[int], most: int) -> str:
    """As a polyline in a box of 240 by 100."""
    return " ".join(f"{hour * 10},{100 - round(96 * n / most)}" for hour, n in enumerate(sums))


def troubles(now: datetime) -> list[str]:
    """What is wrong with carrier and system, in words; nothing when all is well."""
    open_now = incidents.described(incidents.open_ones())
    found = [words for _incident, words in open_now]
    stuck = Message.objects.filter(state__in=("sending", "unknown"), sending_at__lt=now - timedelta(minutes=5)).count()
    if stuck:
        found.append(_("%(n)d texts wait for the carrier's answer") % {"n": stuck})
    untaken = InboundEvent.objects.filter(
        state__in=("received", "failed"), received_at__lt=now - timedelta(minutes=1)
    ).count()
    if untaken:
        found.append(_("%(n)d events from the carrier are not taken yet") % {"n": untaken})
    known = {"beat_silent", "worker_silent", "broker_away"} & {incident.cause for incident, _words in open_now}
    return found if known else found + _silent_parts()


def _silent_parts() -> list[str]:
    """Worker and beat, by their own signs of life."""
    try:
        ages = {who: heartbeat.age(who) for who in (heartbeat.BEAT, heartbeat.WORKER)}
    except redis.RedisError:
        return [_("the broker does not answer")]
    silent = [who for who, age in ages.items() if age is None or age > heartbeat.STALE_SECONDS]
    return [_("%(part)s is silent") % {"part": who} for who in silent]
