"""The block-list on screen. A number comes here from a call, a text or a case through the session, never in an address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from phonenumber_field.phonenumber import to_python

from hotline import blocking
from hotline.access import ADMINISTRATOR, SUPERVISOR, roles
from hotline.models import Block, Call, Message, User

NUMBER = "number_to_block"  # in the session
PAST_SHOWN = 40
TIMES = [
    (1, _("1 hour")),
    (4, _("4 hours")),
    (24, _("1 day")),
    (72, _("3 days")),
    (168, _("7 days")),
    (720, _("30 days")),
]


@roles(SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """Who is blocked now, what they tried, who was; and the form."""
    return render(request, "hotline/blocked/page.html", _shown(request))


def _shown(request: HttpRequest, **more: Any) -> dict[str, Any]:
    blocks = list(blocking.open_ones())
    texts = blocking.texts_of(blocks)
    past = Block.objects.exclude(ended_at=None).select_related("by", "ended_by").order_by("-id")[:PAST_SHOWN]
    number = request.session.get(NUMBER, "")
    return {
        "rows": [{"block": block, "texts": texts.get(block.pk, [])} for block in blocks],
        "past": past,
        "reasons": Block.Reason.choices,
        "times": TIMES,
        "number": number,
        "there": blocking.of(number),
        "asked": {},
        **more,
    }


def ask_about(request: HttpRequest, number: str) -> HttpResponse:
    """Opens the form for this number."""
    request.session[NUMBER] = number
    return redirect("line:blocked")


@roles(SUPERVISOR, ADMINISTRATOR)
def of_call(request: HttpRequest, pk: int) -> HttpResponse:
    return ask_about(request, get_object_or_404(Call, pk=pk).number)


@roles(SUPERVISOR, ADMINISTRATOR)
def of_text(request: HttpRequest, pk: int) -> HttpResponse:
    return ask_about(request, get_object_or_404(Message, pk=pk, direction="in").number)


@roles(SUPERVISOR, ADMINISTRATOR)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Blocks; what is asked again or not possible comes back with the form as it was."""
    by: User = request.user  # type: ignore[assignment]
    asked = request.POST
    typed = to_python(asked.get("number", "").strip(), region=settings.PHONENUMBER_DEFAULT_REGION)
    number = str(typed.as_e164) if typed and typed.is_valid() else request.session.get(NUMBER, "")
    hours = int(asked["hours"]) if asked.get("hours", "").isdecimal() else 0
    try:
        blocking.block(
            number,
            reason=asked.get("reason", "") if asked.get("reason") in Block.Reason.values else Block.Reason.OTHER,
            until=timezone.now() + timedelta(hours=hours),
            by=by,
            note=asked.get("note", ""),
            sure=asked.get("sure") == "yes",
        )
    except blocking.CannotBlock as why:
        request.session[NUMBER] = number
        again = {"why": str(why), "ask_again": isinstance(why, blocking.AskAgain), "asked": asked.dict()}
        return render(request, "hotline/blocked/page.html", _shown(request, **again), status=409)
    request.session.pop(NUMBER, None)
    return redirect("line:blocked")


@roles(SUPERVISOR, ADMINISTRATOR)
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    by: User = request.user  # type: ignore[assignment]
    blocking.lift(get_object_or_404(Block, pk=pk), by)
    return redirect("line:blocked")
