"""Who may use what: every view says so, and a view that says nothing is refused.

A view carries one declaration, set by `roles`, `public`, `signed_link` or `carrier_signed`; the middleware enforces the
roles. Admin pages declare theirs on their ModelAdmin (see hotline.admin.base) and API views through `Roles`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import urlencode

AGENT = "agent"
SUPERVISOR = "supervisor"
DISPATCHER = "dispatcher"
ADMINISTRATOR = "administrator"
EVERY_ROLE = frozenset({AGENT, SUPERVISOR, DISPATCHER, ADMINISTRATOR})

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """One declaration: `kind` is roles, public, link, partner or carrier; `detail` says why, or which link, scope or carrier."""

    kind: str
    roles: frozenset[str] = frozenset()
    detail: str = ""


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def roles(*names: str) -> Callable[[View], View]:
    """Logged-in users of these roles."""
    unknown = set(names) - EVERY_ROLE
    if unknown or not names:
        raise ValueError(f"not roles: {sorted(unknown)}")
    return _declare(Access("roles", frozenset(names)))


def public(why: str) -> Callable[[View], View]:
    """Anybody; `why` says what makes that safe."""
    return _declare(Access("public", detail=why))


def signed_link(kind: str) -> Callable[[View], View]:
    """Whoever holds a signed link of this kind (hotline.links); the view opens the link itself."""
    return _declare(Access("link", detail=kind))


def partner_key(scope: str) -> Callable[[View], View]:
    """A partner's program, by a key that has this scope; the API's views check it (cases.api.access)."""
    return _declare(Access("partner", detail=scope))


def carrier_signed(carrier: str) -> Callable[[View], View]:
    """The carrier, proved by its signature, which the carrier's own room checks."""
    return _declare(Access("carrier", detail=carrier))


def declared(view: Callable[..., Any]) -> Access | None:
    """What a URL's callback declares: on itself, or on its class when it is a class-based view."""
    owner = getattr(view, "access", None) or getattr(getattr(view, "cls", None), "access", None)
    return owner or getattr(getattr(view, "view_class", None), "access", None)


class AccessMiddleware(MiddlewareMixin):
    """Refuses a view that declares nothing, and users whose role is not among those declared."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if _wants_second_factor(request, view):
            return _ask_for_second_factor(request)
        if match and "admin" in match.app_names:  # the admin site asks has_permission of every page
            return None
        access = declared(view)
        if access is None:
            raise PermissionDenied("this page does not declare who may use it")
        if access.kind != "roles":
            return None
        user = request.user
        if not user.is_authenticated:
            if request.headers.get("accept", "").startswith(("application/json", "text/event-stream")):
                return HttpResponse(status=401)
            return redirect_to_login(request.get_full_path())
        if getattr(user, "role", "") not in access.roles:
            raise PermissionDenied
        return None


# Of the admin's own pages; without these nobody could leave.
BEFORE_SECOND_FACTOR = frozenset({"login", "logout", "jsi18n"})


def _wants_second_factor(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Whether this is a page of somebody who has given the password only."""
    from hotline import second_factor

    match = request.resolver_match
    if match and "admin" in match.app_names:
        if match.url_name in BEFORE_SECOND_FACTOR:
            return False
    else:
        access = declared(view)
        if access is None or access.kind != "roles" or getattr(view, "before_second_factor", False):
            return False
    return request.user.is_authenticated and second_factor.is_missing(request)


def _ask_for_second_factor(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("accept", "").startswith(("application/json", "text/event-stream")):
        return HttpResponse(status=401)
    if request.headers.get("HX-Request"):  # a part of a page: the whole page goes there
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = reverse("line:second-factor")
        return answer
    return redirect(f"{reverse('line:second-factor')}?{urlencode({'next': request.get_full_path()})}")
