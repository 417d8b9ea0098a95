"""Practice on screens: a supervisor starts and ends a shift and reads its table, a trainee the own part of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Avg, Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST

from cases.desk import drafts
from cases.desk.answers import back, explained, nothing, parts
from cases.models import Draft, PracticeCaller, PracticeShift
from cases.practice import marking, shifts
from hotline import calls, practice
from hotline.access import AGENT, SUPERVISOR, roles
from hotline.models import User
from hotline.presence import NotNow

SHOWN = 20
CHOICES = (3, 5, 10)


@roles(SUPERVISOR)
def page(request: HttpRequest) -> HttpResponse:
    """The open shift or the form that starts one, and the table of the one chosen or last ended."""
    opened = shifts.open_one()
    wanted = request.GET.get("shift", "")
    past = list(PracticeShift.objects.filter(is_open=False).select_related("by")[:SHOWN])
    shown = next((shift for shift in past if str(shift.pk) == wanted), None) or opened or next(iter(past), None)
    context: dict[str, Any] = {
        "is_offered": practice.is_offered(),
        "opened": opened,
        "past": past,
        "shown": shown,
        "rows": table(shown) if shown else [],
        "agents": User.objects.filter(role=AGENT, is_active=True)
        .select_related("presence")
        .order_by("name", "pk")[:300],
        "choices": CHOICES,
    }
    part = request.headers.get("HX-Request")
    return render(request, "cases/practice/table.html" if part else "cases/practice/page.html", context)


def table(shift: PracticeShift) -> list[dict[str, Any]]:
    """A row for each trainee: callers, seconds to answer, fields filled, level agreed. One grouped query."""
    of_fields = len(marking.FIELDS)
    taken = (
        shift.callers.filter(trainee__isnull=False).order_by().values("trainee", "trainee__name", "trainee__username")
    )
    rows: Any = taken.annotate(
        callers=Count("id"),
        answered=Avg("answered_seconds"),
        handed_in=Count("handed_in_at"),
        agreed=Count("id", filter=Q(given_level=F("level"))),
    ).order_by("trainee__name", "trainee")
    filled: dict[int, list[int]] = {}
    for trainee, found in shift.callers.filter(handed_in_at__isnull=False).values_list("trainee", "filled"):
        filled.setdefault(trainee, []).append(len(found))
    return [
        row
        | {
            "name": row["trainee__name"] or row["trainee__username"],
            "filled": (sum(counts) / len(counts) if (counts := filled.get(row["trainee"], [])) else None),
            "fields": of_fields,
        }
        for row in rows
    ]


@roles(SUPERVISOR)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    by: User = request.user  # type: ignore[assignment]
    chosen = User.objects.filter(pk__in=[n for n in request.POST.getlist("trainee") if n.isdecimal()], role=AGENT)
    callers = request.POST.get("callers", "")
    try:
        shifts.start(by, list(chosen), int(callers) if callers.isdecimal() else CHOICES[0])
    except NotNow as why:
        return back(request, "/practice/", str(why), bad=True)
    return redirect("cases:practice")


@roles(SUPERVISOR)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    shifts.end(get_object_or_404(PracticeShift, pk=pk))
    return redirect("cases:practice")


@roles(AGENT, SUPERVISOR)
def mine(request: HttpRequest) -> HttpResponse:
    """What the trainee has made of the callers of the last shift, caller by caller."""
    me: User = request.user  # type: ignore[assignment]
    shift = PracticeShift.objects.filter(trainees=me).first()
    taken = list(shift.callers.filter(trainee=me)) if shift else []
    rows = [{"caller": caller, "missing": marking.names(caller.missing)} for caller in taken]
    summary = next((row for row in table(shift) if row["trainee"] == me.pk), None) if shift else None
    return render(request, "cases/practice/mine.html", {"shift": shift, "rows": rows, "summary": summary})


@roles(AGENT, SUPERVISOR)
@require_POST
@explained
def pick_up(request: HttpRequest) -> HttpResponse:
    shifts.pick_up(request.user)  # type: ignore[arg-type]
    return nothing("call-changed")


@roles(AGENT, SUPERVISOR)
def heard(request: HttpRequest) -> HttpResponse:
    """What the simulated caller says, as it is said."""
    me: User = request.user  # type: ignore[assignment]
    call = calls.live_call_of(me)
    said = shifts.heard(call, me) if call and call.line.practice else []
    return render(request, "cases/practice/heard.html", {"said": said})


def handed_in(request: HttpRequest, draft: Draft, data: dict[str, Any]) -> HttpResponse:
    """In the place of the next step: how complete the form is, and whether the level agrees. Nothing else was written."""
    caller: PracticeCaller | None = marking.hand_in(draft, data)
    context = {
        "caller": caller,
        "missing": marking.names(caller.missing) if caller else [],
        "fields": len(marking.FIELDS),
        "drafts": drafts.open_of(draft.agent),
        "draft": None,
    }
    return parts(
        [
            ("form", render_to_string("cases/practice/handed_in.html", context, request), ""),
            ("side", render_to_string("cases/desk/side_empty.html", context, request), ""),
            ("drafts", render_to_string("cases/desk/drafts.html", context, request), ""),
        ]
    )
