from __future__ import annotations

from django.contrib import admin
from unfold.paginator import InfinitePaginator

from dispatch.models import DriverAct, Plan, Stop, Trip
from dispatch.roles import DISPATCH
from hotline.admin.base import RoleAdmin, RoleInline
from hotline.admin.history import RoleHistoryAdmin


class StopInline(RoleInline):
    """Without the PIN: it is between the resident and the driver."""

    model = Stop
    fk_name = "trip"
    may_view = DISPATCH
    fields = ("sequence", "kind", "case", "state", "failed_reason", "eta", "arrived_at", "ended_at")
    readonly_fields = fields
    ordering = ("sequence",)


class DriverActInline(RoleInline):
    model = DriverAct
    may_view = DISPATCH
    fields = ("what", "stops", "happened_at", "received_at", "accepted", "words")
    readonly_fields = fields


@admin.register(Trip)
class TripAdmin(RoleHistoryAdmin):
    """Read only: trips are made, released and called off on the board."""

    may_view = DISPATCH
    paginator = InfinitePaginator
    list_display = ("__str__", "vehicle", "driver", "state", "released_at", "started_at", "ended_at")
    list_select_related = ("vehicle", "driver")
    list_filter = ("state",)
    search_fields = ("=id", "vehicle__plate", "driver__name")
    inlines = (StopInline, DriverActInline)
    ordering = ("-id",)


@admin.register(Plan)
class PlanAdmin(RoleAdmin):
    may_view = DISPATCH
    paginator = InfinitePaginator
    list_display = ("id", "line", "state", "because", "asked_at", "proposed_at", "error")
    list_select_related = ("line",)
    list_filter = ("state",)
    ordering = ("-id",)
