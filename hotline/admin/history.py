"""A ModelAdmin whose objects keep a history (django-simple-history): shown to those who may see the object, never reverted."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from hotline.admin.base import RoleAdmin


class RoleHistoryAdmin(SimpleHistoryAdmin, RoleAdmin):
    """Role rules with a readable history.

    The package's own form would let whoever may view an old version post it back, past lifecycles and role rules; a
    step back is made as a new change instead.
    """

    def history_form_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "GET":
            raise PermissionDenied
        return super().history_form_view(request, *args, **kwargs)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True
