"""A person's data, for supervisors: handed out or taken away, with the reason written down."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases import masking, retention
from cases.desk.answers import back, explained
from cases.models import DataRequest, Resident
from hotline.access import ADMINISTRATOR, SUPERVISOR, roles
from hotline.lifecycle import MoveRefused
from hotline.models import User


@roles(SUPERVISOR, ADMINISTRATOR)
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is held, in numbers; what can be done; what has been done before."""
    person = get_object_or_404(Resident, pk=pk)
    context = {
        "person": person,
        "masked_name": masking.name(person.name),
        "cases": retention.cases_of(person).order_by("-pk")[:50],
        "why_not": retention.why_not(person),
        "requests": DataRequest.objects.filter(resident_id=pk).select_related("by").order_by("-pk"),
    }
    return render(request, "cases/case/person_data.html", context)


@roles(SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def hand_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything as a ZIP."""
    by: User = request.user  # type: ignore[assignment]
    packed = retention.hand_out(get_object_or_404(Resident, pk=pk), by=by, reason=request.POST.get("reason", ""))
    response = HttpResponse(packed, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="person-{pk}.zip"'
    response["Cache-Control"] = "private, no-store"
    return response


@roles(SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """For good; the box says that this is understood."""
    by: User = request.user  # type: ignore[assignment]
    if "sure" not in request.POST:
        raise MoveRefused(_("tick the box: it cannot be undone"))
    person = get_object_or_404(Resident, pk=pk)
    retention.erase(person, what=DataRequest.What.ERASED, by=by, reason=request.POST.get("reason", ""))
    return back(request, reverse("cases:person-data", args=[pk]), _("The data is taken away."))


@roles(SUPERVISOR, ADMINISTRATOR)
@require_GET
def of_case(request: HttpRequest, number: str) -> HttpResponse:
    """From a case to its person."""
    from cases.desk.home import case_by_number

    return redirect("cases:person-data", pk=case_by_number(number).person_id)
