"""The numbers of the people of a case, on its page: another one, which is preferred, when to call."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import phones, steps
from cases.desk.answers import back, explained
from cases.desk.home import case_by_number
from cases.models import Case, Phone, Resident
from hotline.access import ADMINISTRATOR, AGENT, SUPERVISOR, roles


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def write(request: HttpRequest, number: str) -> HttpResponse:
    """A new number, or what is known of one of theirs (by its id: the page shows no number in full)."""
    case = case_by_number(number)
    said = request.POST
    phone = _phone(case, said.get("phone", ""))
    person = phone.resident if phone else _person(case, said.get("whose", ""))
    phones.write(
        person,
        str(phone.number) if phone else said.get("number", ""),
        label=said.get("label", ""),
        preferred="preferred" in said,
        takes_texts="takes_texts" in said,
        call_from=said.get("call_from", ""),
        call_until=said.get("call_until", ""),
    )
    steps.announce(case)
    return back(request, reverse("cases:case", args=[case.number]), _("The number is written down."))


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def remove(request: HttpRequest, number: str) -> HttpResponse:
    """Not theirs any more."""
    case = case_by_number(number)
    phone = _phone(case, request.POST.get("phone", ""))
    if phone is None:
        raise Http404
    phones.remove(phone)
    steps.announce(case)
    return back(request, reverse("cases:case", args=[case.number]), _("The number is taken off."))


def _phone(case: Case, pk: str) -> Phone | None:
    """One of the numbers of this case's people; nobody else's."""
    if not pk:
        return None
    theirs = [person for person in (case.person, case.reporter) if person]
    found = Phone.objects.filter(pk=pk if pk.isdecimal() else 0, resident__in=theirs).select_related("resident").first()
    if found is None:
        raise Http404
    return found


def _person(case: Case, whose: str) -> Resident:
    return case.reporter if whose == "reporter" and case.reporter else case.person
