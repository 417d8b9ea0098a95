"""The colours that were set for the levels, as a style sheet every page of the staff asks for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from cases import levels
from hotline.access import ADMINISTRATOR, AGENT, DISPATCHER, SUPERVISOR, roles


@roles(AGENT, SUPERVISOR, DISPATCHER, ADMINISTRATOR)
def levels_css(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(levels.style_sheet(), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "private, max-age=60"
    return response
