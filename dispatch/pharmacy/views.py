"""The list of goods we ask a pickup point for, and its answers. No name, number or address of a resident is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dispatch import sourcing
from dispatch.models import PickupPoint, Sourcing
from dispatch.nowhere import LeadsNowhere, answer
from dispatch.pharmacy import link
from dispatch.refused import Refused
from hotline.access import signed_link
from hotline.lifecycle import MoveRefused

State = Sourcing.State
ANSWERED_SHOWN = timedelta(hours=24)
READY_IN = (0, 30, 60, 120, 240)

PointView = Callable[[HttpRequest, PickupPoint], HttpResponse]


def with_point(view: PointView) -> Callable[[HttpRequest, str], HttpResponse]:
    """Opens the link, or says why it leads nowhere."""

    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        with translation.override(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or settings.LANGUAGE_CODE):
            try:
                point = link.open_point(token)
            except LeadsNowhere as nowhere:
                return answer(request, nowhere)
            return view(request, point)

    return opened


# The link itself is what lets somebody in: there is no cookie a foreign site could borrow.
@csrf_exempt
@signed_link(link.KIND)
@never_cache
@require_http_methods(["GET", "POST"])
@with_point
def page(request: HttpRequest, point: PickupPoint) -> HttpResponse:
    """What is asked of this point; a POST is one answer."""
    if request.method == "POST":
        _answer(request, point)
        return redirect(request.path)
    rows = point.sourcings.select_related("case").prefetch_related("case__needs")
    return render(
        request,
        "dispatch/pharmacy/page.html",
        {
            "point": point,
            "asked": list(rows.filter(state=State.ASKED).order_by("case__rank", "due_at", "id")[:100]),
            "kept": list(rows.filter(state=State.CONFIRMED).order_by("ready_at", "id")[:100]),
            "answered": list(
                rows.filter(
                    state__in=[State.PART, State.SUBSTITUTE, State.REFUSED, State.WITHDRAWN, State.COLLECTED],
                    asked_at__gte=timezone.now() - ANSWERED_SHOWN,
                ).order_by("-id")[:30]
            ),
            "ready_in": READY_IN,
        },
    )


def _answer(request: HttpRequest, point: PickupPoint) -> None:
    number = request.POST.get("sourcing", "")
    asked = (
        point.sourcings.select_related("case", "pickup_point").filter(pk=number if number.isdecimal() else 0).first()
    )
    if asked is None:
        messages.error(request, _("This question is not one of yours."))
        return
    words = request.POST.get("words", "").strip()[:200]
    said = request.POST.get("said", "")
    if said in SAME_AS and SAME_AS[said] == asked.state:  # pressed twice: the first press counts
        return
    try:
        match said:
            case "yes":
                sourcing.confirm(asked, ready_at=_in_minutes(request), reserved_until=_kept_until(request), words=words)
            case "part" | "substitute" if not words:
                raise Refused(_("Please write what you have."))
            case "part":
                sourcing.part(asked, words=words)
            case "substitute":
                sourcing.substitute(asked, words=words)
            case "no":
                sourcing.refuse(asked, words=words)
            case _:
                raise Refused(_("Please press one of the answers."))
    except (Refused, MoveRefused) as refused:
        messages.error(request, f"#{asked.case.number}: {refused}")
    else:
        messages.success(request, _("#%(number)s: thank you, we have your answer.") % {"number": asked.case.number})


SAME_AS = {"yes": State.CONFIRMED, "part": State.PART, "substitute": State.SUBSTITUTE, "no": State.REFUSED}


def _in_minutes(request: HttpRequest) -> datetime | None:
    minutes = request.POST.get("ready", "")
    wait = min(int(minutes), 24 * 60) if minutes.isdecimal() and len(minutes) < 6 else 0
    return timezone.now() + timedelta(minutes=wait) if wait else None


def _kept_until(request: HttpRequest) -> datetime | None:
    """The end of today or tomorrow, as the counter says it; None leaves it to the rule."""
    days = {"today": 1, "tomorrow": 2}.get(request.POST.get("kept", ""))
    if days is None:
        return None
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=days)
