"""The presence control of the desk: available, break with a reason, sign off, wrap-up done; and the heartbeat."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from cases import callbacks, queue
from cases.desk.answers import explained, nothing, refusal, tell
from cases.desk.reasons import BREAKS
from hotline import presence, soft_phone
from hotline.access import AGENT, SUPERVISOR, roles
from hotline.models import User


def shown(agent: User) -> dict[str, Any]:
    """What the control needs."""
    offered = soft_phone.is_offered()
    phone = {"offered": offered, "there": offered and soft_phone.is_there(agent)}
    return {"presence": presence.of(agent), "breaks": BREAKS, "phone": phone}


@roles(AGENT, SUPERVISOR)
def control(request: HttpRequest) -> HttpResponse:
    """The control as it stands, fetched anew when the stream says that something changed."""
    return render(request, "cases/parts/presence.html", shown(request.user))  # type: ignore[arg-type]


@roles(AGENT, SUPERVISOR)
@require_POST
@explained
def change(request: HttpRequest, to: str) -> HttpResponse:
    """Available, break or sign off, as pressed."""
    agent: User = request.user  # type: ignore[assignment]
    if to == "available":
        presence.go_available(agent)
    elif to == "break":
        reason = request.POST.get("reason", "")
        if reason not in dict(BREAKS):
            return refusal(_("Choose why you are away."))
        presence.take_break(agent, reason)
    elif to == "wrap-up-done":
        presence.finish_wrap_up(agent)
    elif to == "more-time":
        presence.more_time(agent)
    else:
        presence.sign_off(agent)
    return tell(render(request, "cases/parts/presence.html", shown(agent)), "call-changed")


@roles(AGENT, SUPERVISOR)
@require_POST
def beat(request: HttpRequest) -> HttpResponse:
    """The page is open and somebody sits at it: keeps the presence, and the lease of what the agent holds."""
    presence.beat(request.user)  # type: ignore[arg-type]
    queue.renew(request.user)  # type: ignore[arg-type]
    callbacks.renew(request.user)  # type: ignore[arg-type]
    return nothing()
