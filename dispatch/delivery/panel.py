"""The trips a case was on: what was promised, what happened at each stop, and what proves the hand-over."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from cases import receivers
from cases.lifecycle import CaseState
from cases.models import Case, Receiver

MOST_STOPS = 20


def render(request: HttpRequest, case: Case) -> str:
    """The panel as HTML, newest trip first, and who may receive; "" for a settled case that was never on a trip."""
    stops = list(
        case.stops.select_related("trip__vehicle", "trip__driver", "pickup_point")
        .prefetch_related("proofs__by")
        .order_by("-trip_id", "sequence")[:MOST_STOPS]
    )
    if not stops and (not case.is_open or case.state == CaseState.NEW):
        return ""
    shown = {"case": case, "stops": stops, "receiver": receivers.of(case), "kinds": Receiver.Kind.choices}
    return render_to_string("dispatch/delivery/panel.html", shown, request)
