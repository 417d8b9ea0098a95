"""Who is behind a number: one number can be several people, one person can have several numbers."""

from __future__ import annotations

import re

import phonenumbers
from django.db.models import F, Max, Q
from django.db.models.functions import Greatest

from cases.lifecycle import OPEN_STATES, CaseState
from cases.models import Case, Phone, Resident

CHINESE = re.compile(r"[\u3400-\u9fff]")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
LONGEST_NUMBER = 30


def e164(words: str, region: str = "CN") -> str:
    """The number in E.164 as somebody typed or said it; "" when it is not a number that could be dialled."""
    try:
        number = phonenumbers.parse(words, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def can_be_dialled(number: str) -> bool:
    """Whether it is a whole number: not withheld, not a short code, not a sender's name."""
    return number.startswith("+") and number[1:].isdecimal() and 8 < len(number) < 17


def of(number: str) -> list[Resident]:
    """Everybody known under this number, the last active first."""
    if not number:
        return []
    last = Greatest(Max("cases__id"), Max("reported_cases__id"))
    found = Resident.objects.filter(phones__number=number).annotate(last_case=last)
    return list(found.order_by(F("last_case").desc(nulls_last=True), "-id"))


def find_or_make(number: str, *, name: str = "", language: str = "") -> Resident:
    """The person last active under this number (with this name when one is given), else a new one.

    A withheld number is a new person each time. Call it holding the number (hotline.locks.hold_number).
    """
    known = of(number)
    for person in known:
        if not name or person.name == name:
            return person
    if known and name and not known[0].name:
        person = known[0]
        person.name = name[:60]
        person.save()
        return person
    person = Resident.objects.create(name=name[:60], language=language or "zh-hans")
    if number:
        Phone.objects.create(resident=person, number=number, preferred=True)
    return person


def numbers(person: Resident) -> list[str]:
    """The numbers under which a person is reached, the preferred one first."""
    return [str(phone.number) for phone in _phones(person)]


def text_number(person: Resident) -> str:
    """The number this person reads texts on, or ""."""
    return next((n for n in (str(p.number) for p in _phones(person) if p.takes_texts) if can_be_dialled(n)), "")


def _phones(person: Resident) -> list[Phone]:
    """Few; a page that has read them along with the person asks no more."""
    return sorted(person.phones.all(), key=lambda phone: (not phone.preferred, phone.pk))


def cases_of(number: str) -> list[Case]:
    """The open cases somebody under this number has or asked for, the newest first; a merged one counts as its heir."""
    residents = [person.pk for person in of(number)]
    if not residents:
        return []
    theirs = Q(person__in=residents) | Q(reporter__in=residents)
    heirs = Case.objects.filter(theirs, state=CaseState.DUPLICATE).values("merged_into")
    found = Case.objects.filter(theirs | Q(pk__in=heirs), state__in=OPEN_STATES)
    return list(found.select_related("line", "category", "judged_by", "person", "reporter").order_by("-id")[:20])


def last_ended_case(number: str) -> Case | None:
    """The case of this number that ended last."""
    residents = [person.pk for person in of(number)]
    theirs = Q(person__in=residents) | Q(reporter__in=residents)
    return Case.objects.filter(theirs, closed_at__isnull=False).order_by("-closed_at", "-id").first()


def language_of(text: str, otherwise: str = "zh-hans") -> str:
    """The language somebody writes in: Chinese characters or Latin words; `otherwise` for digits and signs."""
    if CHINESE.search(text):
        return "zh-hans"
    return "en" if LATIN_WORD.search(text) else otherwise
