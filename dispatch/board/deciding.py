"""What a dispatcher decides about single stops, cases, vehicles and drivers: the sheet that shows it before, and the press.

Each press is one call of a rule of dispatch.trips; of many at once it is said row by row what became of each.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases import holds
from cases.models import Case
from dispatch import trips
from dispatch.models import Driver, Instruction, PickupPoint, Shift, Stop, Trip, Vehicle
from dispatch.refused import Refused
from dispatch.roles import DISPATCH
from dispatch.trip_lifecycle import LIVE_STOP_STATES, LIVE_TRIP_STATES, TripState
from dispatch.trips import moving, outage, told
from hotline.access import roles
from hotline.lifecycle import MoveRefused
from hotline.models import User

REFUSALS = (MoveRefused, Refused)
MOST_TRIPS = 60
MOST_CHOSEN = 60
HOURS = (1, 2, 4, 8, 24)


@roles(*DISPATCH)
@require_GET
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet for a case: where it could go, and for the place that is chosen what it costs and breaks."""
    case = _case(pk)
    live = _live(case.line_id)
    shown: dict[str, Any] = {"case": case, "trips": live, "because": told.Because.choices}
    stop = Stop.objects.filter(case=case, kind=Stop.Kind.DELIVERY, state__in=LIVE_STOP_STATES).first()
    shown |= {"stop": stop, "instructions": _instructions(case), "hours": HOURS}
    chosen = next((trip for trip in live if str(trip.pk) == request.GET.get("trip")), None)
    kind = Stop.Kind.PICKUP if request.GET.get("kind") == "pickup" else Stop.Kind.DELIVERY
    before = _number(request.GET.get("before"))
    try:
        if chosen is not None:
            shown |= {"chosen": chosen, "before": before, "kind": str(kind)}
            shown["preview"] = trips.preview(case, chosen, before=before, kind=kind)
        elif request.GET.get("hint") is None:
            shown["options"], shown["cannot"] = moving.options(case, live)
    except REFUSALS as refused:
        shown["refused"] = str(refused)
    return render(request, f"dispatch/board/{'hint' if 'hint' in request.GET else 'place'}.html", shown)


@roles(*DISPATCH)
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts the case where it was dropped, as it was shown."""
    case = _case(pk)
    trip = get_object_or_404(_trips(), pk=_number(request.POST.get("trip")) or 0)

    def act() -> str:
        trips.move(
            case,
            trip,
            by=_by(request),
            before=_number(request.POST.get("before")),
            kind=Stop.Kind.PICKUP if request.POST.get("kind") == "pickup" else Stop.Kind.DELIVERY,
            reason=request.POST.get("reason", ""),
            because=request.POST.get("because", told.CHANGED),
            seen=request.POST.get("seen", ""),
        )
        return _("#%(number)s goes with %(plate)s.") % {"number": case.number, "plate": trip.vehicle.plate}

    return _pressed(request, act)


@roles(*DISPATCH)
@require_POST
def instruct(request: HttpRequest, pk: int) -> HttpResponse:
    """Pins, unpins, keeps out of planning or lets in again, holds."""
    case = _case(pk)
    return _pressed(request, lambda: _instructed(request, case))


@roles(*DISPATCH)
@require_GET
def chosen(request: HttpRequest) -> HttpResponse:
    """The sheet for several ready cases: a trip by hand with what speaks against it, or keeping them out, or a hold."""
    cases = _chosen(request.GET.getlist("case"))
    shown: dict[str, Any] = {"cases": cases, "hours": HOURS}
    if cases:
        shown["shifts"] = _shifts(cases[0].line_id)
        shift = next((s for s in shown["shifts"] if str(s.pk) == request.GET.get("shift")), None)
        if shift is not None:
            try:
                shown |= {"shift": shift, "draft": trips.draft(cases, shift)}
            except REFUSALS as refused:
                shown |= {"shift": shift, "refused": str(refused)}
    return render(request, "dispatch/board/chosen.html", shown)


@roles(*DISPATCH)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Does it to the chosen cases and says of each what became of it."""
    cases = _chosen(request.POST.getlist("case"))
    if request.POST.get("what") == "trip":
        shift = get_object_or_404(
            Shift.objects.select_related("vehicle__line", "driver"), pk=_number(request.POST.get("shift")) or 0
        )

        def act() -> str:
            trip = trips.make(cases, shift, by=_by(request), reason=request.POST.get("reason", ""))
            words = {"plate": trip.vehicle.plate, "n": len(cases)}
            return _("A trip of %(plate)s with %(n)d cases is planned; release it when it is right.") % words

        return _pressed(request, act)
    for case in cases:
        try:
            messages.success(request, _instructed(request, case))
        except REFUSALS as refused:
            messages.error(request, f"#{case.number}: {refused}")
    return _done(request)


@roles(*DISPATCH)
@require_GET
def trip(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet for a trip in trouble: another driver, a second vehicle, a vehicle that is out."""
    shown = get_object_or_404(_trips(), pk=pk)
    stops = (
        shown.stops.filter(state__in=LIVE_STOP_STATES, kind=Stop.Kind.DELIVERY)
        .select_related("case")
        .order_by("sequence")
    )
    on_board = set(shown.stops.filter(kind=Stop.Kind.PICKUP, state="done").values_list("case_id", flat=True))
    words = {
        "trip": shown,
        "open": [{"case": stop.case, "eta": stop.eta, "on_board": stop.case_id in on_board} for stop in stops],
        "others": [t for t in _live(shown.line_id) if t.pk != shown.pk],
        "shifts": [s for s in _shifts(shown.line_id) if s.vehicle_id != shown.vehicle_id],
        "drivers": Driver.objects.filter(line_id=shown.line_id, active=True)
        .exclude(pk=shown.driver_id)
        .order_by("name")[:200],
        "meeting": outage.meeting_at(shown),
        "points": PickupPoint.objects.filter(line_id=shown.line_id, active=True).order_by("name")[:200],
        "because": told.Because.choices,
    }
    return render(request, "dispatch/board/trip.html", words)


@roles(*DISPATCH)
@require_POST
def split(request: HttpRequest, pk: int) -> HttpResponse:
    """Some cases of the trip go on a second vehicle."""
    whole = get_object_or_404(_trips(), pk=pk)
    cases = _chosen(request.POST.getlist("case"))
    shift = get_object_or_404(
        Shift.objects.select_related("vehicle__line", "driver"), pk=_number(request.POST.get("shift")) or 0
    )

    def act() -> str:
        if not cases:
            raise Refused(_("choose at least one case"))
        reason, because = request.POST.get("reason", ""), request.POST.get("because", told.CHANGED)
        second = trips.split(whole, cases, shift, by=_by(request), reason=reason, because=because)
        return _("%(n)d cases go with %(plate)s now.") % {"n": len(cases), "plate": second.vehicle.plate}

    return _pressed(request, act)


@roles(*DISPATCH)
@require_POST
def another_driver(request: HttpRequest, pk: int) -> HttpResponse:
    """Another driver takes the trip over."""
    whole = get_object_or_404(_trips(), pk=pk)
    driver = get_object_or_404(Driver, pk=_number(request.POST.get("driver")) or 0, line_id=whole.line_id)

    def act() -> str:
        trips.replace_driver(whole, driver, by=_by(request), reason=request.POST.get("reason", ""))
        if whole.state == TripState.RELEASED:
            return _("%(driver)s is asked.") % {"driver": driver}
        return _("%(driver)s drives %(plate)s now; the old link is dead.") % {
            "driver": driver,
            "plate": whole.vehicle.plate,
        }

    return _pressed(request, act)


@roles(*DISPATCH)
@require_POST
def out(request: HttpRequest, pk: int) -> HttpResponse:
    """The vehicle is out: of each of its cases it is said where it went."""
    vehicle = get_object_or_404(Vehicle.objects.select_related("line"), pk=pk)
    try:
        fates = trips.vehicle_out(
            vehicle,
            by=_by(request),
            reason=request.POST.get("reason", ""),
            to=_takes_over(request, vehicle),
            meeting=_meeting(request),
            goods=outage.LOST if request.POST.get("goods") == outage.LOST else outage.BROUGHT_BACK,
        )
    except REFUSALS as refused:
        return _refused(request, str(refused))
    for fate in fates:
        (messages.success if fate.ok else messages.error)(request, fate.words)
    messages.success(
        request, _("%(plate)s is now %(state)s.") % {"plate": vehicle.plate, "state": vehicle.get_state_display()}
    )
    return _done(request)


def _takes_over(request: HttpRequest, vehicle: Vehicle) -> Trip | Shift | None:
    """trip:N, shift:N or nothing."""
    kind, _colon, number = request.POST.get("to", "").partition(":")
    if kind == "trip":
        return _trips().filter(pk=_number(number) or 0, line_id=vehicle.line_id).exclude(vehicle=vehicle).first()
    if kind == "shift":
        rows = Shift.objects.select_related("vehicle__line", "driver").filter(vehicle__line_id=vehicle.line_id)
        return rows.filter(pk=_number(number) or 0).exclude(vehicle=vehicle).first()
    return None


def _meeting(request: HttpRequest) -> outage.Meeting | None:
    """At a pickup point; None is where the vehicle stands."""
    point = PickupPoint.objects.filter(pk=_number(request.POST.get("meeting")) or 0, active=True).first()
    return outage.meeting_at_point(point) if point else None


def _instructed(request: HttpRequest, case: Case) -> str:
    by, reason = _by(request), request.POST.get("reason", "").strip()
    match request.POST.get("what"):
        case "pin":
            vehicle = get_object_or_404(Vehicle, pk=_number(request.POST.get("vehicle")) or 0)
            trips.pin(case, vehicle, by=by, reason=reason)
            return _("#%(number)s is pinned to %(plate)s.") % {"number": case.number, "plate": vehicle.plate}
        case "unpin":
            trips.lift(case, Instruction.Kind.PIN, by=by, reason=reason)
            return _("#%s is no longer pinned.") % case.number
        case "exclude":
            until = _until(request)
            trips.exclude(case, until=until, by=by, reason=reason)
            words = {"number": case.number, "time": timezone.localtime(until).strftime("%H:%M")}
            return _("#%(number)s is in no plan until %(time)s.") % words
        case "include":
            trips.lift(case, Instruction.Kind.EXCLUDE, by=by, reason=reason)
            return _("#%s is planned again.") % case.number
        case "hold":
            if not reason:
                raise Refused(_("please give a reason"))
            holds.hold(case, until=_until(request), reason=reason, by=by)
            return _("#%s is on hold.") % case.number
        case _:
            raise Refused(_("say what to do with it"))


def _until(request: HttpRequest) -> Any:
    """In so many hours, or at the time written."""
    written = parse_datetime(request.POST.get("until", "") or "")
    if written is not None:
        return written if timezone.is_aware(written) else timezone.make_aware(written)
    return timezone.now() + timedelta(hours=min(_number(request.POST.get("hours")) or 2, 168))


def _case(pk: int) -> Case:
    return get_object_or_404(Case.objects.select_related("line", "category", "address__community", "person"), pk=pk)


def _chosen(numbers: list[str]) -> list[Case]:
    ids = [int(n) for n in numbers if n.isdecimal()][:MOST_CHOSEN]
    rows = Case.objects.filter(pk__in=ids).select_related("line", "category", "address__community")
    return list(rows.order_by("rank", "due_at", "pk"))


def _trips() -> Any:
    return Trip.objects.select_related("line", "vehicle__line", "driver", "shift")


def _live(line_id: int) -> list[Trip]:
    """The trips that a case could go on, each with its open stops."""
    stops = Stop.objects.filter(state__in=LIVE_STOP_STATES).select_related("case", "pickup_point").order_by("sequence")
    rows = _trips().filter(line_id=line_id, state__in=LIVE_TRIP_STATES).order_by("period", "pk")
    return list(rows.prefetch_related(Prefetch("stops", stops, to_attr="open_now"))[:MOST_TRIPS])


def _shifts(line_id: int) -> list[Shift]:
    """Vehicles with a driver, now or within hours."""
    now = timezone.now()
    rows = Shift.objects.filter(
        vehicle__line_id=line_id,
        vehicle__state=Vehicle.State.IN_SERVICE,
        driver__active=True,
        ends_at__gt=now,
        starts_at__lt=now + timedelta(hours=12),
    )
    return list(rows.select_related("vehicle__line", "driver").order_by("starts_at", "vehicle__plate")[:200])


def _instructions(case: Case) -> dict[str, Instruction]:
    return {one.kind: one for one in case.instructions.filter(ended_at=None).select_related("vehicle", "by")}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _by(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 the declaration lets only users of ours in
    return request.user


def _pressed(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, act())
    except REFUSALS as refused:
        return _refused(request, str(refused))
    return _done(request)


def _refused(request: HttpRequest, words: str) -> HttpResponse:
    """In the sheet, which stays open with what was written; a plain form gets it on the board."""
    if request.headers.get("HX-Request"):
        return render(request, "dispatch/board/refused.html", {"refused": words}, status=HTTPStatus.CONFLICT)
    messages.error(request, words)
    return redirect(reverse("dispatch:board"))


def _done(request: HttpRequest) -> HttpResponse:
    """Back to the board, which says what happened."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": reverse("dispatch:board")})
    return redirect(reverse("dispatch:board"))
