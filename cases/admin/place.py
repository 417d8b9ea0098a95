from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator

from cases.admin.roles import EVERYBODY, LEADS
from cases.models import Address, Community, District
from hotline.admin.base import RoleAdmin
from hotline.admin.history import RoleHistoryAdmin


@admin.register(District)
class DistrictAdmin(RoleAdmin):
    may_view = EVERYBODY
    may_add = may_change = LEADS
    list_display = ("name", "name_en", "city", "slug")
    search_fields = ("name", "name_en", "slug")
    filter_horizontal = ("borders",)


@admin.register(Community)
class CommunityAdmin(RoleHistoryAdmin):
    """Zone tier and gate are what changes overnight; a change here shows on every new case at once."""

    may_view = EVERYBODY
    may_add = may_change = LEADS
    paginator = InfinitePaginator
    list_display = ("name", "district", "street", "zone_tier", "gate_contact", "gate_phone")
    list_select_related = ("district",)
    list_filter = ("zone_tier", "district")
    search_fields = ("name", "street")
    autocomplete_fields = ("district",)
    fieldsets = (
        (None, {"fields": ("district", "name", "street", "zone_tier")}),
        (_("Gate and committee"), {"fields": ("gate_contact", "gate_phone", "committee_phone")}),
        (_("On the map"), {"fields": (("lon", "lat"),)}),
    )


@admin.register(Address)
class AddressAdmin(RoleHistoryAdmin):
    may_view = LEADS
    may_change = LEADS
    paginator = InfinitePaginator
    list_display = ("__str__", "district", "zone_tier", "gate_contact")
    list_select_related = ("district", "community")
    list_filter = ("zone_tier",)
    search_fields = ("street", "said", "community__name")
    autocomplete_fields = ("district", "community")
