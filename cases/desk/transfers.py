"""More telephones on the call of this desk: a colleague who is asked or takes over, a third one from outside."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import masking
from cases.desk.answers import explained, nothing
from hotline import third_party, transfer
from hotline.access import AGENT, SUPERVISOR, roles
from hotline.models import Call, User


def shown(agent: User, call: Call | None) -> dict[str, Any]:
    """What the head of the desk needs: who is being asked and who from outside is in; or which call one is asked about."""
    if call is not None:
        talking = call.state == Call.State.CONNECTED
        return {
            "question": transfer.question(call) if talking else None,
            "outside": third_party.of(call) if talking else None,
        }
    asked = transfer.question_to(agent)
    return {"asked": asked, "asked_number": masking.phone(asked.call.number) if asked else ""}


@roles(AGENT, SUPERVISOR)
def colleagues(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is free, each to be asked first or to be passed the caller at once."""
    agent: User = request.user  # type: ignore[assignment]
    call = get_object_or_404(Call, pk=pk, agent=agent)
    free = transfer.colleagues(agent)[: transfer.SHOWN]
    return render(request, "cases/desk/colleagues.html", {"call": call, "free": free})


@roles(AGENT, SUPERVISOR)
@require_POST
@explained
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """One press each; the head of the desk is fetched anew."""
    agent: User = request.user  # type: ignore[assignment]
    call = get_object_or_404(Call, pk=pk)
    if what == "ask":
        transfer.ask(call, agent, _chosen(request))
        return nothing("call-changed", say=_("The colleague is rung; the caller hears music."))
    if what == "hand-over":
        transfer.hand_over(call, agent)
        return nothing("call-changed", say=_("The colleague has the call."))
    if what == "back":
        transfer.back(call, agent)
    elif what == "pass-on":
        transfer.pass_on(call, agent, _chosen(request) if request.POST.get("to") else None)
        return nothing("call-changed", say=_("The caller waits in the old place for the colleague."))
    elif what == "not-mine":
        transfer.decline(call, agent)
    elif what == "outside":
        third_party.bring_in(call, agent, request.POST.get("number", ""))
    elif what == "outside-end":
        third_party.take_out(call, agent)
    else:
        raise Http404
    return nothing("call-changed")


def _chosen(request: HttpRequest) -> User:
    to = request.POST.get("to", "")
    return get_object_or_404(User, pk=to if to.isdecimal() else 0, is_active=True)
