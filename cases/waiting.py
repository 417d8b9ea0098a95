"""Why a case waits, in words for the resident and for us."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.db import connection

from cases.models import Case


def explain(case: Case, zh: str, en: str) -> None:
    """Writes why it waits and what would change that; "" clears. The planner says it anew each time, so it is no history."""
    words = {"zh-hans": zh, "en": en} if zh or en else {}
    Case.objects.filter(pk=case.pk).exclude(waits_because=words).update(waits_because=words)
    case.waits_because = words


def words(case: Case, language: str) -> str:
    """Why it waits, in this language, or ""."""
    return case.waits_because.get(language) or case.waits_because.get("en") or ""


def explain_all(wanted: Mapping[int, dict[str, str]]) -> int:
    """The same for many cases by id, {"zh-hans": ..., "en": ...} or {} each, in one statement; how many have changed.

    Rows are locked in the order of their ids, as everywhere, and a row that says so already is not touched.
    """
    if not wanted:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(EXPLAIN, [list(wanted), [json.dumps(words, ensure_ascii=False) for words in wanted.values()]])
        return cursor.rowcount


EXPLAIN = """
    with wanted as (select unnest(%s::bigint[]) as id, unnest(%s::text[])::jsonb as words),
    held as (
        select cases_case.id, wanted.words from cases_case join wanted using (id)
        where cases_case.waits_because is distinct from wanted.words
        order by cases_case.id for no key update of cases_case
    )
    update cases_case set waits_because = held.words from held where cases_case.id = held.id
"""
