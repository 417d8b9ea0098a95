"""How a case comes into being: from a text, or from what an agent writes down while talking. Twice the same makes one."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cases import addresses, callbacks, catalogue, categories, people, steps, triage, updates
from cases.lifecycle import CaseState
from cases.models import (
    Address,
    Case,
    CaseGroup,
    Category,
    CategoryVersion,
    Community,
    Contact,
    District,
    Need,
    Note,
    Offer,
    Phone,
    Resident,
    Transition,
)
from cases.priority import Times
from cases.triage import items
from hotline.lifecycle import MoveRefused
from hotline.locks import hold_number
from hotline.models import Call, Line, Message, User

log = logging.getLogger(__name__)
NAMED = 0.9  # how sure the words of a category of our own adding make us
SURE_ENOUGH = 0.5  # from this confidence on the suggested category steers the queue until an agent has looked
UNDER_6_MONTHS = 6
OVER_80 = 80
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


# from a text


def from_message(message: Message, *, reading: triage.Reading | None = None) -> Case:
    """The case a text asks for: made, judged, put in the queue and receipted. The same message is the same case."""
    key = f"message:{message.pk}"
    with transaction.atomic():
        made = Case.objects.filter(intake_key=key).first()
        if made:
            return made
        now = message.created_at or timezone.now()
        catalogue.refresh()
        reading = reading or triage.read(message.body, at=now)
        suggestion = _suggest(message.body, reading)
        language = people.language_of(message.body, message.language)
        person = people.find_or_make(message.number, language=language)
        case = _from_words(message, person, reading, suggestion, language, key)
        Contact.objects.create(
            line=message.line, resident=person, case=case, message=message, taken_as="request", at=now
        )
        updates.tell(case, "received")
    return case


def _suggest(text: str, reading: triage.Reading) -> triage.Suggestion:
    """The text model's word; a category that supervisors have added since speaks for itself by its words."""
    suggestion = triage.suggest(text, reading=reading)
    added = categories.named_in(text)
    if added is None:
        return suggestion
    return replace(suggestion, category=added[0].slug, confidence=max(suggestion.confidence, NAMED), words=added[1])


def _from_words(
    message: Message,
    person: Resident,
    reading: triage.Reading,
    suggestion: triage.Suggestion,
    language: str,
    key: str,
) -> Case:
    category = _category(suggestion.category) if suggestion.confidence >= SURE_ENOUGH else None
    version = categories.version_of(category) if category else None
    address = addresses.from_words(message.body) or person.address
    case = Case(
        line=message.line,
        channel=Case.Channel.SMS,
        person=person,
        language=language,
        words=message.body,
        address=address,
        district=address.district if address else _district(reading.district),
        category=category,
        judged_by=version,
        vulnerabilities=sorted({*reading.vulnerabilities, *person.vulnerabilities}),
        stated_urgency=(reading.stated_urgency or "")[:20],
        supply_ends_at=reading.supply_ends_at,
        suggestion=_as_json(suggestion),
        created_at=message.created_at or timezone.now(),
        intake_key=key,
    )
    needs = [_need_of(line, reading) for line in reading.needs]
    facts = Facts(version, reading, {}, needs, case.vulnerabilities, case.supply_ends_at, suggested=suggestion.level)
    _judge(case, facts)
    open_new(case)
    _save_needs(case, needs)
    if address and person.address_id is None:
        person.address = address
        person.save()
    return case


def open_new(case: Case, *, by: User | None = None, agent: User | None = None) -> Case:
    """Puts a new, unsaved case into the queue, or into the hands of `agent`, with its times and its first row of history."""
    times = steps.reckon(case, Case.Step.INTAKE)
    case.due_at = times.due_at
    _keep_times(case, times)
    case.next_step, case.state_since = Case.Step.INTAKE, timezone.now()
    case.owner, case.owner_agent = (Case.Owner.AGENT, agent) if agent else (Case.Owner.QUEUE, None)
    case.claimed_until = timezone.now() + steps.LEASE if agent else None
    case._history_user = by  # type: ignore[attr-defined]
    case._change_reason = _("opened")  # type: ignore[attr-defined]
    case.save()
    Transition.objects.create(case=case, move="open", from_state="", to_state=case.state, by=by, reason=_("opened"))
    steps.announce(case)
    log.info("case %s opened by %s", case.pk, case.channel)
    return case


def _keep_times(case: Case, times: Times) -> None:
    for name, value in steps.kept_of(case, times).items():
        setattr(case, name, value)


def add_words(case: Case, text: str, at: datetime) -> Case:
    """What somebody adds to an open case can only raise its urgency: a red flag, or supplies that end earlier."""
    reading = triage.read(text, at=at)
    known = {flag.get("slug") for flag in case.red_flags}
    flags = [asdict(flag) for flag in reading.red_flags if flag.slug not in known]
    earlier = reading.supply_ends_at and (case.supply_ends_at is None or reading.supply_ends_at < case.supply_ends_at)
    if not flags and not earlier:
        return case
    ends_at = reading.supply_ends_at if earlier else case.supply_ends_at
    facts = Facts(case.judged_by, reading, case.answers, list(case.needs.all()), case.vulnerabilities, ends_at)
    judged = _judgement(facts, at)
    level, reasons = case.level, case.level_reasons
    if judged.level < case.level:
        level, reasons = judged.level, list(judged.reasons)
    return steps.reckon_again(
        case,
        reason=_("more words came in"),
        red_flags=[*case.red_flags, *flags],
        supply_ends_at=ends_at,
        level=level,
        level_reasons=reasons,
    )


def note_offer(message: Message, person: Resident, contact: Contact, reading: triage.Reading) -> Offer:
    """Somebody gives: it goes on the list of offers."""
    item = next((line.item for line in reading.needs), "")
    return Offer.objects.create(
        line=message.line,
        resident=person,
        contact=contact,
        words=message.body,
        item=item[:120],
        district=_district(reading.district),
    )


# from a partner's entry, or from a list


def from_partner(data: dict[str, Any], *, line: Line, key: str) -> Case:
    """The case a partner hands in, in the structure of the intake form."""
    return from_outside(data, line=line, key=key, channel=Case.Channel.PARTNER, created_at=timezone.now())


def from_outside(data: dict[str, Any], *, line: Line, key: str, channel: str, created_at: datetime) -> Case:
    """A case in the structure of the intake form that nobody of us took down: judged, in the queue, not looked at yet."""
    case = Case(line=line, channel=channel, intake_key=key, created_at=created_at)
    caller = _caller(data, None, _word(data, "caller", "number"))
    case.person = _person(data, None, caller)
    case.reporter = caller if caller != case.person else None
    _write_form(case, data, None)
    if not case.category:
        suggestion = triage.suggest(case.words)
        case.suggestion = _as_json(suggestion)
    open_new(case)
    _save_needs(case, case._needs_to_save)  # type: ignore[attr-defined]
    return case


# from an agent's form


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
    number = people.e164(_word(data, "caller", "number")) or _word(data, "caller", "number")[: people.LONGEST_NUMBER]
    with transaction.atomic():
        hold_number(number or key)
        case = case or Case.objects.filter(intake_key=key).first()
        if case is not None:
            steps.lock(case)
            if seen and what_is_edited(case) != seen:
                raise Changed(_("somebody saved this case meanwhile: your words are kept, look at both"))
        caller = _caller(data, case, number)
        person = _person(data, case, caller)
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
        _write_form(case, data, agent)
        _save(case, agent, is_new=is_new)
        put_call_on(case, call, caller)
        _write_note(case, data, agent)
        if is_new:
            updates.tell(case, "received")
        if case.state == CaseState.NEW and case.category:
            steps.move(case, "triage", by=agent, reason=_word(data, "level_reason") or _("taken down by an agent"))
    return case


def what_is_edited(case: Case, needs: Sequence[Need] | None = None) -> str:
    """A mark of everything on the case that the form can change. A claim, a move or a new due time leaves it as it is.

    `needs` are those of the case in their order, where they have been read already.
    """
    lines = list(case.needs.order_by("pk")) if needs is None else needs
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


def _write_form(case: Case, data: dict[str, Any], agent: User | None) -> None:
    case.words = _word(data, "words") or case.words
    case.relation = _word(data, "relation")[:40]
    case.language = _word(data, "language") or case.language
    case.stated_urgency = (_word(data, "stated_urgency") or case.stated_urgency)[:20]
    case.answers = {**case.answers, **(data.get("answers") or {})}
    case.vulnerabilities = _household(data, case.person)
    case.category = _category(_word(data, "category")) or case.category
    _remember(case.person, case, data)
    case.address = _address(data.get("address") or {}, case)
    case.district = case.address.district if case.address else case.district
    if case.address and case.person.address_id != case.address.pk:
        case.person.address = case.address
        case.person.save()
    now = timezone.now()
    # a case keeps the version that judged it until its category is changed
    if case.category and (case.judged_by is None or case.judged_by.category_id != case.category.pk):
        case.judged_by = categories.version_of(case.category)
    needs = _needs(data, case)
    case._needs_to_save = needs  # type: ignore[attr-defined]
    reading = triage.read(" ".join([case.words, *[str(need) for need in needs]]), at=now)
    ends = [need.supply_left_until for need in needs if need.supply_left_until]
    case.supply_ends_at = min(ends) if ends else case.supply_ends_at or reading.supply_ends_at
    facts = Facts(
        case.judged_by,
        reading,
        case.answers,
        needs,
        case.vulnerabilities,
        case.supply_ends_at,
        age=_whole(_word(data, "person", "age")),
        infant_months=_whole(_word(data, "infant_months")),
        pregnant_week=_whole(_word(data, "pregnant_week")),
        suggested=case.suggestion.get("level"),
    )
    judged = _judgement(facts, now)
    _know(case, judged)
    said = _word(data, "level")
    if said.isdigit() and int(said) in Case.Level.values:
        _take_level(case, int(said), judged.level, _word(data, "level_reason"), agent)
    elif not case.level_is_judged:
        case.level, case.level_reasons = judged.level, list(judged.reasons)


def _take_level(case: Case, level: int, proposed: int, reason: str, agent: User | None) -> None:
    """The agent's word is final; what was proposed stays beside it, so that overrides can be counted."""
    if level != proposed:
        case.suggestion = case.suggestion | {"overridden": {"level": proposed, "by": agent.pk if agent else None}}
    if not case.level_is_judged or level != case.level:
        why = {"slug": "agent", "zh": reason or "接线员判定", "en": reason or "judged by an agent"}
        case.level_reasons = [why]
    case.level, case.level_is_judged = level, True


def _save(case: Case, agent: User, *, is_new: bool) -> None:
    needs = case._needs_to_save  # type: ignore[attr-defined]
    if is_new:
        open_new(case, by=agent, agent=agent)
    else:
        times = steps.reckon(case, case.next_step)
        _keep_times(case, times)
        if case.owner in (Case.Owner.QUEUE, Case.Owner.AGENT, Case.Owner.DISPATCH):
            case.due_at = times.due_at
        case.version += 1
        case.contacted_at = case.contacted_at or timezone.now()
        case._history_user = agent  # type: ignore[attr-defined]
        case._change_reason = _("the form was saved")  # type: ignore[attr-defined]
        case.save()
        steps.raise_callbacks(case)
        steps.announce(case)
    _save_needs(case, needs, by=agent)


def _caller(data: dict[str, Any], case: Case | None, number: str) -> Resident:
    """Who is on the telephone: the one the case knows, else the one known under the number, else a new person."""
    name = _word(data, "caller", "name")[:60]
    language = _word(data, "language")
    known = (case.reporter or case.person) if case else None
    if known is None:
        caller = people.find_or_make(number, name=name, language=language)
    else:
        caller = known
        if number and number not in people.numbers(caller):
            Phone.objects.create(resident=caller, number=number, preferred=not caller.phones.exists())
    changed = False
    if name and caller.name != name:
        caller.name, changed = name, True
    if language and caller.language != language:
        caller.language, changed = language, True
    if bool(data.get("hard_of_hearing")) != caller.hard_of_hearing:
        caller.hard_of_hearing, changed = bool(data.get("hard_of_hearing")), True
    if changed:
        caller.save()
    return caller


def _person(data: dict[str, Any], case: Case | None, caller: Resident) -> Resident:
    """Who is in need: the caller, or somebody else whom the caller asks for."""
    if data.get("for_whom") != "other":
        return caller
    name = _word(data, "person", "name")[:60]
    said = _word(data, "person", "number")
    number = people.e164(said) or said[: people.LONGEST_NUMBER]
    if case and case.reporter_id:
        person = case.person
        if name and person.name != name:
            person.name = name
            person.save()
        if number and number not in people.numbers(person):
            Phone.objects.create(resident=person, number=number, preferred=True)
        return person
    if number:
        return people.find_or_make(number, name=name)
    return Resident.objects.create(name=name, language=caller.language)


def _household(data: dict[str, Any], person: Resident) -> list[str]:
    slugs = set(data.get("household") or [])
    months, age = _whole(_word(data, "infant_months")), _whole(_word(data, "person", "age"))
    if months is not None and months < UNDER_6_MONTHS:
        slugs.add("infant_under_6_months")
    if _whole(_word(data, "pregnant_week")) is not None:
        slugs.add("pregnant")
    if age is not None and age >= OVER_80:
        slugs.add("over_80")
    return sorted(slugs)


def _remember(person: Resident, case: Case, data: dict[str, Any]) -> None:
    """What is true of the person and not only of this request."""
    age = _whole(_word(data, "person", "age"))
    if age is not None and 0 <= age < 130:
        person.birth_year = timezone.localdate().year - age
    person.vulnerabilities = sorted({*person.vulnerabilities, *case.vulnerabilities})
    person.save()


def _address(said: dict[str, str], case: Case) -> Address | None:
    """The address as it now stands; the earlier row is changed when it belongs to this case alone."""
    words = {name: (said.get(name) or "").strip() for name in said}
    if not any(words.values()):
        return case.address or case.person.address
    community = _by_pk(Community, words.get("community", ""))
    if community is None and words.get("community_name"):
        community = next(
            (c for c in addresses.find_community(words["community_name"]) if c.name == words["community_name"]), None
        )
    district = community.district if community else _by_pk(District, words.get("district", ""))
    address = case.address if case.address and case.address.cases.count() < 2 else Address()
    address.community, address.district = community, district or address.district
    address.said = (words.get("said") or address.said or words.get("community_name", ""))[:300]
    address.street = words.get("street", "")[:120]
    address.building, address.room = words.get("building", "")[:30], words.get("room", "")[:30]
    for name, longest in (("gate_contact", 60), ("gate_phone", 30), ("committee_phone", 30), ("zone_tier", 10)):
        known = getattr(community, name, "") if community else ""
        setattr(address, name, (words.get(name) or known)[:longest])
    address.save()
    return address


def _needs(data: dict[str, Any], case: Case) -> list[Need]:
    """The lines of the form as needs, unsaved; a line keeps its row by its id."""
    rows = {str(need.pk): need for need in case.needs.all()} if case.pk else {}
    return [_need(line, rows.get(line.get("id") or "")) for line in data.get("needs") or [] if line.get("item")]


def _need(line: dict[str, str], row: Need | None) -> Need:
    need = row or Need()
    need.item = line["item"][:120]
    need.brand = (line.get("brand") or "")[:80]
    need.specification = (line.get("specification") or "")[:80]
    need.quantity = _decimal(line.get("quantity") or "")
    need.unit = (line.get("unit") or "")[:20]
    need.substitute_allowed = {"yes": True, "no": False}.get(line.get("substitute") or "")
    need.prescription_needed = line.get("prescription") in ("yes", "on", "true")
    need.supply_left_until = _moment(line.get("left_until") or "")
    known = items.look_up(need.item)
    if known:
        need.needs_cooling = bool(known.facts.get("cooling")) or need.needs_cooling
        need.controlled = bool(known.facts.get("controlled")) or need.controlled
    return need


def _need_of(line: items.Line, reading: triage.Reading) -> Need:
    return Need(
        item=line.item[:120],
        brand=line.brand[:80],
        specification=line.specification[:80],
        quantity=_decimal(str(line.quantity)) if line.quantity is not None else None,
        unit=line.unit[:20],
        prescription_needed=line.prescription,
        needs_cooling=line.cooling,
        controlled=line.controlled,
        supply_left_until=reading.supply_ends_at,
    )


def _save_needs(case: Case, needs: Iterable[Need], by: User | None = None) -> None:
    """Writes the lines; one that was taken off the form is deleted, and its history stays."""
    kept = []
    needs = list(needs)
    new = [need for need in needs if need.pk is None]
    for need in needs:
        need.case = case
        need._history_user = by  # type: ignore[attr-defined]
        need.save()
        kept.append(need.pk)
    if by is not None:
        catalogue.count(new)
        for gone in case.needs.exclude(pk__in=kept):
            gone.delete()


def put_call_on(case: Case, call: Call | None, caller: Resident) -> None:
    """The call is on the case now, and no longer in the visible inbox. One call may concern several cases."""
    if call is None:
        return
    loose = Contact.objects.filter(call=call, case=None).first()
    if loose and not Contact.objects.filter(call=call, case=case).exists():
        loose.case, loose.resident, loose.unread = case, caller, False
        loose.taken_as = loose.taken_as or "request"
        loose.save()
    else:
        Contact.objects.get_or_create(
            call=call, case=case, defaults={"line": call.line, "resident": caller, "taken_as": "request"}
        )
    callbacks.person_called(call.number, call.line)


def _write_note(case: Case, data: dict[str, Any], agent: User) -> None:
    text = _word(data, "note")
    if text and not case.notes.filter(text=text, by=agent).exists():
        Note.objects.create(case=case, by=agent, text=text)


# judging


def _judge(case: Case, facts: Facts) -> None:
    """Writes the proposed level with its reasons. The agent decides."""
    judged = _judgement(facts, case.created_at)
    case.level, case.level_reasons = judged.level, list(judged.reasons)
    _know(case, judged)


def _know(case: Case, judged: triage.Judgement) -> None:
    """What judging found out beside the level: red flags heard or answered, and vulnerabilities."""
    known = {flag.get("slug") for flag in case.red_flags}
    case.red_flags = [*case.red_flags, *[asdict(flag) for flag in judged.red_flags if flag.slug not in known]]
    case.vulnerabilities = sorted({*case.vulnerabilities, *judged.vulnerabilities})


def _judgement(facts: Facts, at: datetime) -> triage.Judgement:
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


# reading what was typed


def _word(data: dict[str, Any], *path: str) -> str:
    value: Any = data
    for name in path:
        value = (value or {}).get(name)
    return str(value or "").strip()


def _whole(words: str) -> int | None:
    found = re.match(r"\s*(\d{1,3})", words)
    return int(found[1]) if found else None


def _decimal(words: str) -> Decimal | None:
    """A quantity as somebody typed it; None for what is no number that fits."""
    try:
        value = Decimal(words.strip() or "x").quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 < value < 1_000_000 else None


def _moment(words: str) -> datetime | None:
    try:
        at = parse_datetime(words)
    except ValueError:
        return None
    if at is None:
        return None
    return timezone.make_aware(at) if timezone.is_naive(at) else at


def _category(slug: str | None) -> Category | None:
    return Category.objects.filter(slug=slug).first() if slug else None


def _district(slug: str | None) -> District | None:
    return District.objects.filter(slug=slug).first() if slug else None


def _by_pk(model: Any, words: str) -> Any:
    return model.objects.filter(pk=int(words)).first() if words.isdigit() else None


def _as_json(suggestion: triage.Suggestion) -> dict[str, Any]:
    return {
        "category": suggestion.category,
        "level": suggestion.level,
        "confidence": round(float(suggestion.confidence), 3),
        "words": list(suggestion.words),
    }
