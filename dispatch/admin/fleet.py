from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dispatch.models import Driver, Fleet, FleetLoan, Permit, Shift, TestCertificate, Vehicle, VehicleOutage
from dispatch.roles import DISPATCH, LEADS
from hotline.admin.base import RoleInline
from hotline.admin.history import RoleHistoryAdmin


class PermitInline(RoleInline):
    model = Permit
    may_view = may_add = may_change = DISPATCH
    fields = ("number", "districts", "valid_from", "valid_until", "withdrawn_at")
    autocomplete_fields = ("districts",)


class CertificateInline(RoleInline):
    model = TestCertificate
    may_view = may_add = may_change = DISPATCH
    fields = ("sampled_at", "valid_until")


@admin.register(Fleet)
class FleetAdmin(RoleHistoryAdmin):
    """A fleet is tied to categories; a vehicle may serve several fleets."""

    may_view = DISPATCH
    may_add = may_change = LEADS
    list_display = ("name", "name_en", "line")
    list_select_related = ("line",)
    search_fields = ("name", "name_en", "slug")
    filter_horizontal = ("categories",)


@admin.register(Vehicle)
class VehicleAdmin(RoleHistoryAdmin):
    may_view = may_change = DISPATCH
    may_add = LEADS
    list_display = ("plate", "line", "state", "capacity_kg", "capacity_boxes", "cold_box")
    list_select_related = ("line",)
    list_filter = ("state", "cold_box", "fleets")
    search_fields = ("plate",)
    filter_horizontal = ("fleets",)
    inlines = (PermitInline,)
    fieldsets = (
        (None, {"fields": ("line", "plate", "state", "fleets")}),
        (_("What it carries"), {"fields": (("capacity_kg", "capacity_boxes"), "cold_box")}),
        (_("Its base on the map"), {"fields": (("lon", "lat"),)}),
    )


@admin.register(Driver)
class DriverAdmin(RoleHistoryAdmin):
    may_view = may_change = DISPATCH
    may_add = DISPATCH
    list_display = ("name", "phone", "language", "licence", "licence_valid_until", "active")
    list_filter = ("active", "language")
    search_fields = ("name", "phone")
    inlines = (CertificateInline,)


@admin.register(Shift)
class ShiftAdmin(RoleHistoryAdmin):
    may_view = may_add = may_change = may_delete = DISPATCH
    list_display = ("driver", "vehicle", "starts_at", "ends_at")
    list_select_related = ("driver", "vehicle")
    list_filter = ("vehicle",)
    search_fields = ("driver__name", "vehicle__plate")
    autocomplete_fields = ("driver", "vehicle")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)


@admin.register(FleetLoan)
class FleetLoanAdmin(RoleHistoryAdmin):
    """A fleet lent to another one's categories for some hours."""

    may_view = may_add = may_change = may_delete = DISPATCH
    list_display = ("fleet", "to_fleet", "starts_at", "ends_at", "only", "reason")
    list_select_related = ("fleet", "to_fleet")
    list_filter = ("fleet", "to_fleet")
    search_fields = ("reason",)
    readonly_fields = ("by",)
    ordering = ("-ends_at",)


@admin.register(VehicleOutage)
class VehicleOutageAdmin(RoleHistoryAdmin):
    """Maintenance and the like, known before: nothing is planned in it."""

    may_view = may_add = may_change = may_delete = DISPATCH
    list_display = ("vehicle", "starts_at", "ends_at", "reason")
    list_select_related = ("vehicle",)
    search_fields = ("vehicle__plate", "reason")
    autocomplete_fields = ("vehicle",)
    readonly_fields = ("by",)
    ordering = ("-ends_at",)
