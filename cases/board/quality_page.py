"""Quality: what waits to be looked at, the score card, figures per agent; and for agents their own results."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases import quality
from cases.desk.answers import back, explained
from cases.models import Criterion, QualityReview
from hotline.access import ADMINISTRATOR, AGENT, SUPERVISOR, roles
from hotline.models import User

SHOWN = 100


@roles(SUPERVISOR, ADMINISTRATOR)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What waits, what was answered lately, figures per agent."""
    found = QualityReview.objects.select_related("agent", "case__category", "reviewer")
    context = {
        "waiting": found.filter(done_at=None).exclude(agent=request.user.pk).order_by("id")[:SHOWN],
        "done": found.filter(done_at__isnull=False).order_by("-done_at")[:30],
        "figures": quality.figures(),
        "mondays": quality.mondays(),
    }
    return render(request, "cases/quality/page.html", context)


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """An agent's own results, newest first; the first look at one is noted."""
    own = QualityReview.objects.filter(agent=request.user.pk, done_at__isnull=False)
    own.filter(seen_at=None).update(seen_at=timezone.now())
    rows = own.select_related("case__category", "reviewer").order_by("-done_at")[:SHOWN]
    return render(request, "cases/quality/mine.html", {"rows": rows})


@roles(SUPERVISOR, ADMINISTRATOR)
@require_GET
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """The card: to be filled in, or as it was filled in."""
    review = get_object_or_404(QualityReview.objects.select_related("agent", "case__category", "reviewer"), pk=pk)
    context: dict[str, Any] = {"review": review, "own": review.agent_id == request.user.pk}
    if review.done_at is None:
        context["criteria"] = Criterion.objects.filter(active=True)
    return render(request, "cases/quality/one.html", context)


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """A supervisor's score, or the agent's answer."""
    by: User = request.user  # type: ignore[assignment]
    if what == "score" and by.role in (SUPERVISOR, ADMINISTRATOR):
        review = get_object_or_404(QualityReview, pk=pk)
        quality.score(review, _values(request), by=by, comment=request.POST.get("comment", "").strip()[:4000])
        return redirect("cases:quality")
    if what == "answer":
        quality.answer(get_object_or_404(QualityReview, pk=pk, agent=by), request.POST.get("answer", ""), by=by)
        return back(request, reverse("cases:quality-mine"), _("Your answer is kept."))
    raise Http404


def _values(request: HttpRequest) -> dict[int, int | None]:
    """criterion-<id>: 0, 1, 2, or "none" for what does not apply."""
    found: dict[int, int | None] = {}
    for name, said in request.POST.items():
        pk = name.removeprefix("criterion-")
        if pk != name and pk.isdecimal() and said in ("0", "1", "2", "none"):
            found[int(pk)] = None if said == "none" else int(str(said))
    return found
