"""Hand-over: what an agent leaves at the end of the shift, taken over by somebody by name."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import callbacks, queue
from cases.board.review import Will
from cases.desk import work
from cases.desk.answers import back
from cases.models import Callback, Case
from hotline.access import ADMINISTRATOR, AGENT, SUPERVISOR, roles
from hotline.lifecycle import MoveRefused
from hotline.models import User


@roles(SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """Everybody who holds something; ?agent= shows what it is."""
    wanted = request.GET.get("agent", "")
    agent = _agents().filter(pk=int(wanted)).first() if wanted.isdecimal() else None
    context: dict[str, Any] = {
        "holders": _holders(),
        "agent": agent,
        "colleagues": _agents().exclude(pk=agent.pk if agent else None)[:300],
    }
    return render(request, "cases/board/hand_over.html", context | (_held_by(agent) if agent else {}))


def _agents() -> Any:
    return User.objects.filter(role__in=(AGENT, SUPERVISOR), is_active=True).order_by("name", "username")


def _holders() -> list[User]:
    held = Count("cases", filter=Q(cases__owner="agent"), distinct=True)
    found = User.objects.filter(Q(cases__owner="agent") | Q(callbacks__state="claimed")).distinct()
    owed = Count("callbacks", filter=Q(callbacks__state="claimed"), distinct=True)
    return list(found.annotate(held=held, owed=owed).select_related("presence").order_by("name", "username")[:300])


def _held_by(agent: User) -> dict[str, Any]:
    """Open, promised, waiting, owed: what somebody else has to know."""
    mine = list(work.mine(agent)[:200])
    return {
        "mine": mine,
        "promised": [case for case in mine if case.promised_until and case.promise_kept is None],
        "held": list(work.held(agent)[:200]),
        "owed": list(Callback.objects.filter(state="claimed", claimed_by=agent).select_related("case", "resident")),
    }


@roles(SUPERVISOR, ADMINISTRATOR)
@require_POST
def take_over(request: HttpRequest) -> HttpResponse:
    """All cases in hand go to one colleague, call-backs go back on the list at their place."""
    agent = get_object_or_404(_agents(), pk=_pk(request.POST.get("agent", "")))
    to = _agents().filter(pk=_pk(request.POST.get("to", ""))).first()
    here = f"{reverse('cases:hand-over')}?agent={agent.pk}"
    if to is None or to == agent:
        return back(request, here, _("Choose who takes over."), bad=True)
    by: User = request.user  # type: ignore[assignment]
    done = [Will(case, _pass(case, to, by)) for case in Case.objects.filter(owner="agent", owner_agent=agent)[:500]]
    for owed in Callback.objects.filter(state="claimed", claimed_by=agent):
        callbacks.hand_back(owed, by)
    stayed = [will for will in done if will.why_not]
    if stayed:
        words = ", ".join(f"{will.case.number}: {will.why_not}" for will in stayed[:5])
        return back(request, here, _("%(n)d stay: %(words)s") % {"n": len(stayed), "words": words}, bad=True)
    said = _("%(n)d cases are with %(name)s now.") % {"n": len(done), "name": to}
    return back(request, here, said)


def _pass(case: Case, to: User, by: User) -> str:
    try:
        queue.pass_on(case, to, by)
    except MoveRefused as why:
        return str(why)
    return ""


def _pk(words: str) -> int:
    return int(words) if words.isdecimal() else 0
