"""What the intake form offers to choose from: categories with their keys, districts, household, levels, zones."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases import categories, intake_fields, levels, triage
from cases.models import Case, Category, CategoryVersion, Draft
from cases.models.place import ZoneTier
from cases.triage import items
from cases.triage.questions import Question
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


# All that supervisors set and every form shows, in one answer: categories in use, districts, what the form leaves out.
SET_UP = """
    select json_build_array(
        (select coalesce(json_agg(json_build_array(slug, name, name_en) order by "order", slug), '[]') from cases_category
            where active_from <= %(now)s and (active_until is null or active_until > %(now)s)),
        (select coalesce(json_agg(json_build_array(id, slug, name, name_en) order by name_en, slug), '[]')
            from cases_district),
        (select coalesce(json_agg(json_build_array(field, shown, before) order by field), '[]') from cases_intakefield)
    )::text
"""


@dataclass(frozen=True)
class SetUp:
    """What every form shows alike, in one language."""

    categories: tuple[dict[str, Any], ...]  # those active now, in order, each with its key
    districts: tuple[dict[str, Any], ...]
    fields: intake_fields.FormFields


def set_up() -> SetUp:
    """Asked each time, so that a new category is in the form at once; put together when the answer is another one."""
    with prepared.cursor() as cursor:
        cursor.execute(SET_UP, {"now": timezone.now()})
        (said,) = cursor.fetchone()
    return _put_together(said, get_language() or "")


@lru_cache(maxsize=16)
def _put_together(said: str, _language: str) -> SetUp:
    in_use, districts, rows = json.loads(said)
    used = set(TAKEN_KEYS)
    found = []
    for slug, name, name_en in in_use:
        letters = (letter.upper() for letter in name_en or slug if letter.isascii())
        key = next((letter for letter in letters if letter.isalpha() and letter not in used), "")
        used.add(key)
        found.append({"slug": slug, "label": _named(name, name_en), "key": key})
    places = ({"pk": pk, "label": _named(name, name_en), "slug": slug} for pk, slug, name, name_en in districts)
    return SetUp(tuple(found), tuple(places), intake_fields.of_form(rows))


def districts() -> list[dict[str, Any]]:
    return list(set_up().districts)


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
    answers = data.get("answers") or {}
    asked, shown = [], ""
    if of.version and answers:
        asked = list(triage.questions(of.version, answers))
    elif of.version:
        asked, shown = _unanswered(_Rules(of.version.pk, of.version.created_at, get_language() or "", of.version))
    slug = data.get("category") or ""
    return {
        "questions": asked,
        "questions_same": f"{slug}:{','.join(q.slug for q in asked)}",
        "questions_shown": shown,
    }


@dataclass(frozen=True)
class _Rules:
    """Which rules, in which language: a version never changes."""

    pk: int
    created_at: datetime
    language: str
    version: CategoryVersion = field(compare=False)


@lru_cache(maxsize=200)
def _unanswered(rules: _Rules) -> tuple[list[Question], SafeString]:
    """As most forms open: no question has an answer yet, so they look alike in all of them."""
    asked = list(triage.questions(rules.version, {}))
    return asked, render_to_string("cases/desk/questions.html", {"questions": asked})


def form_context(draft: Draft, of: Chosen | None = None) -> dict[str, Any]:
    """Everything cases/desk/form.html needs."""
    given = set_up()
    return {
        "draft": draft,
        "case": draft.case,
        "data": draft.data,
        "relations": RELATIONS,
        "categories": given.categories,
        "districts": [(district["pk"], district["label"]) for district in given.districts],
        "zones": ZoneTier.choices,
        "household": list(triage.VULNERABILITIES.items()),
        "levels": [(value, levels.word(value)) for value in Case.Level.values],
        "units": UNIT_OPTIONS,
        "hidden": given.fields.hidden,
        "asked": given.fields.asked,
        **questions(draft.data, of),
    }
