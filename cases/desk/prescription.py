"""Prescriptions on the page of a case: ask for the photo, book, issued, checked; a supervisor allows controlled drugs."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import prescriptions
from cases.desk.answers import back, explained
from cases.desk.home import case_by_number
from cases.models import Prescription
from hotline.access import ADMINISTRATOR, AGENT, SUPERVISOR, roles
from hotline.lifecycle import MoveRefused
from hotline.models import User


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def ask_photo(request: HttpRequest, number: str) -> HttpResponse:
    """Texts the link for the photo."""
    case = case_by_number(number)
    asked = prescriptions.ask_photo(case, by=request.user, again=True)  # type: ignore[arg-type]
    said = _("The link for the photo is on its way.") if asked else _("No need of this case waits for a photo.")
    return back(request, reverse("cases:case", args=[number]), said, bad=not asked)


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """The next step of one prescription."""
    paper = get_object_or_404(Prescription.objects.select_related("need__case"), pk=pk)
    by: User = request.user  # type: ignore[assignment]
    words = request.POST.get("words", "").strip()
    if what == "received":
        prescriptions.receive(paper, by=by)
    elif what == "book":
        at = parse_datetime(request.POST.get("at", "") or "-")
        if at is None:
            raise MoveRefused(_("say when the consultation is"))
        prescriptions.book(paper, at=timezone.make_aware(at), doctor=request.POST.get("doctor", ""), by=by)
    elif what == "issue":
        day = parse_date(request.POST.get("valid_until", "") or "-")
        if day is None:
            raise MoveRefused(_("say until when it is valid"))
        given = {name: request.POST.get(name, "") for name in ("number", "doctor")}
        prescriptions.issue(paper, **given, valid_until=day, by=by)
    elif what in ("checked", "refused"):
        prescriptions.check(paper, good=what == "checked", words=words, by=by)
    else:
        raise Http404
    said = _("Prescription: %s.") % paper.get_state_display()
    return back(request, reverse("cases:case", args=[paper.need.case.number]), said)


@roles(SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def allow(request: HttpRequest, number: str) -> HttpResponse:
    """A supervisor's yes to the controlled drugs of the case."""
    prescriptions.allow(case_by_number(number), by=request.user)  # type: ignore[arg-type]
    return back(request, reverse("cases:case", args=[number]), _("Allowed: it goes on."))
