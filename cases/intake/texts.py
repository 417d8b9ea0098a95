"""What a text says, as a case, as more words to one, or as an offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import addresses, catalogue, categories, people, steps, triage, updates
from cases.intake import judging, needs, typed
from cases.intake.opening import open_new
from cases.models import Case, Category, Contact, District, Offer, Resident
from hotline.models import Message

NAMED = 0.9  # how sure the words of a category of our own adding make us
SURE_ENOUGH = 0.5  # from this confidence on the suggested category steers the queue until an agent has looked


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
    category = typed.by_slug(Category, suggestion.category) if suggestion.confidence >= SURE_ENOUGH else None
    version = categories.version_of(category) if category else None
    address = addresses.from_words(message.body) or person.address
    case = Case(
        line=message.line,
        channel=Case.Channel.SMS,
        person=person,
        language=language,
        words=message.body,
        address=address,
        district=address.district if address else typed.by_slug(District, reading.district),
        category=category,
        judged_by=version,
        vulnerabilities=sorted({*reading.vulnerabilities, *person.vulnerabilities}),
        stated_urgency=(reading.stated_urgency or "")[:20],
        supply_ends_at=reading.supply_ends_at,
        suggestion=judging.as_json(suggestion),
        created_at=message.created_at or timezone.now(),
        intake_key=key,
    )
    lines = [needs.of_reading(line, reading) for line in reading.needs]
    facts = judging.Facts(
        version, reading, {}, lines, case.vulnerabilities, case.supply_ends_at, suggested=suggestion.level
    )
    judging.judge(case, facts)
    open_new(case)
    needs.save(case, lines)
    if address and person.address_id is None:
        person.address = address
        person.save()
    return case


def add_words(case: Case, text: str, at: datetime) -> Case:
    """What somebody adds to an open case can only raise its urgency: a red flag, or supplies that end earlier."""
    reading = triage.read(text, at=at)
    flags = judging.new_flags(case, reading.red_flags)
    earlier = reading.supply_ends_at and (case.supply_ends_at is None or reading.supply_ends_at < case.supply_ends_at)
    if not flags and not earlier:
        return case
    ends_at = reading.supply_ends_at if earlier else case.supply_ends_at
    facts = judging.Facts(case.judged_by, reading, case.answers, list(case.needs.all()), case.vulnerabilities, ends_at)
    judged = judging.judgement(facts, at)
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
        district=typed.by_slug(District, reading.district),
    )
