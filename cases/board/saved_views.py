"""Saved views of the queue review: filters under a name, one's own or shared, and the one a user begins with."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.desk.answers import back
from cases.models import DefaultView, SavedView
from hotline.access import ADMINISTRATOR, SUPERVISOR, roles
from hotline.models import User

FILTERS = ("view", "level", "category", "district")
MOST = 30


def tabs(user: User, shown: dict[str, str]) -> dict[str, Any]:
    """The tabs of a user: theirs and the shared ones; `shown` is what the page shows now."""
    mine = list(SavedView.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner")[:MOST])
    default = DefaultView.objects.filter(user=user).values_list("view", flat=True).first()
    now = {name: value for name, value in shown.items() if value}
    found = [
        {
            "saved": saved,
            "address": urlencode(saved.filters),
            "here": saved.filters == now,
            "mine": saved.owner_id == user.pk,
            "default": saved.pk == default,
        }
        for saved in mine
    ]
    return {"saved": found, "saved_here": next((tab for tab in found if tab["here"]), None)}


def default_address(user: User) -> str:
    """Where the queue review opens for this user, "" for the usual place."""
    chosen = DefaultView.objects.filter(user=user).select_related("view").first()
    if chosen is None or not (chosen.view.shared or chosen.view.owner_id == user.pk):
        return ""
    return f"{reverse('cases:queue')}?{urlencode(chosen.view.filters)}"


@roles(SUPERVISOR, ADMINISTRATOR)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keeps the filters under a name; the same name again is changed."""
    by: User = request.user  # type: ignore[assignment]
    name = request.POST.get("name", "").strip()[:40]
    filters = {name: request.POST[name] for name in FILTERS if request.POST.get(name)}
    address = f"{reverse('cases:queue')}?{urlencode(filters)}"
    if not name:
        return back(request, address, _("Give the view a name."), bad=True)
    shared = "shared" in request.POST
    SavedView.objects.update_or_create(owner=by, name=name, defaults={"filters": filters, "shared": shared})
    return back(request, address, _("Kept as “%s”.") % name)


@roles(SUPERVISOR, ADMINISTRATOR)
@require_POST
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Begin with it, no longer, or take it away; only who made it takes it away."""
    by: User = request.user  # type: ignore[assignment]
    saved = get_object_or_404(SavedView.objects.filter(Q(owner=by) | Q(shared=True)), pk=pk)
    if what == "default":
        DefaultView.objects.update_or_create(user=by, defaults={"view": saved})
    elif what == "no-default":
        DefaultView.objects.filter(user=by).delete()
    elif what == "delete" and saved.owner_id == by.pk:
        saved.delete()
        return redirect(f"{reverse('cases:queue')}?view=waiting")
    else:
        raise Http404
    return redirect(f"{reverse('cases:queue')}?{urlencode(saved.filters)}")
