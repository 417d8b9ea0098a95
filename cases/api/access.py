"""Who asks: a partner, by a key in the Authorization header, within its scopes and its pace."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from cases.models import PartnerToken
from hotline.access import declared

SEEN_EVERY = timedelta(minutes=1)


class PartnerKey(BaseAuthentication):
    """Authorization: Bearer hl_..."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, PartnerToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("The key is not readable."))
        digest = PartnerToken.digest_of(parts[1].decode("latin-1"))
        token = PartnerToken.objects.select_related("partner__line").filter(digest=digest).first()
        if token is None or not token.is_good or not token.partner.active:
            raise AuthenticationFailed(_("The key is not known, has expired or was revoked."))
        now = timezone.now()
        if token.last_used_at is None or now - token.last_used_at > SEEN_EVERY:
            PartnerToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class KeyInSchema(OpenApiAuthenticationExtension):
    """How the description of the interface names the key."""

    target_class = "cases.api.access.PartnerKey"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class HasScope(BasePermission):
    """The scope that the view declares (hotline.access.partner_key)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, PartnerToken):
            raise NotAuthenticated(_("A key is needed."))
        access = declared(type(view))
        self.message = _("The key is not for this: it lacks %(scope)s.") % {"scope": access.detail if access else ""}
        return bool(access and access.kind == "partner" and access.detail in request.auth.scopes)


class Pace(BaseThrottle):
    """So many requests a minute and partner, counted by the minute of the clock."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, PartnerToken):
            return True
        key = f"partner-pace:{request.auth.partner_id}:{int(time.time() // 60)}"
        cache.add(key, 0, 90)
        try:
            return cache.incr(key) <= request.auth.partner.per_minute
        except ValueError:  # it ran out in between
            return True

    def wait(self) -> float:
        return 60 - time.time() % 60


class JsonOnly(BaseContentNegotiation):
    """There is one language here, whatever the client says it would rather have."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = (request.content_type or "").split(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type
