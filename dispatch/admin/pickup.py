from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator

from dispatch.models import PickupPoint, Sourcing
from dispatch.roles import DISPATCH, EVERYBODY, LEADS
from hotline.admin.history import RoleHistoryAdmin


@admin.register(PickupPoint)
class PickupPointAdmin(RoleHistoryAdmin):
    may_view = EVERYBODY
    may_add = may_change = DISPATCH | LEADS
    list_display = ("name", "kind", "district", "phone", "opens", "closes", "active")
    list_select_related = ("district",)
    list_filter = ("kind", "active", "categories", "district")
    search_fields = ("name", "street")
    autocomplete_fields = ("district",)
    filter_horizontal = ("categories",)
    fieldsets = (
        (None, {"fields": ("line", "name", "kind", "active", "categories")}),
        (_("Where and when"), {"fields": ("district", "street", ("lon", "lat"), "phone", ("opens", "closes"))}),
    )


@admin.register(Sourcing)
class SourcingAdmin(RoleHistoryAdmin):
    """Read only: a question is asked and answered on the case's page, so that the case moves with it."""

    may_view = EVERYBODY
    paginator = InfinitePaginator
    list_display = ("case", "pickup_point", "state", "asked_at", "answered_at", "reserved_until")
    list_select_related = ("case", "pickup_point")
    list_filter = ("state",)
    search_fields = ("=case__id", "pickup_point__name")
    ordering = ("-id",)
