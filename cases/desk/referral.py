"""What those said to whom a need was referred: accepted, refused, it helped, it did not. One press each."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import referrals
from cases.desk.answers import back, explained
from cases.models import Referral
from hotline.access import ADMINISTRATOR, AGENT, SUPERVISOR, roles
from hotline.models import User


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Writes down the answer; the page of the case is shown again."""
    asked = get_object_or_404(Referral.objects.select_related("case"), pk=pk)
    by: User = request.user  # type: ignore[assignment]
    words = request.POST.get("words", "").strip()
    if what == "accept":
        referrals.accept(asked, by=by, words=words)
    elif what == "refuse":
        referrals.refuse(asked, by=by, words=words)
    elif what in ("helped", "not-helped"):
        referrals.report(asked, helped=what == "helped", by=by, words=words)
    else:
        raise Http404
    said = _("Noted: %s.") % asked.get_state_display()
    return back(request, reverse("cases:case", args=[asked.case.number]), said)
