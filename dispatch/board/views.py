"""The board's page, its live part, and what a dispatcher presses. Every press is one call of a rule of dispatch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dispatch import planner, trips
from dispatch.board import chart, differences, joins, map, overview, troubles
from dispatch.driver import link, telling
from dispatch.models import Plan, Stop, Trip, Vehicle
from dispatch.refused import Refused
from dispatch.roles import DISPATCH
from hotline.access import roles
from hotline.lifecycle import MoveRefused
from hotline.models import Line, User

REFUSALS = (MoveRefused, Refused)


@roles(*DISPATCH)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The whole page."""
    answer = render(request, "dispatch/board/board.html", _shown(request))
    if settings.MAP_TILES_URL:  # pictures from the tile server, on this page only
        server = urlsplit(settings.MAP_TILES_URL)
        answer._csp_update = {"img-src": [f"{server.scheme}://{server.netloc}"]}  # type: ignore[attr-defined]
    return answer


@roles(*DISPATCH)
@require_GET
def part(request: HttpRequest) -> HttpResponse:
    """What changes while the page is open."""
    return render(request, "dispatch/board/part.html", _shown(request))


@roles(*DISPATCH)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Asks for a new plan; the newest request wins."""
    line = get_object_or_404(Line, slug=request.POST.get("line"), active=True)
    planner.ask(line, "asked by a dispatcher", by=_by(request))
    messages.info(request, _("A new plan is being made. It appears here by itself."))
    return _back(request)


@roles(*DISPATCH)
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes trips of the proposal: all, the vehicles or shifts named, or one stop; says of each what became of it.

    All is also the urgent cases that come on trips on the road, and these first: they are there sooner than by a new trip.
    """
    plan = get_object_or_404(Plan, pk=pk)
    wanted, shifts, cases = (_ids(request, name) for name in ("vehicle", "shift", "case"))
    vehicles = [t["vehicle"] for t in plan.trips if (wanted is None or t["vehicle"] in wanted) and _of(t, shifts)]
    plates = dict(Vehicle.objects.filter(pk__in=vehicles).values_list("pk", "plate"))
    everything = wanted is None and shifts is None and cases is None
    joined = joins.make(request, plan, _by(request)) if everything else 0
    made: list[Trip] = []
    for vehicle in dict.fromkeys(vehicles):
        # one by one: what is wrong with one vehicle does not take the others down, and each says its own reason
        try:
            made += trips.accept(plan, _by(request), vehicles=[vehicle], cases=cases, shifts=shifts)
        except REFUSALS as refused:
            messages.error(request, f"{plates.get(vehicle, vehicle)}: {refused}")
    if made:
        words = ngettext("%(n)d trip accepted: %(plates)s", "%(n)d trips accepted: %(plates)s", len(made))
        messages.success(request, words % {"n": len(made), "plates": ", ".join(t.vehicle.plate for t in made)})
    if request.POST.get("then") == "release":
        _each(request, made, lambda trip: trips.release(trip, _by(request)), _("released"))
    elif not made and not joined and everything:
        messages.warning(request, _("Nothing of this proposal could be accepted."))
    return _back(request)


def _of(trip: dict[str, Any], shifts: set[int] | None) -> bool:
    return shifts is None or trip["shift"] in shifts


def _ids(request: HttpRequest, name: str) -> set[int] | None:
    """The ids sent under this name; None where there are none, which is all of them."""
    return {int(value) for value in request.POST.getlist(name) if value.isdecimal()} or None


@roles(*DISPATCH)
@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts urgent cases on trips on the road: all that the plan proposes, or the cases named."""
    plan = get_object_or_404(Plan, pk=pk)
    joins.make(request, plan, _by(request), _ids(request, "case"))
    return _back(request)


@roles(*DISPATCH)
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Tells driver and residents."""
    _each(request, [_trip(pk)], lambda trip: trips.release(trip, _by(request)), _("released"))
    return _back(request)


@roles(*DISPATCH)
@require_POST
def abort(request: HttpRequest, pk: int) -> HttpResponse:
    """Calls a trip off: what is still open goes back to ready."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("Please say why the trip is called off."))
        return _back(request)
    _each(request, [_trip(pk)], lambda trip: trips.abort(trip, _by(request), reason), _("called off"))
    return _back(request)


@roles(*DISPATCH)
@require_POST
def send_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends the driver the link again; `renew` makes the old link, wherever it lies, worthless first."""
    trip = _trip(pk)
    if request.POST.get("renew"):
        trip.link_version += 1
        trip._history_user = request.user  # type: ignore[attr-defined]
        trip.save(update_fields=["link_version"])
    sent = telling.send_link(trip, once=f":{request.POST.get('once', '')[:20]}")
    if sent:
        messages.success(request, _("The link goes to %(driver)s by text.") % {"driver": trip.driver})
    else:
        messages.error(request, _("The driver's number takes no texts: read the link out or call."))
    return _back(request)


@roles(*DISPATCH)
@require_POST
def stop_act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """What a driver without the page tells by telephone, written down by the dispatcher."""
    stop = get_object_or_404(Stop.objects.select_related("trip", "case"), pk=pk)
    words = request.POST.get("words", "").strip()[:200]
    try:
        match what:
            case "arrive":
                trips.arrive(stop)
            case "collect":
                trips.collect(stop)
            case "deliver":
                trips.deliver(stop, pin=request.POST.get("pin", ""), name=words, by=_by(request))
            case "fail":
                trips.fail(stop, request.POST.get("reason", ""), words=words, by=_by(request))
            case "undo":
                trips.undo(stop, words or _("written down by mistake"), by=_by(request))
            case "off":
                trips.take_off(stop.case, _by(request), words)
    except REFUSALS as refused:
        messages.error(request, f"#{stop.case.number}: {refused}")
    else:
        messages.success(request, _("#%(number)s: written down.") % {"number": stop.case.number})
    return _back(request)


@roles(*DISPATCH)
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Starts a trip for a driver who cannot press it."""
    _each(request, [_trip(pk)], lambda trip: trips.start(trip, _by(request)), _("started"))
    return _back(request)


@roles(*DISPATCH)
@require_POST
def vehicle_state(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a vehicle out of service or back, and asks for a new plan."""
    vehicle = get_object_or_404(Vehicle.objects.select_related("line"), pk=pk)
    state = request.POST.get("state", "")
    if state in Vehicle.State.values and state != vehicle.state:
        vehicle.state = state
        vehicle._history_user = request.user  # type: ignore[attr-defined]
        vehicle.save()
        planner.ask(vehicle.line, f"{vehicle.plate}: {state}", by=_by(request))
        words = {"plate": vehicle.plate, "state": vehicle.get_state_display()}
        messages.success(request, _("%(plate)s is now %(state)s.") % words)
    return _back(request)


def _each(request: HttpRequest, some: list[Trip], act: Callable[[Trip], Any], done: str) -> None:
    """Does it to each trip and says of each what really happened."""
    for trip in some:
        try:
            act(trip)
        except REFUSALS as refused:
            messages.error(request, f"{trip.vehicle.plate} {trip}: {refused}")
        else:
            messages.success(request, f"{trip.vehicle.plate} {trip}: {done}")


def _shown(request: HttpRequest) -> dict[str, Any]:
    lines = list(Line.objects.filter(active=True).order_by("pk"))
    line = next((one for one in lines if one.slug == request.GET.get("line")), lines[0] if lines else None)
    if line is None:
        return {"line": None, "lines": []}
    seen = overview.of(line)
    for trip in seen.trips:
        trip.link = link.address(trip)  # type: ignore[attr-defined]
    return {
        "line": line,
        "lines": lines,
        "seen": seen,
        "troubles": troubles.of(seen),
        "chart": chart.of(seen),
        "map": map.of(seen),
        "differences": differences.of(seen),
        "joins": joins.of(seen.plan),
        "no_longer": _numbers(seen, differences.no_longer(seen)),
        "failed_reasons": [c for c in Stop.FailedReason.choices if c[0]],
    }


def _numbers(seen: overview.Overview, ids: list[int]) -> list[str]:
    return [row.case.number for row in seen.unserved if row.case.pk in ids]


def _trip(pk: int) -> Trip:
    return get_object_or_404(Trip.objects.select_related("line", "vehicle", "driver", "shift"), pk=pk)


def _by(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 the declaration lets only users of ours in
    return request.user


def _back(request: HttpRequest) -> HttpResponse:
    """To the board; for htmx its live part with what was said."""
    if request.headers.get("HX-Request"):
        return render(request, "dispatch/board/part.html", _shown(request))
    return redirect(reverse("dispatch:board"))
