"""Search: by case number, by telephone (whole or its last four), by name, address, item, words and notes."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases import people
from cases.models import Address, Case, Community, Need, Note, Phone, Resident
from cases.models.case import FIRST_NUMBER
from hotline.access import ADMINISTRATOR, AGENT, DISPATCHER, SUPERVISOR, roles

SHOWN = 30
EACH = 200  # of each kind of hit, the newest
SHORTEST = 2


@roles(AGENT, SUPERVISOR, ADMINISTRATOR, DISPATCHER)
def page(request: HttpRequest) -> HttpResponse:
    """The hits; a case number alone goes straight to the case."""
    words = request.GET.get("q", "").strip()[:100]
    exact = by_number(words)
    if exact and not request.headers.get("HX-Request"):
        return redirect("cases:case", number=exact.number)
    hits = find(words)
    context: dict[str, Any] = {
        "q": words,
        "hits": hits[:SHOWN],
        "more": len(hits) > SHOWN,
        "too_short": 0 < len(words) < SHORTEST,
    }
    return render(request, "cases/search/page.html", context)


def by_number(words: str) -> Case | None:
    """The case of this number, as a resident quotes it."""
    digits = words.lstrip("#")
    if not digits.isdigit() or not 6 <= len(digits) <= 10:
        return None
    return Case.objects.filter(pk=int(digits) - FIRST_NUMBER).first()


def find(words: str) -> list[Case]:
    """Cases these words are about: every word has to hit something of the case. Open ones first, then the newest."""
    words = re.sub(r"(?<=[\d+])[\s-]+(?=\d)", "", words)  # a telephone number as people write it
    parts = words.split()[:5]
    if not parts or len(words) < SHORTEST:
        return []
    found: QuerySet[Case] = Case.objects.all()
    for part in parts:
        found = found.filter(_about(part))
    related = found.select_related("person", "category", "district", "address__community").prefetch_related("needs")
    newest = list(related.order_by("-id")[: SHOWN * 3])
    return sorted(newest, key=lambda case: (not case.is_open, -case.pk))


def _about(part: str) -> Q:
    """Every way one word can be about a case; each bounded, so that a common word costs no more than a rare one."""
    hits = Q(pk__in=[])
    if part.lstrip("+").isdigit():
        if exact := by_number(part):
            hits |= Q(pk=exact.pk)
        hits |= _of_people(_by_phone(part))
    else:
        hits |= _of_people(
            list(Resident.objects.filter(name__icontains=part).order_by("-id").values_list("pk", flat=True)[:EACH])
        )
    communities = list(Community.objects.filter(name__icontains=part).values_list("pk", flat=True)[:EACH])
    street = Q(community__in=communities) | Q(street__icontains=part) | Q(said__icontains=part) | Q(room=part)
    hits |= Q(address__in=list(Address.objects.filter(street).order_by("-id").values_list("pk", flat=True)[:EACH]))
    hits |= Q(
        pk__in=list(Need.objects.filter(item__icontains=part).order_by("-id").values_list("case", flat=True)[:EACH])
    )
    hits |= Q(
        pk__in=list(Note.objects.filter(text__icontains=part).order_by("-id").values_list("case", flat=True)[:EACH])
    )
    return hits | Q(
        pk__in=list(Case.objects.filter(words__icontains=part).order_by("-id").values_list("pk", flat=True)[:EACH])
    )


def _by_phone(digits: str) -> list[int]:
    if len(digits) < 4:
        return []
    whole = people.e164(digits)
    same = Q(number=whole) if whole else Q(pk__in=[])
    ending = Q(number__endswith=digits) if len(digits) <= 11 else Q(pk__in=[])
    return list(Phone.objects.filter(same | ending).order_by("-id").values_list("resident", flat=True)[:EACH])


def _of_people(pks: list[int]) -> Q:
    return Q(person__in=pks) | Q(reporter__in=pks)
