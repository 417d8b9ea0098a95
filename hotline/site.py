"""The admin site: who may enter, and what the side bar offers each role."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite

from hotline.access import EVERY_ROLE
from hotline.navigation import sections_for


class HotlineAdminSite(UnfoldAdminSite):
    """Open to every active user who has a role; each page asks its ModelAdmin what the role may do."""

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and getattr(request.user, "role", "") in EVERY_ROLE


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The side bar, as the theme wants it: only what the user's role may open."""
    return sections_for(getattr(request.user, "role", ""))
