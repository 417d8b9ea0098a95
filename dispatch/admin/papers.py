from django.contrib import admin

from dispatch.models import Permit, TestCertificate, ZoneOrder
from dispatch.roles import DISPATCH
from hotline.admin.history import RoleHistoryAdmin


@admin.register(Permit)
class PermitAdmin(RoleHistoryAdmin):
    """A pass is withdrawn by a time, never deleted: past trips were cleared by it."""

    may_view = may_add = may_change = DISPATCH
    list_display = ("number", "vehicle", "valid_from", "valid_until", "withdrawn_at")
    list_select_related = ("vehicle",)
    list_filter = ("districts",)
    search_fields = ("number", "vehicle__plate")
    autocomplete_fields = ("vehicle",)
    filter_horizontal = ("districts",)
    ordering = ("valid_until",)


@admin.register(TestCertificate)
class TestCertificateAdmin(RoleHistoryAdmin):
    may_view = may_add = may_change = DISPATCH
    list_display = ("driver", "sampled_at", "valid_until", "reminded_at")
    list_select_related = ("driver",)
    search_fields = ("driver__name",)
    autocomplete_fields = ("driver",)
    readonly_fields = ("reminded_at",)
    ordering = ("valid_until",)


@admin.register(ZoneOrder)
class ZoneOrderAdmin(RoleHistoryAdmin):
    """Tiers and closings by date: no plan and no release goes into what is closed."""

    may_view = may_add = may_change = may_delete = DISPATCH
    list_display = ("__str__", "tier", "closed", "starts_at", "ends_at", "words")
    list_select_related = ("district", "community")
    list_filter = ("closed", "tier", "district")
    search_fields = ("community__name", "district__name", "words")
    autocomplete_fields = ("district", "community")
    readonly_fields = ("by",)
    ordering = ("-ends_at",)
