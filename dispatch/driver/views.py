"""The page itself: one stop at a time. Without scripts it works by plain forms; with them it also works without signal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases.models import Receiver
from dispatch import hours, trips
from dispatch.driver import acts, link, positions, visits
from dispatch.models import DriverAct, DriverBreak, Stop, Trip, TripOffer
from dispatch.nowhere import LeadsNowhere, answer
from dispatch.offer_lifecycle import OfferState
from dispatch.trip_lifecycle import StopState, TripState
from hotline.access import public, signed_link

WORKER = Path(__file__).with_name("worker.js")
NAVIGATE = "https://uri.amap.com/navigation?to={lon:.6f},{lat:.6f},{name}&mode=car&coordinate=wgs84"
UNDO_FOR = timedelta(minutes=10)
ENDING = (DriverAct.What.COLLECT, DriverAct.What.DELIVER, DriverAct.What.FAIL)
AT_THE_DOOR = ("gate_refused", "no_answer", "wrong_address", "turned_back", "goods_damaged", "other")
AT_THE_COUNTER = ("goods_missing", "no_answer", "wrong_address", "turned_back", "goods_damaged", "other")
START_LATER = timedelta(minutes=5)
TripView = Callable[[HttpRequest, Trip], HttpResponse]


def with_trip(view: TripView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Opens the link and speaks the driver's language, or says why the link leads nowhere."""

    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        try:
            trip = link.open_trip(token)
        except LeadsNowhere as nowhere:
            return answer(request, nowhere)
        with translation.override(chosen or trip.driver.language):
            return view(request, trip)

    return opened


# No session and no cookie stand behind this page: whoever can post to it already holds the link, so there is nothing a
# foreign site could borrow; and a queue kept on the phone overnight must not fail for an old CSRF token.
@csrf_exempt
@signed_link(link.KIND)
@never_cache
@require_http_methods(["GET", "POST"])
@with_trip
def page(request: HttpRequest, trip: Trip) -> HttpResponse:
    """The trip as the driver sees it; a POST is one act."""
    if request.method == "POST":
        return _act(request, trip)
    return render(request, "dispatch/driver/trip.html", _shown(trip, request))


# As above: the link is what lets somebody in.
@csrf_exempt
@signed_link(link.KIND)
@never_cache
@require_POST
@with_trip
def position(request: HttpRequest, trip: Trip) -> HttpResponse:
    """Where the phone is, if the driver agreed; only the newest is kept."""
    try:
        lon, lat = float(request.POST["lon"]), float(request.POST["lat"])
        metres = min(int(float(request.POST.get("metres", "0"))), 100_000)
    except (KeyError, ValueError, OverflowError):
        return JsonResponse({"ok": False}, status=HTTPStatus.BAD_REQUEST)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90 and metres >= 0):
        return JsonResponse({"ok": False}, status=HTTPStatus.BAD_REQUEST)
    at = acts.believable(request.POST.get("at", ""), trip)
    return JsonResponse({"ok": positions.note(trip, lon, lat, metres, at)})


@public("code only, the same for everybody")
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the last page for when there is no signal; it must lie beside the pages it serves."""
    code = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    code["Cache-Control"] = "no-cache"
    return code


def _act(request: HttpRequest, trip: Trip) -> HttpResponse:
    by_script = "application/json" in request.headers.get("accept", "")
    try:
        act = acts.read(request.POST, request.FILES.get("photo"))
    except acts.NotUnderstood:
        return JsonResponse({"ok": False, "words": ""}, status=HTTPStatus.BAD_REQUEST)
    kept = acts.take(trip, act)
    if by_script:
        return JsonResponse({"key": kept.key, "ok": kept.accepted, "words": kept.words})
    if not kept.accepted:
        return render(request, "dispatch/driver/trip.html", _shown(_again(trip), request) | {"refused": kept.words})
    return redirect(request.path)


def _again(trip: Trip) -> Trip:
    trip.refresh_from_db(fields=["state"])
    return trip


def _shown(trip: Trip, request: HttpRequest) -> dict[str, object]:
    stops = list(
        trip.stops.select_related(
            "case__person",
            "case__address__district",
            "case__address__community",
            "pickup_point__district",
            "district",
            "meets__vehicle",
            "meets__driver",
        ).prefetch_related("case__needs")
    )
    all_visits = visits.of(stops)
    receivers = {r.case_id: r for r in Receiver.objects.filter(case__in=[s.case_id for s in stops], withdrawn_at=None)}
    for stop in stops:
        stop.receiver = receivers.get(stop.case_id)  # type: ignore[attr-defined]
    offer = TripOffer.objects.filter(trip=trip, driver=trip.driver_id).first()
    declined = offer is not None and offer.state == OfferState.DECLINED
    now = timezone.now()
    for visit in all_visits:
        first = visit.first
        visit.too_early = bool(first.window_from and now < first.window_from and first.eta <= first.window_from)  # type: ignore[attr-defined]
        place = visit.first.pickup_point or visit.first.case.address
        visit.navigate = NAVIGATE.format(lon=visit.first.lon, lat=visit.first.lat, name=quote(str(place)))  # type: ignore[attr-defined]
    return {
        "trip": trip,
        "token": request.resolver_match.kwargs["token"] if request.resolver_match else "",
        "visits": all_visits,
        "current": visits.current(all_visits),
        "done": sum(1 for v in all_visits if v.state == "over"),
        "under_way": trip.state == TripState.UNDER_WAY,
        "released": trip.state == TripState.RELEASED and not declined,
        "offered": trip.state == TripState.RELEASED and offer is not None and offer.state in UNANSWERED,
        "declined": trip.state == TripState.RELEASED and declined,
        "why_declined": [{"slug": v, "words": w} for v, w in TripOffer.Why.choices if v],
        "districts": list(dict.fromkeys(v.district_words for v in all_visits)),
        "start_at": _start_at(trip, stops, now),
        **_at_work(trip, now),
        "undoable": _undoable(trip, stops),
        "reasons": {"delivery": _reasons(AT_THE_DOOR), "pickup": _reasons(AT_THE_COUNTER)},
        "new_key": uuid4,
        "worker": reverse("dispatch:driver-worker"),
    }


UNANSWERED = (OfferState.OPEN, OfferState.UNANSWERED)


def _start_at(trip: Trip, stops: list[Stop], now: datetime) -> datetime | None:
    """When to start so that nobody stands at a gate before the window that was told; None for at once."""
    if trip.state != TripState.RELEASED:
        return None
    best = trips.best_start(trip, stops, now)
    return best if best - now > START_LATER else None


def _at_work(trip: Trip, now: datetime) -> dict[str, object]:
    """Break, check-point, hours and position, as the page shows them on the road."""
    if trip.state != TripState.UNDER_WAY:
        return {}
    worked = hours.of([trip.driver_id], now)[trip.driver_id]
    return {
        "on_break": worked.on_break,
        "breaks": DriverBreak.What.choices,
        "hours_warnings": hours.warnings(trip.driver, worked, now),
        "checkpoint": trip.checkpoints.filter(passed_at=None, turned_back_at=None).first(),
        "alarm": trip.alarms.filter(seen_at=None, kind="sos").first(),
        "shares": trip.driver.position_agreed_at is not None,
    }


def _undoable(trip: Trip, stops: list[Stop]) -> list[Stop]:
    """The stops that the last press ended, while a slip can still be taken back."""
    if trip.state != TripState.UNDER_WAY:
        return []
    since = timezone.now() - UNDO_FOR
    last = trip.driver_acts.filter(accepted=True, received_at__gte=since).order_by("-id").first()
    if last is None or last.what not in ENDING:
        return []
    return [s for s in stops if s.pk in last.stops and s.state in (StopState.DONE, StopState.FAILED)]


def _reasons(names: tuple[str, ...]) -> list[dict[str, object]]:
    return [{"slug": n, "words": Stop.FailedReason(n).label} for n in names]
