from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator

from hotline.access import ADMINISTRATOR, SUPERVISOR
from hotline.admin.base import RoleAdmin, RoleInline
from hotline.models import Call, CallLeg

LEADS = frozenset({SUPERVISOR, ADMINISTRATOR})


class CallLegInline(RoleInline):
    model = CallLeg
    may_view = LEADS
    fields = ("party", "user", "status", "started_at", "answered_at", "ended_at")


@admin.register(Call)
class CallAdmin(RoleAdmin):
    """Every call with its legs; nothing is changed here."""

    may_view = LEADS
    paginator = InfinitePaginator
    list_display = ("id", "direction", "ending", "state", "choice", "agent", "started_at", "emergency_at", "outcome")
    list_filter = ("direction", "state", "choice")
    list_select_related = ("agent",)
    search_fields = ("=number", "=sid")
    ordering = ("-id",)
    inlines = (CallLegInline,)

    @admin.display(description=_("number"))
    def ending(self, call: Call) -> str:
        return f"…{call.number[-4:]}" if call.number else "–"
