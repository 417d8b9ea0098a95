"""Where a driver sends the photo of the new test, and where a dispatcher looks at it."""

from __future__ import annotations

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cases import masking
from dispatch import certificates
from dispatch.models import Driver, TestCertificate
from dispatch.nowhere import LeadsNowhere, answer, bad_link
from dispatch.refused import Refused
from dispatch.roles import DISPATCH
from hotline import links
from hotline.access import roles, signed_link
from hotline.models import User
from hotline.pictures import NotAPicture, checked

SIGNED_FOR = timedelta(days=3)


# The link itself is what lets somebody in: there is no cookie a foreign site could borrow.
@csrf_exempt
@signed_link(certificates.KIND)
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """When the sample was taken, and a photo; works without scripts."""
    try:
        driver = _driver(token)
    except LeadsNowhere as nowhere:
        return answer(request, nowhere)
    with translation.override(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or driver.language):
        refused = _take(request, driver) if request.method == "POST" else ""
        if request.method == "POST" and not refused:
            return redirect(request.path)
        now = timezone.now()
        known = TestCertificate.objects.filter(driver=driver, valid_until__gt=now).order_by("-valid_until")
        shown = {"driver": driver, "refused": refused, "known": known[:3], "now": now, "line": driver.line}
        return render(request, "dispatch/certificate/page.html", shown)


@roles(*DISPATCH)
@require_GET
def photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The picture of a test; who looked is written down."""
    found = get_object_or_404(TestCertificate, pk=pk)
    if not found.photo:
        raise Http404
    masking.unmask(cast(User, request.user), f"driver {found.driver_id}: test certificate"[:40])
    file = FileResponse(found.photo.open("rb"))
    file["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return file


@roles(*DISPATCH)
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """A dispatcher has looked at a photo: it counts, or it does not."""
    found = get_object_or_404(TestCertificate.objects.select_related("driver"), pk=pk)
    by = cast(User, request.user)
    try:
        if request.POST.get("says") == "yes":
            certificates.accept(found, by)
            messages.success(request, _("%(driver)s: the new test counts.") % {"driver": found.driver})
        else:
            certificates.refuse(found, by)
            messages.info(request, _("%(driver)s is asked for a better photo.") % {"driver": found.driver})
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("dispatch:crew")


def _driver(token: str) -> Driver:
    try:
        claims = links.unsign(certificates.KIND, token, max_age=SIGNED_FOR)
    except links.BadLink as bad:
        raise bad_link(bad) from bad
    driver = Driver.objects.select_related("line").filter(pk=claims.get("driver", 0), active=True).first()
    if driver is None:
        raise LeadsNowhere(_("This link has expired."), HTTPStatus.GONE, None)
    return driver


def _take(request: HttpRequest, driver: Driver) -> str:
    """Why it was not taken, in words; "" when it was."""
    try:
        said = datetime.fromisoformat(request.POST.get("sampled_at", ""))
        sent = request.FILES.get("photo")
        if sent is None:
            raise Refused(_("a photo of the test is needed"))
        sampled_at = said if said.tzinfo else said.replace(tzinfo=ZoneInfo(driver.line.time_zone))
        certificates.take_photo(driver, sampled_at, checked(sent))
    except ValueError:
        return _("when was the sample taken?")
    except (Refused, NotAPicture) as refused:
        return str(refused)
    return ""
