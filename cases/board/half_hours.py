"""The line by half hours, and how many agents a load needs: a supervisor tries numbers, beginning with those of the line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hotline import half_hours, staffing
from hotline.access import ADMINISTRATOR, SUPERVISOR, roles
from hotline.models import Line, Skill

SHOWN = timedelta(hours=24)
USUAL_HANDLING, USUAL_PATIENCE = 240, 180
AROUND = 3  # so many agents fewer and more are shown


@dataclass(frozen=True)
class Load:
    """What is tried: calls an hour, seconds for each with its wrap-up, the share of callers answered within some seconds,
    and after how long people hang up on average (0: never)."""

    calls: float
    handling: float
    target: float
    within: float
    patience: float


@roles(SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """The last day, newest first; the form asks by GET, so a trial can be kept as a link."""
    now = timezone.now()
    subject, line = request.GET.get("subject", "all"), request.GET.get("line", "")
    rows = half_hours.between(
        now - SHOWN,
        now,
        line=int(line) if line.isdecimal() else None,
        subject=None if subject == "all" else subject,
    )
    load = _load(request, rows, now)
    context = {
        "rows": rows,
        "subject": subject,
        "line": line,
        "lines": Line.objects.order_by("name"),
        "subjects": Skill.objects.filter(kind="subject"),
        "load": load,
        "forecasts": forecasts(load),
    }
    return render(request, "cases/board/half_hours.html", context)


def forecasts(load: Load) -> list[dict[str, Any]]:
    """The number of agents that the load needs, and what a few fewer and more would mean."""
    patience = load.patience or None
    needed = staffing.agents_needed(
        load.calls, load.handling, target=load.target / 100, within=load.within, patience=patience
    )
    first = max(1, needed.agents - AROUND)
    return [_forecast(load, agents, needed.agents) for agents in range(first, needed.agents + AROUND + 1)]


def _forecast(load: Load, agents: int, needed: int) -> dict[str, Any]:
    if load.patience:
        made = staffing.erlang_a(agents, load.calls, load.handling, load.patience, load.within)
    else:
        made = staffing.erlang_c(agents, load.calls, load.handling, load.within)
    return {
        "agents": agents,
        "needed": agents == needed,
        "service_level": round(100 * made.service_level),
        "wait": round(made.average_wait) if isfinite(made.average_wait) else None,
        "abandoned": round(100 * made.abandoned),
        "occupancy": round(100 * made.occupancy),
    }


def _load(request: HttpRequest, rows: list[dict[str, Any]], now: datetime) -> Load:
    """What was typed, within sense; else what the last whole half hour had."""
    whole = next((row for row in rows if row["ends"] <= now and row["offered"]), None)
    return Load(
        calls=_number(request, "calls", 2 * whole["offered"] if whole else 60, 0, 20_000),
        handling=_number(request, "handling", (whole and whole["handling"]) or USUAL_HANDLING, 1, 7200),
        target=_number(request, "target", 80, 1, 99),
        within=_number(request, "within", 20, 0, 3600),
        patience=_number(request, "patience", USUAL_PATIENCE, 0, 7200),
    )


def _number(request: HttpRequest, name: str, usual: float, least: float, most: float) -> float:
    try:
        typed = float(request.GET[name])
    except (KeyError, ValueError):
        return usual
    return min(max(typed, least), most) if isfinite(typed) else usual
