"""The board of those who were not answered: why, since when, who has it, and what a supervisor can do about each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases import callbacks, inbox, masking, unanswered
from cases.desk.answers import explained, tell
from cases.models import Unanswered
from hotline.access import ADMINISTRATOR, SUPERVISOR, roles
from hotline.models import User

SHOWN = 80
AGES = [
    ("1", gettext_lazy("over 1 h")),
    ("4", gettext_lazy("over 4 h")),
    ("24", gettext_lazy("over 1 day")),
]


@roles(SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """The page, and the rows again for the part that refreshes itself. ?cause= ?age= (hours) ?acted=1"""
    part = request.headers.get("HX-Request")
    template = "cases/board/unanswered_rows.html" if part else "cases/board/unanswered.html"
    return render(request, template, _shown(request))


def _shown(request: HttpRequest) -> dict[str, Any]:
    """Two queries: the rows, and the counts by cause."""
    asked = request.GET
    cause = asked.get("cause", "") if asked.get("cause") in Unanswered.Cause.values else ""
    age = asked.get("age", "") if asked.get("age") in dict(AGES) else ""
    acted = asked.get("acted") == "1"
    older = timedelta(hours=int(age)) if age else None
    found = unanswered.acted_lately(cause) if acted else unanswered.open_ones(cause, older)
    rows = list(found[: SHOWN + 1])
    counts = unanswered.counted()
    return {
        "rows": [_row(row) for row in rows[:SHOWN]],
        "more": len(rows) > SHOWN,
        "causes": [(value, words, counts.get(value, 0)) for value, words in Unanswered.Cause.choices],
        "open": sum(counts.values()),
        "cause": cause,
        "age": age,
        "ages": AGES,
        "acted": acted,
    }


def _row(row: Unanswered) -> dict[str, Any]:
    number = row.call.number if row.call else row.message.number if row.message else ""
    return {"row": row, "number": masking.phone(number) if number else ""}


@roles(SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """To the front of the call-backs; no call is needed (with a reason); settled in the inbox."""
    by: User = request.user  # type: ignore[assignment]
    row = get_object_or_404(Unanswered.objects.select_related("callback", "contact"), pk=pk)
    if what == "now" and row.callback:
        callbacks.bring_forward(row.callback)
        said = _("It is due now.")
    elif what == "cancel" and row.callback:
        callbacks.cancel(row.callback, by=by, reason=request.POST.get("reason", ""))
        said = _("No call is owed any more.")
    elif what == "settle" and row.contact:
        inbox.settle(row.contact, by)
        said = _("Settled.")
    else:
        raise Http404
    unanswered.close_acted()
    return tell(render(request, "cases/board/unanswered_rows.html", _shown(request)), say=said)
