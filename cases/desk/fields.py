"""What the intake form offers to choose from: categories with their keys, districts, household, levels, zones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Now
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases import categories, intake_fields, levels, triage
from cases.models import Case, Category, CategoryVersion, District, Draft
from cases.models.place import ZoneTier
from cases.triage import items
from hotline import prepared

RELATIONS = [
    ("child", _("daughter or son")),
    ("parent", _("mother or father")),
    ("partner", _("wife or husband")),
    ("relative", _("relative")),
    ("neighbour", _("neighbour")),
    ("committee", _("neighbourhood committee")),
    ("volunteer", _("volunteer")),
    ("colleague", _("friend or colleague")),
    ("other", _("other")),
]
# As people say them; whatever else is typed is kept.
UNITS = ["盒", "瓶", "支", "袋", "罐", "片", "包", "箱", "份", "公斤"]
UNIT_OPTIONS = format_html_join("", '<option value="{}">', ((unit,) for unit in UNITS))
# Keys that already mean something on the desk; a category gets the first letter of its English name that is free.
TAKEN_KEYS = set("ABCDGHKNPQRSTWXYZ")


def of_need(line: items.Line) -> dict[str, str]:
    """What was read of one thing asked for, as the fields of a need line; without those that the words do not say."""
    amount = f"{line.quantity:g}" if isinstance(line.quantity, float) else str(line.quantity or "")
    need = {"item": line.item, "specification": line.specification, "quantity": amount, "unit": line.unit}
    return {name: value for name, value in need.items() if value}


def label(category: Category) -> str:
    """The name in the language of the page."""
    return _named(category.name, category.name_en)


def _named(name: str, name_en: str) -> str:
    english = (get_language() or "").startswith("en")
    return name_en if english and name_en else name


OFFERED = prepared.Question(lambda: categories.in_use(Now()).values_list("slug", "name", "name_en"))


def offered() -> list[dict[str, Any]]:
    """The categories that are active now, in order, each with its key."""
    used = set(TAKEN_KEYS)
    found = []
    for slug, name, name_en in OFFERED.values():
        letters = (letter.upper() for letter in name_en or slug if letter.isascii())
        key = next((letter for letter in letters if letter.isalpha() and letter not in used), "")
        used.add(key)
        found.append({"slug": slug, "label": _named(name, name_en), "key": key})
    return found


DISTRICTS = prepared.Question(lambda: District.objects.values_list("pk", "slug", "name", "name_en"))


def districts() -> list[dict[str, Any]]:
    return [{"pk": pk, "label": _named(name, name_en), "slug": slug} for pk, slug, name, name_en in DISTRICTS.values()]


@dataclass(frozen=True)
class Chosen:
    """The category of a form and the version of its rules that judges now."""

    category: Category | None = None
    version: CategoryVersion | None = None


def chosen(data: dict[str, Any], case: Case | None = None) -> Chosen:
    """Read once for the form and for the column beside it; a case that is open brings its category along."""
    slug = data.get("category") or ""
    if case and case.category and case.category.slug == slug:
        category: Category | None = case.category
    else:
        category = Category.objects.filter(slug=slug).first() if slug else None
    return Chosen(category, categories.version_of(category) if category else None)


def questions(data: dict[str, Any], of: Chosen | None = None) -> dict[str, Any]:
    """The questions of the chosen category that its answers so far call for; `same` changes when they do."""
    of = of or chosen(data)
    asked = list(triage.questions(of.version, data.get("answers") or {})) if of.version else []
    slug = data.get("category") or ""
    return {"questions": asked, "questions_same": f"{slug}:{','.join(q.slug for q in asked)}"}


def form_context(draft: Draft, of: Chosen | None = None) -> dict[str, Any]:
    """Everything cases/desk/form.html needs."""
    set_up = intake_fields.of_form()
    return {
        "draft": draft,
        "case": draft.case,
        "data": draft.data,
        "relations": RELATIONS,
        "categories": offered(),
        "districts": [(district["pk"], district["label"]) for district in districts()],
        "zones": ZoneTier.choices,
        "household": list(triage.VULNERABILITIES.items()),
        "levels": [(value, levels.word(value)) for value in Case.Level.values],
        "units": UNIT_OPTIONS,
        "hidden": set_up.hidden,
        "asked": set_up.asked,
        **questions(draft.data, of),
    }
