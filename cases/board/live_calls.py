"""The calls of this moment: who talks with whom since when, and the way in for a supervisor."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from cases import masking
from cases.desk.answers import explained
from hotline import supervision
from hotline.access import SUPERVISOR, roles
from hotline.models import Call, CallLeg, User

SHOWN = 250


@roles(SUPERVISOR)
def page(request: HttpRequest) -> HttpResponse:
    """The page, and the rows again for the part that refreshes itself."""
    part = request.headers.get("HX-Request")
    return render(
        request, "cases/board/live_call_rows.html" if part else "cases/board/live_calls.html", _shown(request)
    )


@roles(SUPERVISOR)
@require_POST
@explained
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Listen, whisper, join, or leave: the supervisor's own telephone rings for the first of these."""
    me: User = request.user  # type: ignore[assignment]
    call = get_object_or_404(Call, pk=pk)
    mine = supervision.leg_of(me)
    if what == "leave":
        supervision.stop(me)
    elif what not in supervision.WAYS:
        raise Http404
    elif mine and mine.call_id == call.pk:
        supervision.change(me, what)
    else:
        supervision.begin(call, me, what)
    return render(request, "cases/board/live_call_rows.html", _shown(request))


def _shown(request: HttpRequest) -> dict[str, Any]:
    """Two queries: the calls, and the telephones in them."""
    talking = (
        Call.objects.filter(state="connected", line__practice=False)
        .select_related("agent", "skill", "line")
        .order_by("connected_at")
    )
    calls = list(talking[:SHOWN])
    others: dict[int, list[CallLeg]] = {}
    legs = CallLeg.objects.filter(call__in=calls, ended_at=None).exclude(party=CallLeg.Party.PERSON)
    for leg in legs.select_related("user").order_by("id"):
        others.setdefault(leg.call_id, []).append(leg)
    mine = supervision.leg_of(request.user)  # type: ignore[arg-type]
    rows = [
        {
            "call": call,
            "number": masking.phone(call.number),
            "others": [leg for leg in others.get(call.pk, []) if leg.user_id != call.agent_id],
            "mine": mine if mine and mine.call_id == call.pk else None,
        }
        for call in calls
    ]
    ways = [(str(way), way.label) for way in supervision.WAYS]
    return {"rows": rows, "ways": ways, "busy": mine is not None}
