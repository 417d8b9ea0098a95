"""Categories as data: which there are now, which version judges, a new version, and the starting ones of the city.

docs/categories.md gives the shape of a version's rules. A version never changes; a change of rules is a new version, and a
case keeps the one that judged it.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Category, CategoryVersion
from cases.triage import starting
from cases.triage.conditions import BadCondition, check
from cases.triage.questions import TYPES
from cases.triage.text import normal
from hotline import prepared
from hotline.models import Skill, User

OF_A_CATEGORY = ("name", "name_en", "spoken", "spoken_en", "menu_key", "order")
# What a condition may ask for beside the answers: filled by cases.triage.judging.
FACTS = {
    "age",
    "controlled",
    "groups",
    "infant_months",
    "kind",
    "nearly_out",
    "out_hours",
    "pregnant_week",
    "ran_out",
    "red_flags",
    "signs",
    "stated_urgency",
    "supply_hours",
    "vulnerabilities",
}


class BadRules(ValueError):
    """Rules that cannot be used; `problems` says each in words."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def active(at: datetime | None = None) -> list[Category]:
    """The categories in use at `at` (now), in the order of the menu and the form."""
    return list(in_use(at).select_related("skill"))


def in_use(at: datetime | None = None) -> QuerySet[Category]:
    """The same, not read yet."""
    at = at or timezone.now()
    ends = Q(active_until__isnull=True) | Q(active_until__gt=at)
    return Category.objects.filter(ends, active_from__lte=at)


def named_in(text: str, at: datetime | None = None) -> tuple[Category, list[str]] | None:
    """The category of our own adding whose words stand in a text, with those words; the text model knows only the first ones."""
    added = [category for category in active(at) if category.slug not in starting.slugs()]
    said, best = normal(text), None
    for category in added:
        words = version_of(category).rules.get("keywords", {})
        hits = [word for word in words if word.casefold() in said]
        weight = sum(words[word] for word in hits)
        if hits and (best is None or weight > best[0]):
            best = (weight, category, hits)
    return (best[1], best[2]) if best else None


NEWEST = prepared.Question(
    lambda category: (
        CategoryVersion.objects.filter(category=category).order_by("-version").values_list("pk", "created_at")[:1]
    )
)


def version_of(category: Category) -> CategoryVersion:
    """The version that judges now: the newest. A category that never had rules gets what holds for all."""
    newest = NEWEST.values(category.pk)
    if not newest:
        return new_version(category, dict(starting.common()), None, "")
    version = copy(_read(*newest[0]))
    version.category = category
    return version


@lru_cache(maxsize=200)
def _read(pk: int, _created_at: datetime) -> CategoryVersion:
    """A version never changes, and its rules are long: each process reads it once."""
    return CategoryVersion.objects.get(pk=pk)


def new_version(category: Category, rules: Mapping[str, Any], by: User | None, reason: str) -> CategoryVersion:
    """From now on these rules. Raises BadRules, with every problem, when they could not be used."""
    found = problems(rules)
    if found:
        raise BadRules(found)
    with transaction.atomic():
        # two supervisors can save at once: the row of the category keeps the numbers apart
        Category.objects.select_for_update(no_key=True).get(pk=category.pk)
        last = category.versions.aggregate(last=Max("version"))["last"] or 0
        return CategoryVersion.objects.create(
            category=category, version=last + 1, rules=dict(rules), created_by=by, reason=reason
        )


def load() -> list[Category]:
    """Make or complete the starting categories with their skills. What a supervisor has changed since stays."""
    return [_load(given) for given in starting.categories()]


@transaction.atomic
def _load(given: Mapping[str, Any]) -> Category:
    skill, _made = Skill.objects.get_or_create(
        slug=given["slug"], defaults={"name": given["name"], "name_en": given["name_en"], "kind": "subject"}
    )
    defaults = {name: given[name] for name in OF_A_CATEGORY} | {"skill": skill}
    category, _made = Category.objects.get_or_create(slug=given["slug"], defaults=defaults)
    if not category.versions.exists():
        new_version(
            category, starting.complete(given["rules"]), None, _("starting values; a physician has to review them")
        )
    return category


def problems(rules: Mapping[str, Any]) -> list[str]:
    """What is wrong with rules, each in words; empty when they can be used."""
    questions = rules.get("questions", [])
    slugs = [each.get("slug", "") for each in questions]
    # the common rules ask for answers that only some categories have questions for
    facts = FACTS | starting.asked() | set(slugs) | {each["fills"] for each in questions if "fills" in each}
    found = [_("the question '%s' comes twice") % slug for slug in sorted({s for s in slugs if slugs.count(s) > 1})]
    for each in questions:
        found += _question_problems(each, facts)
    for each in rules.get("rules", []):
        if each.get("level") not in (1, 2, 3, 4, 5):
            found.append(_("the rule '%s' needs a level from 1 to 5") % each.get("slug", ""))
        if not each.get("slug") or not each.get("zh") or not each.get("en"):
            found.append(_("the rule '%s' needs a short name and its reason in both languages") % each.get("slug", ""))
        found += _condition_problems(each.get("if"), facts, f"rules.{each.get('slug')}")
    return found + _target_problems(rules.get("targets", {}))


def _question_problems(each: Mapping[str, Any], facts: set[str]) -> list[str]:
    slug = each.get("slug", "")
    found = []
    if not slug or not each.get("zh") or not each.get("en"):
        found.append(_("the question '%s' needs a short name and its words in both languages") % slug)
    if each.get("type") not in TYPES:
        found.append(
            _("the question '%(slug)s' is of no known type: %(types)s") % {"slug": slug, "types": ", ".join(TYPES)}
        )
    if each.get("type") in ("choice", "choices") and not each.get("options"):
        found.append(_("the question '%s' has nothing to choose from") % slug)
    return found + _condition_problems(each.get("if", {}), facts, f"questions.{slug}")


def _condition_problems(condition: Any, facts: set[str], where: str) -> list[str]:
    try:
        check(condition, facts, where)
    except BadCondition as bad:
        return [str(bad)]
    return []


def _target_problems(targets: Mapping[str, Any]) -> list[str]:
    found = []
    for name in ("contact", "decide", "deliver"):
        times = [targets[level][name] for level in "1234" if name in targets.get(level, {})]
        if any(not isinstance(each, int | float) or each <= 0 for each in times):
            found.append(_("the targets for '%s' are minutes above 0") % name)
        elif times != sorted(times):
            found.append(_("the targets for '%s' must not be shorter for a lesser level") % name)
    return found
