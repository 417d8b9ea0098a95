"""How urgent: a level from 1 (now) to 5 (no need) with its reasons. It proposes; the agent decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cases.models import CategoryVersion
from cases.triage import items, red_flags, starting
from cases.triage.conditions import holds
from cases.triage.household import VULNERABILITIES
from cases.triage.questions import added, filled, rules_of
from cases.triage.reading import Reading
from cases.triage.red_flags import RedFlag

UNKNOWN_LEVEL = 2  # until somebody has asked: called back within half an hour
DEFAULT_LEVEL = 3
LEAST_URGENT = 4
SAYS_NOTHING = ("unknown",)  # reasons that no rule and no word stands behind
NOT_A_NEED = {
    "offer": ("给予帮助，不是求助", "an offer, not a need"),
    "complaint": ("投诉或反映情况：转介", "a complaint: referred"),
    "permit": ("咨询通行证件：转介", "a question about permits: referred"),
}


@dataclass(frozen=True)
class Judgement:
    """The proposed level with why ({"slug", "zh", "en", "level"}, the deciding ones first)."""

    level: int
    reasons: list[dict[str, Any]] = field(default_factory=list)
    red_flags: list[RedFlag] = field(default_factory=list)  # heard, or raised by an answer
    vulnerabilities: list[str] = field(default_factory=list)  # given, read and answered together
    facts: dict[str, Any] = field(default_factory=dict)


def judge(
    *,
    category: CategoryVersion | Mapping[str, Any] | None = None,
    reading: Reading | None = None,
    answers: Mapping[str, Any] | None = None,
    needs: Iterable[Any] = (),
    vulnerabilities: Iterable[str] = (),
    at: datetime,
    supply_ends_at: datetime | None = None,
    age: int | None = None,
    infant_months: int | None = None,
    pregnant_week: int | None = None,
    suggested: int | None = None,
) -> Judgement:
    """What is known now, judged by the category's version, or by what holds for all while there is none.

    What an agent wrote (answers, needs, the named arguments) goes before what was read from the words. `needs` may be
    rows, intake lines or names. `suggested` is the text model's level: it can raise a level that no rule found urgent, and
    never lowers one.
    """
    rules = rules_of(category) or starting.common()
    answers = answers or {}
    told = {
        "supply_ends_at": supply_ends_at,
        "age": age,
        "infant_months": infant_months,
        "pregnant_week": pregnant_week,
    }
    facts = _facts(reading, needs, at, {name: value for name, value in told.items() if value is not None})
    flags = [*(reading.red_flags if reading else []), *_raised(rules, answers)]
    read = reading.vulnerabilities if reading else []
    at_risk = _vulnerabilities(facts, [*vulnerabilities, *read, *added(rules, answers, "adds")])
    facts |= {"vulnerabilities": at_risk, "red_flags": [flag.slug for flag in flags]} | filled(rules, answers)
    level, reasons = _level(rules, facts, flags, reading, bool(category))
    if suggested and suggested <= UNKNOWN_LEVEL < level <= LEAST_URGENT:
        level = UNKNOWN_LEVEL
        reasons = [_reason("suggested", "用词像是急事", "the words sound urgent", level), *reasons]
    return Judgement(level, reasons, flags, at_risk, facts)


def _level(
    rules: Mapping[str, Any],
    facts: Mapping[str, Any],
    flags: list[RedFlag],
    reading: Reading | None,
    has_category: bool,
) -> tuple[int, list[dict[str, Any]]]:
    if reading and reading.kind in NOT_A_NEED and not flags:
        zh, en = NOT_A_NEED[reading.kind]
        reasons = [_reason(reading.kind, zh, en, 5)]
        if reading.kind == "offer" and any(line.controlled for line in reading.needs):
            reasons.append(
                _reason("controlled_offer", "管制药品不得转让：转介", "controlled drug: may not be passed on", 5)
            )
        return 5, reasons
    reasons = [_reason(flag.slug, f"危险信号：{flag.zh}", f"red flag: {flag.en}", 1) for flag in flags]
    reasons += [
        _reason(rule["slug"], rule["zh"], rule["en"], rule["level"])
        for rule in rules.get("rules", [])
        if holds(rule["if"], facts)
    ]
    if reasons:
        reasons.sort(key=lambda reason: reason["level"])
        return reasons[0]["level"], reasons
    if not has_category and not facts.get("groups"):
        why = _reason("unknown", "还不清楚：先回电询问", "not known yet: ask by telephone", UNKNOWN_LEVEL)
        return UNKNOWN_LEVEL, [why]
    level = int(rules.get("default_level", DEFAULT_LEVEL))
    return level, [_reason("usual", "该类通常的等级", "usual for this category", level)]


def _facts(reading: Reading | None, needs: Iterable[Any], at: datetime, told: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if reading:
        names = ("age", "infant_months", "pregnant_week", "ran_out", "nearly_out", "signs", "stated_urgency", "kind")
        facts = {name: getattr(reading, name) for name in names}
        facts["supply_ends_at"] = reading.supply_ends_at
        facts["out_hours"] = (at - reading.out_since).total_seconds() / 3600 if reading.out_since else None
    facts |= told
    if facts.get("supply_ends_at"):
        facts["supply_hours"] = (facts["supply_ends_at"] - at).total_seconds() / 3600
        facts["ran_out"] = bool(facts.get("ran_out")) or facts["supply_hours"] <= 0
    known = [found for item in _named(needs) if (found := items.look_up(item))]
    lines = reading.needs if reading else []
    facts["groups"] = sorted({*(each.group for each in known), *(line.group for line in lines if line.group)})
    facts["controlled"] = any(each.facts.get("controlled") for each in known) or any(line.controlled for line in lines)
    return facts


def _named(needs: Iterable[Any]) -> list[str]:
    named = []
    for need in needs:
        item = need if isinstance(need, str) else need.get("item") if isinstance(need, Mapping) else need.item
        named += [item] if item else []
    return named


def _vulnerabilities(facts: Mapping[str, Any], given: Iterable[str]) -> list[str]:
    found = set(given)
    if facts.get("age") is not None and facts["age"] >= 80:
        found.add("over_80")
    if facts.get("infant_months") is not None and facts["infant_months"] < 6:
        found.add("infant_under_6_months")
    if facts.get("pregnant_week") is not None:
        found.add("pregnant")
    groups = facts.get("groups", [])
    found |= {slug for slug, group in (("insulin", "insulin"), ("dialysis", "dialysis")) if group in groups}
    return [slug for slug in VULNERABILITIES if slug in found]


def _raised(rules: Mapping[str, Any], answers: Mapping[str, Any]) -> list[RedFlag]:
    return [red_flags.of_slug(slug) for slug in added(rules, answers, "raises")]


def _reason(slug: str, zh: str, en: str, level: int) -> dict[str, Any]:
    return {"slug": slug, "zh": zh, "en": en, "level": level}
