"""The page of capacity: how far today's vehicles reach, what is still to come, and what one more of something would serve."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from cases import outlook
from cases.models import Case, District, Outlook
from dispatch import forecast, reach, trials
from dispatch.models import Reach, Trial
from dispatch.roles import DISPATCH
from hotline.access import roles
from hotline.models import Line, User

SHOWN_BELOW = 200


@roles(*DISPATCH)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "dispatch/capacity/page.html", _shown(request))


@roles(*DISPATCH)
@require_GET
def part(request: HttpRequest) -> HttpResponse:
    """What changes while the page is open."""
    return render(request, "dispatch/capacity/part.html", _shown(request))


@roles(*DISPATCH)
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Reckons the reach of today now."""
    reach.refresh(_line(request.POST.get("line")))
    return _back(request)


@roles(*DISPATCH)
@require_POST
def try_one_more(request: HttpRequest, what: str) -> HttpResponse:
    """Asks the worker what one more of it would serve; the answer appears on the page."""
    if what in Trial.What.values:
        trials.ask(_line(request.POST.get("line")), what, request.user if isinstance(request.user, User) else None)
    return _back(request)


def _shown(request: HttpRequest) -> dict[str, Any]:
    lines = list(Line.objects.filter(active=True).order_by("pk"))
    line = next((one for one in lines if one.slug == request.GET.get("line")), lines[0] if lines else None)
    if line is None:
        return {"line": None, "lines": []}
    now = timezone.now()
    today = outlook.today_of(line)
    coming = forecast.of(line, now)
    cars = reach.cars_of(line, now, forecast.deliveries_per_hour(line, now))
    return {
        "line": line,
        "lines": lines,
        "reach": Reach.objects.filter(line=line, day=today).first(),
        "below": _below(line, today),
        "forecast": coming,
        "hours": _columns(coming),
        "districts": _districts(coming),
        "needed": forecast.vehicles_needed(line, cars, now),
        "fairness": forecast.fairness(line, now),
        "trials": _newest_trials(line),
    }


def _below(line: Line, today: Any) -> dict[str, Any]:
    rows = Outlook.objects.filter(case__line=line, case__state__in=outlook.WAITING, day=today)
    shown = rows.select_related("case__category", "case__district").order_by("before")[:SHOWN_BELOW]
    return {
        "rows": list(shown),
        "total": rows.count(),
        "told": rows.filter(told_on=today).count(),
        "urgent": rows.filter(case__level=Case.Level.NOW).count(),
    }


def _columns(coming: forecast.Forecast) -> list[dict[str, Any]]:
    most = max([*coming.by_hour, 1])
    return [
        {"hour": hour, "count": count, "height": round(100 * count / most)}
        for hour, count in zip(coming.hours, coming.by_hour, strict=True)
    ]


def _districts(coming: forecast.Forecast) -> list[dict[str, Any]]:
    """The districts with most to come, and how much of it within three hours."""
    known = District.objects.in_bulk([pk for pk in coming.districts if pk is not None])
    found = [
        {"name": known.get(pk) if pk is not None else None, "day": sum(row), "soon": sum(row[:3])}
        for pk, row in coming.districts.items()
    ]
    return sorted(found, key=lambda row: -row["day"])


def _newest_trials(line: Line) -> list[dict[str, Any]]:
    """Each kind with its newest trial."""
    newest: dict[str, Trial] = {}
    for trial in Trial.objects.filter(line=line).order_by("-id")[:12]:
        newest.setdefault(trial.what, trial)
    return [{"what": what, "words": words, "trial": newest.get(what)} for what, words in Trial.What.choices]


def _line(slug: str | None) -> Line:
    return get_object_or_404(Line, slug=slug, active=True)


def _back(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, "dispatch/capacity/part.html", _shown(request))
    return redirect(f"{reverse('dispatch:capacity')}?line={request.POST.get('line', '')}")
