"""A driver who calls for help is seen on every page of those who dispatch, not on their board alone."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from dispatch.models import DriverAlarm
from dispatch.roles import DISPATCH

MOST = 3


def of(request: HttpRequest) -> str:
    """The bar, or "" when nobody calls; the board has the alarms themselves."""
    on_board = request.headers.get("HX-Current-URL", "").partition("?")[0].endswith(reverse("dispatch:board"))
    if on_board or getattr(request.user, "role", "") not in DISPATCH:
        return ""
    found = DriverAlarm.objects.filter(seen_at=None).select_related("trip__vehicle", "trip__driver")
    alarms = list(found.order_by("raised_at", "pk")[: MOST + 1])
    if not alarms:
        return ""
    return render_to_string("dispatch/board/alarm_bar.html", {"alarms": alarms[:MOST], "more": len(alarms) > MOST})
