from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator

from cases.admin.roles import EVERYBODY, LEADS
from cases.models import Case, Need, Note, Transition
from cases.models.case import FIRST_NUMBER
from cases.templatetags.desk import level
from hotline.access import DISPATCHER
from hotline.admin.base import RoleInline
from hotline.admin.history import RoleHistoryAdmin

WATCHERS = LEADS | {DISPATCHER}


class NeedInline(RoleInline):
    model = Need
    may_view = EVERYBODY
    fields = ("item", "brand", "specification", "quantity", "approved", "delivered", "unit", "supply_left_until")


class TransitionInline(RoleInline):
    model = Transition
    may_view = EVERYBODY
    fields = ("at", "move", "from_state", "to_state", "by", "reason")
    ordering = ("id",)


class NoteInline(RoleInline):
    model = Note
    may_view = EVERYBODY
    fields = ("at", "by", "text")


@admin.register(Case)
class CaseAdmin(RoleHistoryAdmin):
    """To find and look into; what happens to a case is done on its page, through its lifecycle."""

    may_view = WATCHERS
    paginator = InfinitePaginator
    list_display = ("link", "shown_level", "state", "category", "district", "person", "next_step", "owner", "due_at")
    list_display_links = None
    list_select_related = ("category", "district", "person")
    list_filter = ("state", "level", "category", "district", "owner", "channel", "outcome")
    search_fields = ("=id", "person__name")
    search_help_text = _("case number or name; everything else on the search page of the desk")
    ordering = ("-id",)
    inlines = (NeedInline, NoteInline, TransitionInline)

    @admin.display(description=_("case"))
    def link(self, case: Case) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("admin:cases_case_change", args=[case.pk]), case.number)

    @admin.display(description=_("level"), ordering="level")
    def shown_level(self, case: Case) -> SafeString | str:
        return level(case.level)

    def get_search_results(self, request: HttpRequest, queryset, search_term: str):
        """A number as residents quote it is the id plus a constant."""
        if search_term.isdecimal() and int(search_term) >= FIRST_NUMBER:
            return queryset.filter(pk=int(search_term) - FIRST_NUMBER), False
        return super().get_search_results(request, queryset, search_term)
