"""Why a case waits, in words for the resident and for us."""

from __future__ import annotations

from cases.models import Case


def explain(case: Case, zh: str, en: str) -> None:
    """Writes why it waits and what would change that; "" clears. The planner says it anew each time, so it is no history."""
    words = {"zh-hans": zh, "en": en} if zh or en else {}
    Case.objects.filter(pk=case.pk).exclude(waits_because=words).update(waits_because=words)
    case.waits_because = words


def words(case: Case, language: str) -> str:
    """Why it waits, in this language, or ""."""
    return case.waits_because.get(language) or case.waits_because.get("en") or ""
