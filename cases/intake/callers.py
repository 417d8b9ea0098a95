"""Who calls, who is in need, who lives with them and where."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cases import addresses, people
from cases.intake import typed
from cases.models import Address, Case, Community, District, Phone, Resident

UNDER_6_MONTHS = 6
OVER_80 = 80


def number(data: dict[str, Any], whose: str) -> str:
    """A telephone number as the carrier knows it, or else as it was said."""
    said = typed.word(data, whose, "number")
    return people.e164(said) or said[: people.LONGEST_NUMBER]


def caller(data: dict[str, Any], case: Case | None, number: str) -> Resident:
    """Who is on the telephone: the one the case knows, else the one known under the number, else a new person."""
    name = typed.word(data, "caller", "name")[:60]
    language = typed.word(data, "language")
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


def person(data: dict[str, Any], case: Case | None, caller: Resident) -> Resident:
    """Who is in need: the caller, or somebody else whom the caller asks for."""
    if data.get("for_whom") != "other":
        return caller
    name = typed.word(data, "person", "name")[:60]
    known_under = number(data, "person")
    if case and case.reporter_id:
        person = case.person
        if name and person.name != name:
            person.name = name
            person.save()
        if known_under and known_under not in people.numbers(person):
            Phone.objects.create(resident=person, number=known_under, preferred=True)
        return person
    if known_under:
        return people.find_or_make(known_under, name=name)
    return Resident.objects.create(name=name, language=caller.language)


def household(data: dict[str, Any]) -> list[str]:
    """Who lives there, as ticked, and what age and weeks say of it."""
    slugs = set(data.get("household") or [])
    months, age = typed.whole(typed.word(data, "infant_months")), typed.whole(typed.word(data, "person", "age"))
    if months is not None and months < UNDER_6_MONTHS:
        slugs.add("infant_under_6_months")
    if typed.whole(typed.word(data, "pregnant_week")) is not None:
        slugs.add("pregnant")
    if age is not None and age >= OVER_80:
        slugs.add("over_80")
    return sorted(slugs)


def remember(person: Resident, case: Case, data: dict[str, Any]) -> None:
    """What is true of the person and not only of this request."""
    age = typed.whole(typed.word(data, "person", "age"))
    if age is not None and 0 <= age < 130:
        person.birth_year = timezone.localdate().year - age
    person.vulnerabilities = sorted({*person.vulnerabilities, *case.vulnerabilities})
    person.save()


def address(said: dict[str, str], case: Case) -> Address | None:
    """The address as it now stands; the earlier row is changed when it belongs to this case alone."""
    words = {name: (said.get(name) or "").strip() for name in said}
    if not any(words.values()):
        return case.address or case.person.address
    community = typed.by_pk(Community, words.get("community", ""))
    if community is None and words.get("community_name"):
        community = next(
            (c for c in addresses.find_community(words["community_name"]) if c.name == words["community_name"]), None
        )
    district = community.district if community else typed.by_pk(District, words.get("district", ""))
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
