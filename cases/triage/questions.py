"""The questions of a category, one by one: which to ask now, what an answer fills, adds or raises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language

from cases.models import CategoryVersion
from cases.triage.conditions import holds

TYPES = ("yes_no", "choice", "choices", "number", "text", "date", "datetime")
YES_NO = (("yes", "是", "yes"), ("no", "否", "no"), ("unknown", "不清楚", "not known"))


@dataclass(frozen=True)
class Question:
    """One question as the desk shows it. `required_when`: the moves of a case before which it must be answered."""

    slug: str
    type: str
    zh: str
    en: str
    options: list[tuple[str, str, str]] = field(default_factory=list)  # value, zh, en
    unit_zh: str = ""
    unit_en: str = ""
    help_zh: str = ""
    help_en: str = ""
    required_when: tuple[str, ...] = ()
    value: Any = ""

    @property
    def label(self) -> str:
        return self._in_language(self.zh, self.en)

    @property
    def unit(self) -> str:
        return self._in_language(self.unit_zh, self.unit_en)

    @property
    def help(self) -> str:
        return self._in_language(self.help_zh, self.help_en)

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(value, self._in_language(zh, en)) for value, zh, en in self.options]

    @property
    def answered(self) -> bool:
        return self.value not in ("", None, [])

    def _in_language(self, zh: str, en: str) -> str:
        return en if (get_language() or "").startswith("en") and en else zh


def rules_of(version: CategoryVersion | Mapping[str, Any] | None) -> Mapping[str, Any]:
    if version is None:
        return {}
    return version.rules if isinstance(version, CategoryVersion) else version


def questions(
    version: CategoryVersion | Mapping[str, Any] | None,
    answers: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> list[Question]:
    """What to ask, in order, given the answers so far: a question whose condition does not hold is left out."""
    answers = answers or {}
    known = {**(facts or {}), **filled(version, answers)}
    return [
        _question(each, answers.get(each["slug"], ""))
        for each in rules_of(version).get("questions", [])
        if holds(each.get("if", {}), known)
    ]


def missing(
    version: CategoryVersion | Mapping[str, Any] | None, answers: Mapping[str, Any], move: str
) -> list[Question]:
    """The questions that must be answered before `move` and are not yet."""
    return [each for each in questions(version, answers) if move in each.required_when and not each.answered]


def filled(version: CategoryVersion | Mapping[str, Any] | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that answers give: each under its question's name, and under the fact it fills (days into hours)."""
    facts: dict[str, Any] = {slug: value for slug, value in answers.items() if value not in ("", None, [])}
    for each in rules_of(version).get("questions", []):
        value = facts.get(each["slug"])
        if value is None or "fills" not in each:
            continue
        facts[each["fills"]] = _times(value, each["times"]) if "times" in each else value
    return {name: value for name, value in facts.items() if value is not None}


def added(version: CategoryVersion | Mapping[str, Any] | None, answers: Mapping[str, Any], what: str) -> list[str]:
    """The vulnerabilities (`adds`) or red flags (`raises`) that answers of yes bring."""
    asked = rules_of(version).get("questions", [])
    return [each[what] for each in asked if what in each and answers.get(each["slug"]) in ("yes", True)]


def _times(value: Any, factor: float) -> float | None:
    try:
        return float(value) * factor
    except (TypeError, ValueError):
        return None


def _question(each: Mapping[str, Any], value: Any) -> Question:
    options = [(o["value"], o["zh"], o["en"]) for o in each.get("options", [])]
    texts = {name: each.get(name, "") for name in ("zh", "en", "unit_zh", "unit_en", "help_zh", "help_en")}
    return Question(
        slug=each["slug"],
        type=each["type"],
        options=options or (list(YES_NO) if each["type"] == "yes_no" else []),
        required_when=tuple(each.get("required_when", ())),
        value=value,
        **texts,
    )
