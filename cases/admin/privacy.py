from django.contrib import admin
from unfold.paginator import InfinitePaginator

from cases.admin.roles import LEADS
from cases.models import PersonalDataAccess
from hotline.admin.base import RoleAdmin


@admin.register(PersonalDataAccess)
class PersonalDataAccessAdmin(RoleAdmin):
    """Who looked at whose data: to be read, by nobody to be changed."""

    may_view = LEADS
    paginator = InfinitePaginator
    list_display = ("at", "user", "what", "case_id", "resident_id")
    list_select_related = ("user",)
    list_filter = ("what",)
    search_fields = ("user__username", "=case_id", "=resident_id")
    ordering = ("-id",)
