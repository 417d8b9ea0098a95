"""The trips a case was on: what was promised, what happened at each stop, and what proves the hand-over."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from cases.models import Case

MOST_STOPS = 20


def render(request: HttpRequest, case: Case) -> str:
    """The panel as HTML, newest trip first; "" for a case that was never on a trip."""
    stops = list(
        case.stops.select_related("trip__vehicle", "trip__driver", "pickup_point")
        .prefetch_related("proofs__by")
        .order_by("-trip_id", "sequence")[:MOST_STOPS]
    )
    return render_to_string("dispatch/delivery/panel.html", {"case": case, "stops": stops}, request) if stops else ""
