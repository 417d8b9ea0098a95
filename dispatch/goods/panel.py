"""What the panel shows: whom we have asked, what they said, and who is nearest to ask next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.lifecycle import CaseState
from cases.models import Case
from dispatch import searching, sourcing
from dispatch.metres import apart
from dispatch.models import Sourcing

MOST_POINTS = 8
SEARCHED = (CaseState.TRIAGED, CaseState.SOURCING)
State = Sourcing.State
WAITS_FOR_THEM = (State.ASKED,)
WAITS_FOR_US = (State.PART, State.SUBSTITUTE)
READY_IN = (0, 30, 60, 120)


def render(request: HttpRequest, case: Case, *, refused: str = "") -> str:
    """The panel as HTML; "" for a case that needs no goods now and was never asked for anywhere."""
    asked = _asked(case)
    searched = case.state in SEARCHED
    if not searched and not asked:
        return ""
    words = {"case": case, "asked": asked, "searching": searched, "refused": refused, "ready_in": READY_IN}
    if searched:
        words |= {"search": searching.going_on(case), "at_once": range(1, searching.MOST_AT_ONCE + 1)}
        words["points"] = _nearest(case, asked)
    return render_to_string("dispatch/goods/panel.html", words, request=request)


def _asked(case: Case) -> list[Sourcing]:
    """Of most cases nobody was asked yet: then nothing else is asked here."""
    if not case.sourcings.exists():
        return []
    return list(case.sourcings.select_related("pickup_point__district", "asked_by").order_by("-id")[:20])


def _nearest(case: Case, asked: list[Sourcing]) -> list[dict[str, Any]]:
    """The points that carry this category, nearest first, without those an answer of whom we wait for or have."""
    busy = {s.pickup_point_id for s in asked if s.state in (*WAITS_FOR_THEM, *WAITS_FOR_US, State.CONFIRMED)}
    said_no = {s.pickup_point_id for s in asked if s.state in (State.REFUSED, State.EXPIRED)}
    here = case.address.point if case.address else None
    now = timezone.now()
    return [
        {
            "point": point,
            "kilometres": apart(here, (point.lon, point.lat)) / 1000 if here else None,
            "open": searching.is_open(point, now),
            "learned": _learned(point),
            "said_no": point.pk in said_no,
        }
        for point in sourcing.points_for(case)[: MOST_POINTS + len(busy)]
        if point.pk not in busy
    ][:MOST_POINTS]


def _learned(point: Any) -> str:
    """What it said about these items lately."""
    asked = point.had + point.had_not
    return _("had it %(had)d of %(asked)d times") % {"had": point.had, "asked": asked} if asked else ""
