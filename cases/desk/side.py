"""The right column: who calls, what the words suggest, the level with its reasons, by when and why, red flags.

Nothing is written here: it is what saving the form now would judge, shown before it is saved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cases import catalogue, duplicates, emergency, people, priority, triage
from cases.desk import amended, fields, prefill
from cases.intake import callers
from cases.intake.needs import of_line
from cases.models import Case, Category, CategoryVersion, Draft, Resident
from cases.triage import red_flags
from cases.triage.red_flags import RedFlag
from hotline.models import Call, Line

PEOPLE_SHOWN = 4
CASES_SHOWN = 5
CALLED_120 = "called_120"  # the answer that says that 120 has been called, and takes the red from the column


def of(
    data: dict[str, Any], *, case: Case | None = None, call: Call | None = None, chosen: fields.Chosen | None = None
) -> dict[str, Any]:
    """Everything cases/desk/side.html needs for a form as it stands."""
    now = timezone.now()
    words = said(data)
    catalogue.refresh()
    reading = triage.read(words, at=now)
    chosen = chosen or fields.chosen(data, case)
    judged = _judged(data, case, chosen, reading, now)
    return {
        "who": who(data, case),
        "twins": [] if call and call.line.practice else duplicates.of_form(data, case),
        "case": case,
        "suggestion": _suggestion(data, words, chosen.category),
        "reading": _reading(reading, data),
        "amendments": amended.of(case, data),
        "flags": _flags(judged["red_flags"], case),
        "called_120": (data.get("answers") or {}).get(CALLED_120),
        "judged": judged,
        "times": _times(data, case, call, chosen.category, judged, now),
    }


def of_draft(draft: Draft, chosen: fields.Chosen | None = None) -> dict[str, Any]:
    """The column of a form that is being opened.

    Of a case nothing has been typed for yet it is what is written on the case, at once and without a question. The page
    keeps every new form a moment after it is opened (cases/static/cases/intake.js), which brings the whole column.
    """
    if draft.case is None or draft.saved_at:
        return of(draft.data, case=draft.case, call=draft.call, chosen=chosen)
    case = draft.case
    asked_by = [person for person in [case.reporter, case.person] if person]
    return {
        "who": {"people": asked_by, "past": [], "match": "known", "number": ""},
        "case": case,
        "judged": _written(case),
        "times": _times_written(case),
        "flags": _flags([], case),
        "called_120": case.answers.get(CALLED_120),
    }


def of_case(case: Case) -> dict[str, Any]:
    """The same column for a case just saved: what has been judged."""
    return {
        "who": who({}, case),
        "case": case,
        "judged": _written(case),
        "times": _times_written(case),
        "flags": [],
        "saved": True,
    }


def _written(case: Case) -> dict[str, Any]:
    return {"level": case.level, "reasons": case.level_reasons, "said": case.level_is_judged}


def _times_written(case: Case) -> dict[str, Any]:
    return {"needed_by": case.needed_by, "due_at": case.due_at, "sum": _sum(case.due_sum)}


def said(data: dict[str, Any]) -> str:
    """All the words of a form, as saving would read them."""
    needs = data.get("needs") or []
    lines = [
        " ".join(filter(None, [n.get("item"), n.get("specification"), n.get("quantity"), n.get("unit")])) for n in needs
    ]
    return " ".join(part for part in [data.get("words") or "", *lines] if part)


def who(data: dict[str, Any], case: Case | None) -> dict[str, Any]:
    """The people under the caller's number with their newest cases; without a number, those of the case."""
    number = people.e164(((data.get("caller") or {}).get("number")) or "")
    known: list[Resident] = people.of(number)[:PEOPLE_SHOWN] if number else []
    if not known and case:
        known = [person for person in [case.reporter, case.person] if person]
    theirs = Q(person__in=known) | Q(reporter__in=known)
    found = Case.objects.filter(theirs).select_related("category").order_by("-id")
    found = found.exclude(pk=case.pk) if case else found
    past = list(found[:CASES_SHOWN]) if known else []
    match = {0: "unknown", 1: "known"}.get(len(known), "maybe")
    for person in known:
        person.fill = json.dumps(_as_known(person)) if data and case is None else ""  # type: ignore[attr-defined]
        person.is_them = bool(person.name) and person.name == (data.get("caller") or {}).get("name")  # type: ignore[attr-defined]
    return {"people": known, "past": past, "match": match, "number": number}


def _as_known(person: Resident) -> dict[str, Any]:
    """What one press fills in when the agent says who of them it is; what is written already stays with the agent."""
    known = prefill.person_known(person)
    fill = {"caller-name": person.name, "household": known["household"], "person-age": known["person"]["age"]}
    fill |= {f"address-{name}": value for name, value in known["address"].items() if name != "said"}
    return {name: value for name, value in fill.items() if value}


def _judged(
    data: dict[str, Any], case: Case | None, chosen: fields.Chosen, reading: triage.Reading, now: datetime
) -> dict[str, Any]:
    lines = [of_line(line) for line in data.get("needs") or [] if line.get("item")]
    ends = [need.supply_left_until for need in lines if need.supply_left_until]
    supply_ends_at = min(ends) if ends else (case.supply_ends_at if case else None) or reading.supply_ends_at
    household = callers.household(data)
    version = chosen.version
    if case and case.judged_by and chosen.category and case.judged_by.category_id == chosen.category.pk:
        version = case.judged_by
    proposed = triage.judge(
        category=version,
        reading=reading,
        answers=data.get("answers") or {},
        needs=lines,
        vulnerabilities=household,
        supply_ends_at=supply_ends_at,
        at=case.created_at if case else now,
        suggested=case.suggestion.get("level") if case else None,
    )
    by_agent = data.get("level") or ""
    level = int(by_agent) if by_agent in {"1", "2", "3", "4", "5"} else proposed.level
    return {
        "level": level,
        "proposed": proposed.level,
        "reasons": proposed.reasons,
        "said": bool(by_agent),
        "version": version,
        "household": proposed.vulnerabilities or household,
        "red_flags": proposed.red_flags,
        "supply_ends_at": supply_ends_at,
    }


def _times(
    data: dict[str, Any],
    case: Case | None,
    call: Call | None,
    category: Category | None,
    judged: dict[str, Any],
    now: datetime,
) -> dict[str, Any]:
    created_at = case.created_at if case else call.started_at if call else now
    line = case.line if case else call.line if call else Line.objects.filter(active=True).order_by("id").first()
    paused = case.paused if case else timedelta(0)
    times = priority.times(
        level=judged["level"],
        created_at=created_at,
        supply_ends_at=judged["supply_ends_at"],
        version=_in_force(judged["version"], case),
        vulnerabilities=judged["household"],
        step=case.next_step if case and case.next_step else "intake",
        now=now,
        hours=priority.hours_of(line, created_at + paused) if line else priority.ALWAYS_OPEN,
        contacted_at=case.contacted_at if case else None,
        paused=paused,
    )
    return {"needed_by": times.needed_by, "due_at": times.due_at, "sum": _sum(times.sum), "too_late": times.too_late}


def _sum(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts of the sum with their times read."""
    return [part | {"at": datetime.fromisoformat(part["at"]) if part.get("at") else None} for part in parts or []]


def _in_force(version: CategoryVersion | None, case: Case | None) -> Mapping[str, Any]:
    """The rules with an emergency mode over them."""
    line = (
        case.line_id if case else Line.objects.filter(active=True).order_by("id").values_list("pk", flat=True).first()
    )
    return emergency.over(version.rules if version else {}, line or 0)


def _suggestion(data: dict[str, Any], words: str, chosen: Category | None) -> dict[str, Any] | None:
    """The proposed category and level, and what pressing "agree" fills in."""
    if not words.strip():
        return None
    suggested = triage.suggest(words)
    if not suggested.category:
        return None
    agreed = chosen is not None and chosen.slug == suggested.category
    category = chosen if agreed else Category.objects.filter(slug=suggested.category).first()
    return {
        "label": fields.label(category) if category else suggested.category,
        "confidence": suggested.confidence,
        "words": list(suggested.words)[:6],
        "level": suggested.level,
        "agreed": data.get("category") == suggested.category,
        "fill": json.dumps({"category": suggested.category}) if category else "{}",
    }


def _reading(reading: triage.Reading, data: dict[str, Any]) -> dict[str, Any] | None:
    """What was read out of the words and is not in the form yet, as fields to take over."""
    written = {need.get("item") for need in data.get("needs") or []}
    ends = timezone.localtime(reading.supply_ends_at).strftime("%Y-%m-%dT%H:%M") if reading.supply_ends_at else ""
    needs = []
    for line in reading.needs:
        if line.item in written or any(line.item in (item or "") for item in written):
            continue
        needs.append(fields.of_need(line) | ({"left_until": ends} if ends else {}))
    household = [slug for slug in reading.vulnerabilities if slug not in (data.get("household") or [])]
    fill: dict[str, Any] = {"household": household} if household else {}
    if reading.infant_months is not None and not data.get("infant_months"):
        fill["infant_months"] = str(reading.infant_months)
    if reading.age is not None and not (data.get("person") or {}).get("age"):
        fill["person-age"] = str(reading.age)
    if not needs and not fill:
        return None
    labels = [str(triage.VULNERABILITIES.get(slug, slug)) for slug in household]
    ages = [fill[name] for name in ("person-age",) if name in fill]
    return {
        "needs": needs,
        "needs_json": json.dumps(needs),
        "fill_json": json.dumps(fill),
        "labels": labels,
        "age": ages[0] if ages else "",
        "months": fill.get("infant_months", ""),
    }


def _flags(heard: list[RedFlag], case: Case | None) -> list[RedFlag]:
    """The red flags in the words and the answers, and those the case carries already."""
    found = {flag.slug: flag for flag in heard}
    for kept in case.red_flags if case else []:
        if kept.get("slug") in red_flags.catalogue() and kept["slug"] not in found:
            found[kept["slug"]] = red_flags.of_slug(kept["slug"], kept.get("words", ""))
    return list(found.values())
