"""Where a log-in lands: on the page its role works with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from hotline.access import ADMINISTRATOR, AGENT, DISPATCHER, EVERY_ROLE, SUPERVISOR, roles

FIRST_PAGE = {
    AGENT: "cases:desk",
    SUPERVISOR: "cases:queue",
    DISPATCHER: "dispatch:board",
    ADMINISTRATOR: "admin:index",
}


@roles(*EVERY_ROLE)
def landing(request: HttpRequest) -> HttpResponseBase:
    """Sends everybody to the page they work with."""
    try:
        return redirect(reverse(FIRST_PAGE[request.user.role]))  # type: ignore[union-attr]
    except NoReverseMatch:
        return redirect("admin:index")
