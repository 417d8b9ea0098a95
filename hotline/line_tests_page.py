"""The tests of the lines from end to end: how long each took, and the button that begins one now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from hotline import line_tests
from hotline.access import ADMINISTRATOR, SUPERVISOR, roles
from hotline.models import Line, LineTest

SHOWN = 60


@roles(SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """The newest tests, and the lines that have none."""
    tests = LineTest.objects.select_related("line", "message").order_by("-id")[:SHOWN]
    context = {"tests": tests, "lines": Line.objects.filter(active=True).order_by("id")}
    part = request.headers.get("HX-Request")
    return render(request, "hotline/line_tests/rows.html" if part else "hotline/line_tests/page.html", context)


@roles(SUPERVISOR, ADMINISTRATOR)
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Both tests of a line, now."""
    line = get_object_or_404(Line, pk=pk, active=True)
    for kind in LineTest.Kind.values:
        line_tests.begin(line, kind)
    return redirect("line:tests")
