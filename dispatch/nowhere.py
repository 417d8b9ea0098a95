"""A signed link of dispatch that opens nothing: why, in words, and whom to call."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from hotline.links import BadLink
from hotline.models import Line


class LeadsNowhere(Exception):
    """The link opens nothing (any more). `status` is the HTTP status, `line` whom to call."""

    def __init__(self, words: str, status: HTTPStatus, line: Line | None) -> None:
        super().__init__(words)
        self.words = words
        self.status = status
        self.line = line


def bad_link(bad: BadLink) -> LeadsNowhere:
    """The words for a link whose signature does not hold; nobody knows whose it was, so any line of ours is called."""
    line = Line.objects.filter(active=True).order_by("pk").first()
    if bad.expired:
        return LeadsNowhere(_("This link has expired."), HTTPStatus.GONE, line)
    return LeadsNowhere(
        _("This link is not complete or not ours. Open it again from the text message."), HTTPStatus.NOT_FOUND, line
    )


def answer(request: HttpRequest, nowhere: LeadsNowhere) -> HttpResponse:
    """The page that says so, or the same as JSON for a script."""
    if "application/json" in request.headers.get("accept", ""):
        return JsonResponse({"ok": False, "gone": True, "words": nowhere.words}, status=nowhere.status)
    words = {"words": nowhere.words, "line": nowhere.line}
    return render(request, "dispatch/nowhere.html", words, status=nowhere.status)
