from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator

from hotline.access import ADMINISTRATOR, SUPERVISOR
from hotline.admin.base import RoleAdmin
from hotline.models import InboundEvent, RefusedWebhook

LEADS = frozenset({SUPERVISOR, ADMINISTRATOR})
ADMINISTRATORS = frozenset({ADMINISTRATOR})


@admin.register(InboundEvent)
class InboundEventAdmin(RoleAdmin):
    """What the carrier told us, as it came; what could not be taken says why and can be tried again."""

    may_view = LEADS
    paginator = InfinitePaginator
    list_display = ("id", "kind", "status", "state", "attempts", "error", "received_at")
    list_filter = ("state", "kind")
    search_fields = ("=sid",)
    ordering = ("-id",)
    actions = ("try_again",)

    @admin.action(description=_("Try again"), permissions=["view"])
    def try_again(self, request: HttpRequest, events: QuerySet[InboundEvent]) -> None:
        events.filter(state=InboundEvent.State.FAILED).update(attempts=0)


@admin.register(RefusedWebhook)
class RefusedWebhookAdmin(RoleAdmin):
    may_view = ADMINISTRATORS
    list_display = ("day", "path", "count")
    ordering = ("-day",)
