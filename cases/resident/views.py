"""The page: what we know, what happens next, when; and what the resident can say. Plain forms, no scripts."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases import status
from cases.models import Case
from cases.resident import acts, link
from hotline.access import signed_link
from hotline.lifecycle import MoveRefused
from hotline.links import BadLink
from hotline.models import Line
from hotline.pictures import NotAPicture


# The link itself is what lets somebody in: there is no cookie a foreign site could borrow.
@csrf_exempt
@signed_link(link.KIND)
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Opens the case of the link, in the case's language; a POST says one thing about it."""
    try:
        case = link.open_case(token)
    except BadLink as bad:
        return _nowhere(request, bad)
    with translation.override(case.language):
        if request.method == "POST":
            _act(request, case)
            return redirect(request.path)
        return render(request, "cases/resident/page.html", _shown(case))


def _shown(case: Case) -> dict[str, object]:
    return {
        "case": case,
        "status": status.words(case, case.language),
        "needs": list(case.needs.all()),
        "survey": case.state in ("delivered", "follow_up") and case.surveys.filter(closed_at=None).exists(),
        "can_cancel": case.state in acts.CAN_BE_CANCELLED,
        "can_say": case.is_open and case.state not in ("delivered", "follow_up"),
    }


def _act(request: HttpRequest, case: Case) -> None:
    said = request.POST.get("say", "")
    try:
        match said:
            case "still":
                words = acts.still_needed(case)
            case "no_longer":
                words = acts.no_longer(case)
            case "address":
                words = acts.correct_address(case, request.POST.get("words", ""))
            case "photo":
                sent = request.FILES.get("photo")
                if sent is None:
                    raise NotAPicture(_("Please choose a photo first."))
                words = acts.add_photo(case, sent)
            case "1" | "2" | "3":
                words = acts.answer_survey(case, said)
            case _:
                return
    except (MoveRefused, NotAPicture) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, words)


def _nowhere(request: HttpRequest, bad: BadLink) -> HttpResponse:
    """In both languages: whose link it was is not known."""
    line = Line.objects.filter(active=True).order_by("pk").first()
    code = HTTPStatus.GONE if bad.expired else HTTPStatus.NOT_FOUND
    with translation.override("zh-hans"):
        return render(request, "cases/resident/nowhere.html", {"line": line, "expired": bad.expired}, status=code)
