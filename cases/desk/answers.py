"""What a press of a button answers: the part of the page that changed, words in passing, or why it was not possible."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from cases.policies import TooLate
from hotline import outgoing, presence
from hotline.lifecycle import MoveRefused

# What the rules raise when something is not possible now; the text is for the person who pressed.
REFUSALS = (MoveRefused, presence.NotNow, outgoing.NotNow)


def tell(response: HttpResponse, *events: str, say: str = "", bad: bool = False, **options: Any) -> HttpResponse:
    """Lets the page know: names of DOM events, and words shown in passing. hotline/static/hotline/page.js takes them."""
    told: dict[str, Any] = json.loads(response.headers.get("HX-Trigger") or "{}")
    told |= {event: {} for event in events}
    if say:
        told["toast"] = {"text": str(say), "bad": bad, **options}
    response["HX-Trigger"] = json.dumps(told)  # ASCII, as a header must be
    return response


def nothing(*events: str, say: str = "", **options: Any) -> HttpResponse:
    """Changes nothing where it was pressed; what has to be fetched anew listens for `events`."""
    return tell(HttpResponse(status=204), *events, say=say, **options)


def refusal(text: str | Promise) -> HttpResponse:
    """Why not, in passing; the page stays as it is."""
    response = HttpResponse(str(text), status=409, content_type="text/plain; charset=utf-8")
    response["HX-Reswap"] = "none"
    return tell(response, say=str(text), bad=True, seconds=8)


def ask_first(request: HttpRequest, question: str, yes: str | Promise) -> HttpResponse:
    """Asks before it is done: the press is repeated with sure=yes when they say so (hotline/static/hotline/page.js)."""
    if not request.headers.get("HX-Request"):
        return back(request, request.headers.get("Referer", "/"), question, bad=True)
    response = HttpResponse(question, status=409, content_type="text/plain; charset=utf-8")
    response["HX-Reswap"] = "none"
    response["HX-Trigger"] = json.dumps({"ask-first": {"question": question, "yes": str(yes)}})
    return response


def back(request: HttpRequest, fallback: str, say: str = "", *, bad: bool = False) -> HttpResponse:
    """To the page the press came from, with words on top of it."""
    if say:
        (messages.error if bad else messages.success)(request, say)
    wanted = request.POST.get("next", "") or fallback
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        wanted = "/"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = wanted
        return response
    return redirect(wanted)


def explained(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A refusal of the rules becomes words: in passing for a part of a page, on top of the page otherwise."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooLate as question:
            return ask_first(request, str(question), _("Call all the same"))
        except REFUSALS as why:
            if request.headers.get("HX-Request"):
                return refusal(str(why))
            return back(request, request.headers.get("Referer", "/"), str(why), bad=True)

    return asked


def parts(pieces: Iterable[tuple[str, str, str]], status: int = 200) -> HttpResponse:
    """Several parts of the page at once, for cases/static/cases/intake.js: (id, html, same).

    A part whose `same` equals what the page already has is left alone, so that a focus in it stays.
    """
    html = "".join(
        f'<div data-into="{place}"{f" data-same={same!r}" if same else ""}>{body}</div>' for place, body, same in pieces
    )
    return HttpResponse(html, status=status)
