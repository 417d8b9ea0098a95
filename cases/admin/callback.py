from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator

from cases.admin.roles import DESK, LEADS
from cases.models import Attempt, Callback
from hotline.admin.base import RoleInline
from hotline.admin.history import RoleHistoryAdmin


class AttemptInline(RoleInline):
    """Each try, as it was."""

    model = Attempt
    may_view = DESK
    fields = ("at", "by", "outcome", "note", "call")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by", "call")


@admin.register(Callback)
class CallbackAdmin(RoleHistoryAdmin):
    """To look into; claiming, calling and outcomes are made on the call-back list."""

    may_view = LEADS
    paginator = InfinitePaginator
    list_display = ("id", "kind", "level", "state", "first_due_at", "due_at", "attempts_made", "claimed_by", "case")
    list_select_related = ("claimed_by", "case")
    list_filter = ("state", "kind", "level")
    search_fields = ("=id", "number")
    ordering = ("-id",)
    inlines = (AttemptInline,)
    exclude = ("number",)
    readonly_fields = ("ending",)

    @admin.display(description=_("number"))
    def ending(self, callback: Callback) -> str:
        return f"…{callback.number[-4:]}"
