"""What is known already, as the fields of the form: from a call, from a case."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cases import intake
from cases.desk import form
from cases.models import Address, Case, Need, Phone, Resident
from hotline import prepared
from hotline.models import Call

NEEDS = prepared.Question(lambda case: Need.objects.filter(case=case).order_by("pk"))
PHONE = prepared.Question(lambda person: Phone.objects.filter(resident=person).order_by("-preferred", "id")[:1])


def from_call(call: Call) -> dict[str, Any]:
    """The caller's number, and the person and address when exactly one is known under it."""
    data = form.empty() | {"language": call.language, "category": call.choice}
    data["caller"] = {"number": call.number, "name": ""}
    people = list(Resident.objects.filter(phones__number=call.number).distinct()[:2]) if call.number else []
    if len(people) == 1:
        data |= person_known(people[0])
        data["caller"]["number"] = call.number
    return data


def from_case(case: Case) -> dict[str, Any]:
    """Everything the case holds."""
    asked_by = case.reporter or case.person
    needs = NEEDS.all(case.pk)
    return form.empty() | {
        "version": intake.what_is_edited(case, needs),
        "words": case.words,
        "for_whom": "other" if case.reporter_id else "caller",
        "caller": (caller := _name_and_number(asked_by)),
        "person": (_name_and_number(case.person) if case.reporter_id else caller) | {"age": _age(case.person)},
        "relation": case.relation,
        "language": case.language,
        "hard_of_hearing": asked_by.hard_of_hearing,
        "category": case.category.slug if case.category else "",
        "address": _address(case.address),
        "household": case.vulnerabilities,
        "answers": case.answers,
        "level": str(case.level) if case.level_is_judged else "",
        "stated_urgency": case.stated_urgency,
        "needs": [_need(need) for need in needs] or [{}],
    }


def person_known(person: Resident) -> dict[str, Any]:
    """What the form takes over of somebody we know."""
    return {
        "caller": _name_and_number(person),
        "address": _address(person.address),
        "household": person.vulnerabilities,
        "hard_of_hearing": person.hard_of_hearing,
        "person": {"age": _age(person)},
    }


def _name_and_number(person: Resident) -> dict[str, str]:
    phone = PHONE.first(person.pk)
    return {"name": person.name, "number": str(phone.number) if phone else ""}


def _age(person: Resident) -> str:
    return str(timezone.localdate().year - person.birth_year) if person.birth_year else ""


def _address(address: Address | None) -> dict[str, str]:
    if address is None:
        return {}
    return {
        "district": str(address.district_id or ""),
        "community": str(address.community_id or ""),
        "community_name": address.community.name if address.community else "",
        "street": address.street,
        "building": address.building,
        "room": address.room,
        "zone_tier": address.zone_tier,
        "gate_contact": address.gate_contact,
        "gate_phone": address.gate_phone,
        "committee_phone": address.committee_phone,
        "said": address.said,
    }


def _need(need: Need) -> dict[str, str]:
    substitute = {True: "yes", False: "no", None: ""}[need.substitute_allowed]
    left = timezone.localtime(need.supply_left_until) if need.supply_left_until else None
    return {
        "id": str(need.pk),
        "item": need.item,
        "brand": need.brand,
        "specification": need.specification,
        "quantity": f"{need.quantity.normalize():f}" if need.quantity is not None else "",
        "unit": need.unit,
        "substitute": substitute,
        "prescription": "yes" if need.prescription_needed else "",
        "left_until": left.strftime("%Y-%m-%dT%H:%M") if left else "",
    }
