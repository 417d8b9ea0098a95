"""The pictures people send with their texts, for those who work on cases; who looked is written down."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from cases import masking
from cases.desk.case_page import DESK
from cases.models import Contact
from hotline.access import roles
from hotline.models import Picture


@roles(*DESK)
def show(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One picture of a text that lies on a case or in the visible inbox. Nothing in it can act on this page's behalf."""
    picture = get_object_or_404(Picture.objects.select_related("message"), pk=pk, state=Picture.State.KEPT)
    contact = Contact.objects.filter(message=picture.message).select_related("case", "resident").first()
    if contact is None:
        raise Http404
    with transaction.atomic():
        masking.unmask(request.user, "picture of a text", case=contact.case, resident=contact.resident)  # type: ignore[arg-type]
    given: Any = picture.file.open("rb")
    response = FileResponse(given)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
