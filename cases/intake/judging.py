"""How urgent a case is by what is known of it: proposed with reasons, kept on the case beside what an agent decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from cases import triage
from cases.models import Case, CategoryVersion, Need


@dataclass(frozen=True)
class Facts:
    """What is known when level and times are worked out."""

    version: CategoryVersion | None
    reading: triage.Reading
    answers: dict[str, Any] = field(default_factory=dict)
    needs: list[Need] = field(default_factory=list)
    vulnerabilities: list[str] = field(default_factory=list)
    supply_ends_at: datetime | None = None
    age: int | None = None
    infant_months: int | None = None
    pregnant_week: int | None = None
    suggested: int | None = None  # the text model's level, where there were words to read


def judge(case: Case, facts: Facts) -> None:
    """Writes the proposed level with its reasons. The agent decides."""
    judged = judgement(facts, case.created_at)
    case.level, case.level_reasons = judged.level, list(judged.reasons)
    know(case, judged)


def know(case: Case, judged: triage.Judgement) -> None:
    """What judging found out beside the level: red flags heard or answered, and vulnerabilities."""
    case.red_flags = [*case.red_flags, *new_flags(case, judged.red_flags)]
    case.vulnerabilities = sorted({*case.vulnerabilities, *judged.vulnerabilities})


def new_flags(case: Case, heard: Iterable[triage.RedFlag]) -> list[dict[str, Any]]:
    """Those that the case does not have yet, as it keeps them."""
    known = {flag.get("slug") for flag in case.red_flags}
    return [asdict(flag) for flag in heard if flag.slug not in known]


def judgement(facts: Facts, at: datetime) -> triage.Judgement:
    return triage.judge(
        category=facts.version,
        reading=facts.reading,
        answers=facts.answers,
        needs=facts.needs,
        vulnerabilities=facts.vulnerabilities,
        supply_ends_at=facts.supply_ends_at,
        age=facts.age,
        infant_months=facts.infant_months,
        pregnant_week=facts.pregnant_week,
        suggested=facts.suggested,
        at=at,
    )


def as_json(suggestion: triage.Suggestion) -> dict[str, Any]:
    return {
        "category": suggestion.category,
        "level": suggestion.level,
        "confidence": round(float(suggestion.confidence), 3),
        "words": list(suggestion.words),
    }
