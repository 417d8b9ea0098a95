from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from cases import categories, triage
from cases.admin.category_form import CategoryForm
from cases.admin.roles import EVERYBODY, LEADS
from cases.models import Category, CategoryVersion
from hotline import wording
from hotline.admin.base import RoleAdmin
from hotline.admin.history import RoleHistoryAdmin
from hotline.spoken import say


@admin.register(Category)
class CategoryAdmin(RoleHistoryAdmin):
    """Adding one here puts it into the form, the menu, what texts are taken for, the filters and the reports, at once."""

    may_view = EVERYBODY
    may_add = may_change = LEADS
    form = CategoryForm
    change_form_template = "cases/admin/category_form.html"
    list_display = ("name", "name_en", "menu_key", "order", "active_from", "active_until")
    search_fields = ("name", "name_en", "slug")
    prepopulated_fields = {"slug": ("name_en",)}
    fieldsets = (
        (None, {"fields": (("name", "name_en"), "slug", ("spoken", "spoken_en"), ("menu_key", "order"), "skill")}),
        (_("When"), {"fields": (("active_from", "active_until"),)}),
        (
            _("What it asks and how it judges"),
            {"fields": ("usual_level", "point_to_it", "add_questions", "rules", "reason")},
        ),
    )

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Category, form: CategoryForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.rules_changed:
            categories.new_version(obj, form.rules_given, request.user, form.cleaned_data["reason"])  # type: ignore[arg-type]

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(self.preview)
        return [
            path("preview/", preview, name="cases_category_preview"),
            path("<int:pk>/preview/", preview, name="cases_category_preview_of"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """What it will look like where people meet it. Nothing is written."""
        if not self.has_change_permission(request) or request.method != "POST":
            raise PermissionDenied
        obj = get_object_or_404(Category, pk=pk) if pk else None
        form = self.get_form(request, obj, change=bool(obj))(request.POST, instance=obj)
        context: dict[str, Any] = {"form": form, "valid": form.is_valid(), **self.admin_site.each_context(request)}
        if context["valid"]:
            context |= _shown(form)
        return render(request, "cases/admin/category_preview.html", context)


def _shown(form: CategoryForm) -> dict[str, Any]:
    category, rules = form.instance, form.rules_given
    menu = [
        say("menu_entry", language, subject=subject, key=category.menu_key)
        for language, subject in (
            ("zh-hans", category.spoken or category.name),
            ("en", category.spoken_en or category.name_en),
        )
        if category.menu_key
    ]
    receipts = []
    for language in ("zh-hans", "en"):
        try:
            receipts.append(wording.find("received", language, category.slug).body)
        except wording.NoTemplate:
            continue
    return {
        "category": category,
        "questions": triage.questions(rules),
        "menu": menu,
        "receipts": receipts,
        "levels": sorted(rules.get("targets", {}).items()),
        "rules_of_urgency": rules.get("rules", []),
        "rules": rules,
        "changes": form.rules_changed,
    }


@admin.register(CategoryVersion)
class CategoryVersionAdmin(RoleAdmin):
    """What judged old cases stays as it was: versions are read here and written by the category's form."""

    may_view = EVERYBODY
    list_display = ("category", "version", "reason", "created_at", "created_by")
    list_select_related = ("category", "created_by")
    list_filter = ("category",)
