"""The hand-over of a case: its photo for those who work on cases, with who looked written down; and who may receive it."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases import masking, people, receivers
from cases.models import Case
from dispatch import trips
from dispatch.models import Proof
from dispatch.roles import EVERYBODY
from hotline.access import roles
from hotline.lifecycle import MoveRefused
from hotline.models import User


@roles(*EVERYBODY)
@require_GET
def proof_photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The picture itself; `?save` offers it as a file."""
    proof = get_object_or_404(Proof.objects.select_related("stop__case"), pk=pk)
    if not proof.photo:
        raise Http404
    masking.unmask(cast(User, request.user), "proof photo", case=proof.stop.case)
    answer = FileResponse(proof.photo.open("rb"), as_attachment="save" in request.GET)
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@roles(*EVERYBODY)
@require_POST
def receiver(request: HttpRequest, pk: int) -> HttpResponse:
    """Who takes the goods for the person in need, with their yes; or the person in need again."""
    case = get_object_or_404(Case, pk=pk)
    by = cast(User, request.user)
    if request.POST.get("withdraw"):
        receivers.withdraw(case)
        messages.success(request, _("The person in need receives it again."))
        return redirect("cases:case", case.number)
    said = request.POST.get("phone", "").strip()
    phone = people.e164(said) if said else ""
    try:
        if said and not phone:
            raise MoveRefused(_("This is not a number that can be called."))
        agreed = receivers.agree(
            case,
            kind=request.POST.get("kind", ""),
            name=request.POST.get("name", ""),
            phone=phone,
            by=by,
            consent=request.POST.get("consent") == "yes",
        )
    except MoveRefused as refused:
        messages.error(request, str(refused))
    else:
        trips.tell_receiver(case)
        messages.success(request, _("%(name)s may receive it.") % {"name": agreed.name})
    return redirect("cases:case", case.number)
