"""The page of resources: who and what can go today, what lapses when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dispatch import resources
from dispatch.roles import DISPATCH
from hotline.access import roles
from hotline.models import Line


@roles(*DISPATCH)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All vehicles of a line at a glance."""
    lines = list(Line.objects.filter(active=True).order_by("pk"))
    line = next((one for one in lines if one.slug == request.GET.get("line")), lines[0] if lines else None)
    found = resources.of(line) if line else None
    return render(request, "dispatch/board/resources.html", {"lines": lines, "line": line, "found": found})
