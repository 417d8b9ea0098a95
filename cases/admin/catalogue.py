from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminSelectWidget

from cases import catalogue
from cases.admin.roles import DESK, LEADS
from cases.models import CatalogueItem
from cases.triage import items
from hotline.admin.history import RoleHistoryAdmin
from hotline.lifecycle import MoveRefused

State = CatalogueItem.State


def kinds() -> list[tuple[str, str]]:
    """The groups of the built-in catalogue, which carry category and handling."""
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return [("", "–"), *((slug, facts[language]) for slug, facts in items.groups().items())]


class ItemForm(forms.ModelForm):
    """Deciding about a candidate: an item of a kind, another name of a known one, or none."""

    group = forms.ChoiceField(
        label=gettext_lazy("kind"), choices=kinds, required=False, widget=UnfoldAdminSelectWidget()
    )

    class Meta:
        model = CatalogueItem
        fields = (
            "name", "state", "means", "also", "group", "unit", "specification",
            "cooling", "injected", "controlled", "prescription",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("state") == State.ACCEPTED and not data.get("group"):
            self.add_error("group", _("choose a kind: it says the category and what the item needs"))
        if data.get("state") == State.MERGED:
            catalogue.refresh(at_once=True)
            known = items.look_up(data.get("means") or "")
            if known is None or catalogue.plain(known.name) == catalogue.plain(data.get("name") or ""):
                self.add_error("means", _("the catalogue knows no “%s”") % (data.get("means") or ""))
        name = catalogue.plain(data.get("name") or "")
        if not name or CatalogueItem.objects.filter(plain=name).exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("this item is there already"))
        return data


@admin.register(CatalogueItem)
class CatalogueItemAdmin(RoleHistoryAdmin):
    """What agents wrote, most often first; accepted, it is read out of words within seconds."""

    form = ItemForm
    may_view = DESK
    may_add = may_change = LEADS
    list_display = ("name", "state", "times", "group", "means", "unit", "cooling", "injected", "controlled", "last_at")
    list_filter = ("state", "group", "controlled", "cooling")
    search_fields = ("name", "also")
    readonly_fields = ("times", "first_at", "last_at")
    actions = ("refuse_chosen",)

    def save_model(self, request: HttpRequest, obj: CatalogueItem, form: Any, change: bool) -> None:
        obj.plain = catalogue.plain(obj.name)
        obj.decided_by = request.user if obj.state != State.CANDIDATE else None  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
        catalogue.refresh(at_once=True)

    @admin.action(description=gettext_lazy("The chosen ones are no items"), permissions=["change"])
    def refuse_chosen(self, request: HttpRequest, chosen: QuerySet[CatalogueItem]) -> None:
        for item in chosen:
            try:
                catalogue.refuse(item, by=request.user)  # type: ignore[arg-type]
            except MoveRefused as why:
                self.message_user(request, f"{item}: {why}", messages.WARNING)
        self.message_user(request, _("They are asked about no more."))
