"""Urgent cases that the planner would put on trips already on the road: shown with what it costs, made by one press each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cases.lifecycle import CaseState
from cases.models import Case
from dispatch.models import Plan, Trip
from dispatch.trip_lifecycle import LIVE_STOP_STATES, LIVE_TRIP_STATES
from dispatch.trips import joining
from hotline.models import User


@dataclass(frozen=True)
class Shown:
    """One proposed join that is still to decide."""

    case: Case
    trip: Trip
    eta: datetime | None
    instead: datetime | None
    minutes: int
    breaks: list[str]


def of(plan: Plan | None) -> list[Shown]:
    """Those whose case still waits and whose trip is still on."""
    rows: list[dict[str, Any]] = plan.joins if plan else []
    if not rows:
        return []
    waiting = Case.objects.filter(state=CaseState.READY).exclude(stops__state__in=LIVE_STOP_STATES)
    cases = waiting.select_related("address__community", "address__district").in_bulk([r["case"] for r in rows])
    live = Trip.objects.filter(state__in=LIVE_TRIP_STATES).select_related("vehicle", "driver")
    trips = live.in_bulk([r["trip"] for r in rows])
    return [
        Shown(
            cases[row["case"]],
            trips[row["trip"]],
            _time(row["eta"]),
            _time(row["instead"]),
            row["minutes"],
            row["breaks"],
        )
        for row in rows
        if row["case"] in cases and row["trip"] in trips
    ]


def make(request: HttpRequest, plan: Plan, by: User, cases: set[int] | None = None) -> int:
    """Puts them (ids; None is all) on their trips and says of each what became of it; how many are on one now."""
    made = 0
    for row, why_not in joining.accept(plan, by, cases):
        number = Case(pk=row["case"]).number
        if why_not:
            messages.error(request, f"#{number}: {why_not}")
        else:
            made += 1
            messages.success(request, _("#%(number)s is on the trip now.") % {"number": number})
    return made


def _time(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
