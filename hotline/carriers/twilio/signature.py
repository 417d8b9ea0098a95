"""Only the carrier may tell us things: every webhook is signed, and what is not is refused and counted, never kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.request_validator import RequestValidator

from hotline import practice
from hotline.access import carrier_signed
from hotline.carriers.twilio import accounts

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


def signed(view: View) -> View:
    """A webhook of the carrier's. The signature covers the address the carrier was given, HOTLINE_BASE_URL, whatever host
    and scheme a proxy that ends TLS passes on (django-twilio #196)."""

    @wraps(view)
    def checked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not is_signed(request):
            _count_refusal(request.path)
            log.warning("webhook refused: signature of %s", request.path)
            return HttpResponseForbidden("signature\n", content_type="text/plain")
        _account, only_practice = accounts.that_signs(request.POST.get("AccountSid", ""))
        if only_practice and not practice.is_spoken_of(request.POST, kwargs):
            _count_refusal(request.path)
            log.warning("webhook refused: the practice carrier speaks of what is no practice: %s", request.path)
            return HttpResponseForbidden("account\n", content_type="text/plain")
        return view(request, *args, **kwargs)

    return carrier_signed("twilio")(csrf_exempt(require_POST(checked)))


def is_signed(request: HttpRequest) -> bool:
    given = request.headers.get("X-Twilio-Signature", "")
    if not given:
        return False
    address = settings.HOTLINE_BASE_URL + request.get_full_path()
    account, _only_practice = accounts.that_signs(request.POST.get("AccountSid", ""))
    return bool(RequestValidator(account.token).validate(address, request.POST, given))


def _count_refusal(path: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into hotline_refusedwebhook (day, path, count) values (%s, %s, 1)"
            " on conflict (day, path) do update set count = hotline_refusedwebhook.count + 1",
            [timezone.localdate(), path[:100]],
        )
