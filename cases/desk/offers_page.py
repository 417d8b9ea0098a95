"""The list of offers: what is given, who could use it, and with the giver's yes it is passed on."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import offers
from cases.desk.answers import back, explained
from cases.desk.home import case_by_number
from cases.models import Offer
from hotline.access import ADMINISTRATOR, AGENT, SUPERVISOR, roles
from hotline.models import User

SHOWN = 20


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """Open offers with the cases each could serve, and those asked about."""
    shown = Paginator(offers.open_ones(), SHOWN).get_page(request.GET.get("page"))
    rows = [
        {"offer": offer, "controlled": offers.is_controlled(offer), "matches": offers.matches(offer)}
        for offer in shown.object_list
    ]
    return render(request, "cases/offers/page.html", {"rows": rows, "shown": shown})


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Ask the giver about a case, write down what they said, name the item, or close the offer."""
    offer = get_object_or_404(Offer.objects.select_related("resident", "line", "case"), pk=pk)
    by: User = request.user  # type: ignore[assignment]
    if what in ("ask", "agrees"):
        case = case_by_number(request.POST.get("number", "").strip())
        if what == "ask":
            offers.ask(offer, case, by=by)
            said = _("Asked by text whether they agree.")
        else:
            offers.answer(offer, True, by=by, case=case)
            said = _("Case %s is with the giver now.") % case.number
    elif what == "disagrees":
        offers.answer(offer, False, by=by)
        said = _("Noted: they do not agree.")
    elif what == "item":
        offers.name(offer, request.POST.get("item", ""), by=by)
        said = _("Noted.")
    elif what in ("close", "decline"):
        offers.close(offer, by=by, declined=what == "decline")
        said = _("The offer is closed.")
    else:
        raise Http404
    return back(request, reverse("cases:offers"), said)
