"""The pages of the second factor: give it, set it up, recovery codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import segno
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from hotline import second_factor
from hotline.access import EVERY_ROLE, roles
from hotline.models import User


def _before_it_is_given(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    view.before_second_factor = True  # type: ignore[attr-defined]
    return view


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else "/"


@_before_it_is_given
@roles(*EVERY_ROLE)
@never_cache
@sensitive_post_parameters("code")
def page(request: HttpRequest) -> HttpResponse:
    """Asks for the code; who has none yet sets it up."""
    user: User = request.user  # type: ignore[assignment]
    if not second_factor.is_set_up(user) or second_factor.is_given(request):
        return redirect("line:second-factor-set-up")
    context: dict[str, Any] = {"next": _next(request)}
    if request.method == "POST":
        if second_factor.check(request, request.POST.get("code", "")):
            return redirect(_next(request))
        if getattr(request, "axes_locked_out", False):
            logout(request)
        waits = second_factor.waits_until(user)
        context |= {"wrong": _("That code is not right, or it was used already."), "waits": waits}
    status = 403 if request.method == "POST" else 200
    return render(request, "hotline/second_factor/ask.html", context, status=status)


@_before_it_is_given
@roles(*EVERY_ROLE)
@never_cache
@sensitive_post_parameters("code")
def set_up(request: HttpRequest) -> HttpResponse:
    """The picture for the app, and the first code from it. Another one in its place only for who has given the present one."""
    user: User = request.user  # type: ignore[assignment]
    there = second_factor.is_set_up(user)
    if there and not second_factor.is_given(request):
        return redirect("line:second-factor")
    context: dict[str, Any] = {"there": there, "required": second_factor.is_required_of(user)}
    context["alone"] = second_factor.is_missing(request)  # the pages beside it are not open yet
    if request.method == "POST":
        what = request.POST.get("what", "confirm")
        if what == "codes" and there:
            return _codes(request, second_factor.renew_codes(user))
        codes = second_factor.confirm(request, request.POST.get("code", ""))
        if codes:
            return _codes(request, codes)
        context["wrong"] = _("That code is not right. Is the clock of the telephone right?")
    if there:
        context["left"] = second_factor.codes_left(user)
    if not there or request.GET.get("anew") or request.method == "POST":
        device = second_factor.device_to_confirm(user)
        context |= {
            "picture": segno.make(device.config_url).svg_data_uri(scale=5, light="white"),
            "key": _readable(device),
        }
    return render(request, "hotline/second_factor/set_up.html", context)


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """Shown once."""
    return render(request, "hotline/second_factor/codes.html", {"codes": codes, "next": _next(request)})


def _readable(device: Any) -> str:
    """The key in groups of four, for who types it in."""
    from base64 import b32encode

    key = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(key[i : i + 4] for i in range(0, len(key), 4))
