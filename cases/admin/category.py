from django.contrib import admin

from cases.admin.roles import EVERYBODY, LEADS
from cases.models import Category, CategoryVersion
from hotline.admin.base import RoleAdmin
from hotline.admin.history import RoleHistoryAdmin


@admin.register(Category)
class CategoryAdmin(RoleHistoryAdmin):
    may_view = EVERYBODY
    may_add = may_change = LEADS
    list_display = ("name", "name_en", "menu_key", "order", "active_from", "active_until")
    search_fields = ("name", "name_en", "slug")


@admin.register(CategoryVersion)
class CategoryVersionAdmin(RoleAdmin):
    """What judged old cases stays as it was: versions are read here and written by the category's form."""

    may_view = EVERYBODY
    list_display = ("category", "version", "reason", "created_at", "created_by")
    list_select_related = ("category", "created_by")
    list_filter = ("category",)
