"""A case from the structure of the intake form: what an agent writes down while talking, a partner's entry, a row of a list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import catalogue, categories, steps, triage, updates
from cases.intake import callers, judging, needs, typed
from cases.intake.opening import keep_times, open_new, put_call_on
from cases.lifecycle import CaseState
from cases.models import Case, CaseGroup, Category, Need, Note
from hotline.lifecycle import MoveRefused
from hotline.locks import hold_number
from hotline.models import Call, Line, User

EDITED_OF_ADDRESS = (
    "district_id", "community_id", "said", "street", "building", "room", "zone_tier", "gate_contact", "gate_phone",
    "committee_phone",
)  # fmt: skip
EDITED_OF_NEED = (
    "item", "brand", "specification", "quantity", "unit", "substitute_allowed", "prescription_needed",
    "supply_left_until",
)  # fmt: skip


class Changed(MoveRefused):
    """Somebody saved the case meanwhile; nothing of this save was written."""


def save(
    data: dict[str, Any],
    *,
    agent: User,
    key: str,
    call: Call | None = None,
    case: Case | None = None,
    line: Line | None = None,
    seen: str = "",
    group: CaseGroup | None = None,
) -> Case:
    """Writes an intake form (cases.desk.form) as a case: a new one, the one this key made before, or `case` changed.

    Nothing is refused for missing what a caller cannot know. `seen` is the mark (what_is_edited) of what the form was
    filled from: Changed is raised when somebody has since changed what this form would write over.
    """
    catalogue.refresh()
    number = callers.number(data, "caller")
    with transaction.atomic():
        hold_number(number or key)
        case = case or Case.objects.filter(intake_key=key).first()
        if case is not None:
            steps.lock(case)
            if seen and what_is_edited(case) != seen:
                raise Changed(_("somebody saved this case meanwhile: your words are kept, look at both"))
        caller = callers.caller(data, case, number)
        person = callers.person(data, case, caller)
        is_new = case is None
        if case is None:
            case = Case(
                line=line or (call.line if call else Line.objects.filter(active=True).order_by("id")[0]),
                channel=Case.Channel.CALL if call else Case.Channel.ENTERED,
                intake_key=key,
                case_group=group,
                created_at=call.started_at if call else timezone.now(),
                contacted_at=timezone.now(),
            )
        case.person, case.reporter = person, caller if caller != person else None
        lines = _write(case, data, agent)
        _keep(case, lines, agent, is_new=is_new)
        put_call_on(case, call, caller)
        _write_note(case, data, agent)
        if is_new:
            updates.tell(case, "received")
        if case.state == CaseState.NEW and case.category:
            steps.move(case, "triage", by=agent, reason=typed.word(data, "level_reason") or _("taken down by an agent"))
    return case


def from_partner(data: dict[str, Any], *, line: Line, key: str) -> Case:
    """The case a partner hands in, in the structure of the intake form."""
    return from_outside(data, line=line, key=key, channel=Case.Channel.PARTNER, created_at=timezone.now())


def from_outside(data: dict[str, Any], *, line: Line, key: str, channel: str, created_at: datetime) -> Case:
    """A case in the structure of the intake form that nobody of us took down: judged, in the queue, not looked at yet."""
    case = Case(line=line, channel=channel, intake_key=key, created_at=created_at)
    caller = callers.caller(data, None, typed.word(data, "caller", "number"))
    case.person = callers.person(data, None, caller)
    case.reporter = caller if caller != case.person else None
    lines = _write(case, data, None)
    if not case.category:
        case.suggestion = judging.as_json(triage.suggest(case.words))
    open_new(case)
    needs.save(case, lines)
    return case


def what_is_edited(case: Case, lines: Sequence[Need] | None = None) -> str:
    """A mark of everything on the case that the form can change. A claim, a move or a new due time leaves it as it is.

    `lines` are the needs of the case in their order, where they have been read already.
    """
    lines = list(case.needs.order_by("pk")) if lines is None else lines
    address = case.address
    people_ = [person for person in (case.person, case.reporter) if person]
    edited: list[Any] = [
        case.words,
        case.relation,
        case.language,
        case.stated_urgency,
        case.category_id,
        case.answers,
        sorted(case.vulnerabilities),
        case.level if case.level_is_judged else None,
        [[person.pk, person.name, person.birth_year, person.hard_of_hearing] for person in people_],
        [getattr(address, name) for name in EDITED_OF_ADDRESS] if address else [],
        [[need.pk, *(getattr(need, name) for name in EDITED_OF_NEED)] for need in lines],
    ]
    return hashlib.sha256(json.dumps(edited, default=str, sort_keys=True).encode()).hexdigest()[:20]


def _write(case: Case, data: dict[str, Any], agent: User | None) -> list[Need]:
    """Everything of the form on the case, and its lines, which are not saved yet."""
    case.words = typed.word(data, "words") or case.words
    case.relation = typed.word(data, "relation")[:40]
    case.language = typed.word(data, "language") or case.language
    case.stated_urgency = (typed.word(data, "stated_urgency") or case.stated_urgency)[:20]
    case.answers = {**case.answers, **(data.get("answers") or {})}
    case.vulnerabilities = callers.household(data)
    case.category = typed.by_slug(Category, typed.word(data, "category")) or case.category
    callers.remember(case.person, case, data)
    case.address = callers.address(data.get("address") or {}, case)
    case.district = case.address.district if case.address else case.district
    if case.address and case.person.address_id != case.address.pk:
        case.person.address = case.address
        case.person.save()
    now = timezone.now()
    # a case keeps the version that judged it until its category is changed
    if case.category and (case.judged_by is None or case.judged_by.category_id != case.category.pk):
        case.judged_by = categories.version_of(case.category)
    lines = needs.of_form(data, case)
    reading = triage.read(" ".join([case.words, *[str(need) for need in lines]]), at=now)
    ends = [need.supply_left_until for need in lines if need.supply_left_until]
    case.supply_ends_at = min(ends) if ends else case.supply_ends_at or reading.supply_ends_at
    facts = judging.Facts(
        case.judged_by,
        reading,
        case.answers,
        lines,
        case.vulnerabilities,
        case.supply_ends_at,
        age=typed.whole(typed.word(data, "person", "age")),
        infant_months=typed.whole(typed.word(data, "infant_months")),
        pregnant_week=typed.whole(typed.word(data, "pregnant_week")),
        suggested=case.suggestion.get("level"),
    )
    judged = judging.judgement(facts, now)
    judging.know(case, judged)
    said = typed.word(data, "level")
    if said.isdecimal() and int(said) in Case.Level.values:
        _take_level(case, int(said), judged.level, typed.word(data, "level_reason"), agent)
    elif not case.level_is_judged:
        case.level, case.level_reasons = judged.level, list(judged.reasons)
    return lines


def _take_level(case: Case, level: int, proposed: int, reason: str, agent: User | None) -> None:
    """The agent's word is final; what was proposed stays beside it, so that overrides can be counted."""
    if level != proposed:
        case.suggestion = case.suggestion | {"overridden": {"level": proposed, "by": agent.pk if agent else None}}
    if not case.level_is_judged or level != case.level:
        why = {"slug": "agent", "zh": reason or "接线员判定", "en": reason or "judged by an agent"}
        case.level_reasons = [why]
    case.level, case.level_is_judged = level, True


def _keep(case: Case, lines: list[Need], agent: User, *, is_new: bool) -> None:
    if is_new:
        open_new(case, by=agent, agent=agent)
    else:
        times = steps.reckon(case, case.next_step)
        keep_times(case, times)
        if case.owner in (Case.Owner.QUEUE, Case.Owner.AGENT, Case.Owner.DISPATCH):
            case.due_at = times.due_at
        case.version += 1
        case.contacted_at = case.contacted_at or timezone.now()
        case._history_user = agent  # type: ignore[attr-defined]
        case._change_reason = _("the form was saved")  # type: ignore[attr-defined]
        case.save()
        steps.raise_callbacks(case)
        steps.announce(case)
    needs.save(case, lines, by=agent)


def _write_note(case: Case, data: dict[str, Any], agent: User) -> None:
    text = typed.word(data, "note")
    if text and not case.notes.filter(text=text, by=agent).exists():
        Note.objects.create(case=case, by=agent, text=text)
