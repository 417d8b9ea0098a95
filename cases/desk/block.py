"""From a case to the block-list, with the number of the person or of whoever asked for them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from cases.desk.home import case_by_number
from cases.models import Phone
from hotline import blocked_page
from hotline.access import ADMINISTRATOR, SUPERVISOR, roles


@roles(SUPERVISOR, ADMINISTRATOR)
def of_case(request: HttpRequest, number: str, phone: int) -> HttpResponse:
    case = case_by_number(number)
    theirs = [pk for pk in (case.person_id, case.reporter_id) if pk]
    found = get_object_or_404(Phone, pk=phone, resident__in=theirs)
    return blocked_page.ask_about(request, str(found.number))
