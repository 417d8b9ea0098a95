"""What an agent presses on the panel. Each press answers the panel anew; a refusal answers it with the words."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases.models import Case
from dispatch import searching, sourcing
from dispatch.goods import lists, panel
from dispatch.models import PickupPoint, Sourcing
from dispatch.refused import Refused
from dispatch.roles import EVERYBODY
from hotline.access import roles
from hotline.lifecycle import MoveRefused
from hotline.models import User

MOST_MINUTES = 24 * 60


@roles(*EVERYBODY)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The panel alone, for a page that refreshes it."""
    return HttpResponse(panel.render(request, _case(pk)))


@roles(*EVERYBODY)
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks a pickup point by its link; with said=yes the agent has them on the telephone and they have it."""
    case = _case(pk)
    point = get_object_or_404(PickupPoint, pk=request.POST.get("point"), line_id=case.line_id, active=True)
    try:
        with transaction.atomic():
            asked = sourcing.ask(case, point, by=_by(request))
            if request.POST.get("said") == "yes":
                _confirm(asked, request)
    except (MoveRefused, Refused) as refused:
        return _refused(request, pk, str(refused))
    return HttpResponse(panel.render(request, _case(pk)))


@roles(*EVERYBODY)
@require_POST
def search(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks the best points by themselves, so many at once; at_once=0 stops."""
    case = _case(pk)
    at_once = request.POST.get("at_once", "")
    try:
        if at_once == "0":
            searching.stop(case, by=_by(request))
        else:
            searching.start(case, by=_by(request), at_once=int(at_once) if at_once.isdecimal() else 1)
    except (MoveRefused, Refused) as refused:
        return _refused(request, pk, str(refused))
    return HttpResponse(panel.render(request, _case(pk)))


@roles(*EVERYBODY)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Everything that is being looked for: what waits for us, for a pickup point, and what is kept and lapses soon."""
    return render(request, "dispatch/goods/list.html", {"groups": lists.of(), "now": timezone.now()})


@roles(*EVERYBODY)
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes down what a pickup point said to one of us on the telephone."""
    asked = get_object_or_404(Sourcing.objects.select_related("case", "pickup_point"), pk=pk)
    words = request.POST.get("words", "").strip()[:200]
    try:
        match request.POST.get("said"):
            case "yes":
                _confirm(asked, request)
            case "part":
                sourcing.part(asked, by=_by(request), words=words)
            case "substitute":
                sourcing.substitute(asked, by=_by(request), words=words)
            case "no":
                sourcing.refuse(asked, by=_by(request), words=words)
            case _:
                return _refused(request, asked.case_id, _("Say what they answered."))
    except (MoveRefused, Refused) as refused:
        return _refused(request, asked.case_id, str(refused))
    return HttpResponse(panel.render(request, _case(asked.case_id)))


def ready_at(minutes: str) -> datetime | None:
    """When the goods can be collected; None is at once."""
    wait = int(minutes) if minutes.isdecimal() else 0
    return timezone.now() + timedelta(minutes=min(wait, MOST_MINUTES)) if wait else None


def _confirm(asked: Sourcing, request: HttpRequest) -> None:
    words = request.POST.get("words", "").strip()[:200]
    sourcing.confirm(asked, by=_by(request), ready_at=ready_at(request.POST.get("ready", "")), words=words)


def _by(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 the declaration lets only users of ours in
    return request.user


def _case(pk: int) -> Case:
    rows = Case.objects.select_related("line", "category", "address__community", "address__district")
    return get_object_or_404(rows, pk=pk)


def _refused(request: HttpRequest, pk: int, words: str) -> HttpResponse:
    return HttpResponse(panel.render(request, _case(pk), refused=words), status=HTTPStatus.CONFLICT)
