"""Incidents on screens: the bar that everybody on duty sees, and the list with its history for those who lead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from hotline import incidents, watch
from hotline.access import ADMINISTRATOR, EVERY_ROLE, SUPERVISOR, roles
from hotline.models import Incident, User

SHOWN_IN_BAR = 4
PER_PAGE = 30
_beside: list[Callable[[HttpRequest], str]] = []


def show_beside(part: Callable[[HttpRequest], str]) -> None:
    """Another package's words under the bar, as safe HTML, "" for nothing to say; called from AppConfig.ready."""
    if part not in _beside:
        _beside.append(part)


def _rows(found: Iterable[Incident]) -> list[dict[str, Any]]:
    return [{"incident": incident, "words": words} for incident, words in incidents.described(found)]


@roles(*EVERY_ROLE)
def bar(request: HttpRequest) -> HttpResponse:
    """The part of every page that says what does not work; empty when all is well."""
    watch.pulses()
    found = list(incidents.open_ones()[: SHOWN_IN_BAR + 1])
    leads = getattr(request.user, "role", "") in (SUPERVISOR, ADMINISTRATOR)
    context = {"rows": _rows(found[:SHOWN_IN_BAR]), "more": len(found) > SHOWN_IN_BAR, "leads": leads}
    said = render_to_string("hotline/incidents/bar.html", context, request)
    return HttpResponse(said + "".join(part(request) for part in _beside))


@roles(SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """What is open, and what was."""
    watch.pulses()
    cause = request.GET.get("cause", "")
    past = Incident.objects.exclude(ended_at=None).select_related("taken_by").order_by("-opened_at")
    shown = Paginator(past.filter(cause=cause) if cause else past, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": _rows(incidents.open_ones()),
        "past": _rows(shown),
        "shown": shown,
        "cause": cause,
        "causes": Incident.Cause.choices,
    }
    part = request.headers.get("HX-Request")
    return render(request, "hotline/incidents/rows.html" if part else "hotline/incidents/page.html", context)


@roles(SUPERVISOR, ADMINISTRATOR)
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """The one who presses takes care of it."""
    by: User = request.user  # type: ignore[assignment]
    incidents.take(get_object_or_404(Incident, pk=pk), by)
    return redirect("line:incidents")
