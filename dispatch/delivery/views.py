"""Hands out the photo of a hand-over to those who work on cases; who looked is written down."""

from __future__ import annotations

from typing import cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from cases import masking
from dispatch.models import Proof
from dispatch.roles import EVERYBODY
from hotline.access import roles
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
