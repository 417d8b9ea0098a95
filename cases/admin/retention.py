from django.contrib import admin
from unfold.paginator import InfinitePaginator

from cases.admin.roles import ADMINISTRATORS, LEADS
from cases.models import DataRequest, RetentionPolicy
from hotline.admin.base import RoleAdmin
from hotline.admin.history import RoleHistoryAdmin


@admin.register(RetentionPolicy)
class RetentionPolicyAdmin(RoleHistoryAdmin):
    """How long people's data is kept; without a row nothing is taken away by itself."""

    may_view = LEADS
    may_add = may_change = may_delete = ADMINISTRATORS
    list_display = ("line", "days")
    list_select_related = ("line",)


@admin.register(DataRequest)
class DataRequestAdmin(RoleAdmin):
    """Whose data was handed out or taken away: to be read, by nobody to be changed."""

    may_view = LEADS
    paginator = InfinitePaginator
    list_display = ("at", "what", "resident_id", "by", "reason")
    list_select_related = ("by",)
    list_filter = ("what",)
    search_fields = ("=resident_id",)
    ordering = ("-id",)
