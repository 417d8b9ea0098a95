from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator

from cases.admin.roles import LEADS
from cases.models import Phone, Resident
from hotline.admin.base import RoleInline
from hotline.admin.history import RoleHistoryAdmin


class PhoneInline(RoleInline):
    """Masked here; the whole number is on the case page, where looking at it is logged."""

    model = Phone
    may_view = LEADS
    fields = ("ending", "label", "preferred", "takes_texts")
    readonly_fields = fields

    @admin.display(description=_("number"))
    def ending(self, phone: Phone) -> str:
        return str(phone)


@admin.register(Resident)
class ResidentAdmin(RoleHistoryAdmin):
    """People who need something or ask for others."""

    may_view = LEADS
    may_change = LEADS
    paginator = InfinitePaginator
    list_display = ("id", "name", "language", "birth_year", "hard_of_hearing", "created_at")
    list_filter = ("language", "hard_of_hearing")
    search_fields = ("=id", "name", "=phones__number")
    search_help_text = _("number, name or the whole telephone number")
    ordering = ("-id",)
    autocomplete_fields = ("address",)
    inlines = (PhoneInline,)
