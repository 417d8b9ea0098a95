"""The trips a case was on: what was promised, what happened at each stop, and what proves the hand-over."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from cases import receivers
from cases.lifecycle import CaseState
from cases.models import Case, Receiver
from dispatch.models import Stop

MOST_STOPS = 20


def _stops(case: Case) -> list[Stop]:
    """Of most cases there are none yet: then nothing else is asked."""
    if not case.stops.exists():
        return []
    stops = case.stops.select_related("trip__vehicle", "trip__driver", "pickup_point").prefetch_related("proofs__by")
    return list(stops.order_by("-trip_id", "sequence")[:MOST_STOPS])


def render(request: HttpRequest, case: Case) -> str:
    """The panel as HTML, newest trip first, and who may receive; "" for a settled case that was never on a trip."""
    stops = _stops(case)
    if not stops and (not case.is_open or case.state == CaseState.NEW):
        return ""
    shown = {"case": case, "stops": stops, "receiver": receivers.of(case), "kinds": Receiver.Kind.choices}
    return render_to_string("dispatch/delivery/panel.html", shown, request)
