"""Look-ups while typing: communities with their zone and gate, and items as others wrote them."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases import addresses, catalogue
from cases.models import Community, District, Need
from hotline.access import ADMINISTRATOR, AGENT, SUPERVISOR, roles

SHOWN = 8


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
def communities(request: HttpRequest) -> HttpResponse:
    """Compounds by their name, in the chosen district first; choosing one brings zone, gate and committee along."""
    words = request.GET.get("q", "").strip()[:60]
    asked = request.GET.get("address-district", "")
    district = District.objects.filter(pk=asked).first() if asked.isdecimal() else None
    found = addresses.find_community(words, district)[:SHOWN] if words else []
    return render(request, "cases/desk/options.html", {"options": [_community(entry) for entry in found]})


def _community(community: Community) -> dict[str, Any]:
    fill = {
        "address-community": str(community.pk),
        "address-district": str(community.district_id),
        "address-street": community.street,
        "address-zone_tier": community.zone_tier,
        "address-gate_contact": community.gate_contact,
        "address-gate_phone": community.gate_phone,
        "address-committee_phone": community.committee_phone,
    }
    zone = community.get_zone_tier_display() if community.zone_tier else ""
    beside = " · ".join(str(part) for part in [community.district, community.street, zone] if part)
    return {"value": community.name, "fill": json.dumps(fill), "beside": beside}


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
def items(request: HttpRequest) -> HttpResponse:
    """Items whose writing begins with what was typed, the most used first, then what the catalogue was given by us."""
    words = request.GET.get("q", "").strip()[:60]
    found: list[Any] = []
    if words:
        # The newest rows speak for what is usual, and bound the work however many cases there are.
        recent = Need.objects.filter(item__istartswith=words).order_by("-id").values_list("pk", flat=True)[:400]
        found = list(
            Need.objects.filter(pk__in=list(recent))
            .values("item", "specification", "unit", "prescription_needed")
            .annotate(times=Count("id"))
            .order_by("-times", "item")[:SHOWN]
        )
    mine = [] if not words else catalogue.complete(words, SHOWN)
    known = {row["item"] for row in found}
    found += [
        {
            "item": row.name,
            "specification": row.specification,
            "unit": row.unit,
            "prescription_needed": row.prescription,
        }
        for row in mine
        if row.name not in known
    ]
    options = [
        {
            "value": row["item"],
            "fill": json.dumps(
                {
                    "specification": row["specification"],
                    "unit": row["unit"],
                    "prescription": row["prescription_needed"],
                }
            ),
            "beside": " ".join(part for part in [row["specification"], row["unit"]] if part),
        }
        for row in found[:SHOWN]
    ]
    return render(request, "cases/desk/options.html", {"options": options})
