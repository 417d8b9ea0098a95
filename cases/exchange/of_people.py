"""Residents in and out: lists of those who live alone, on dialysis, with an infant, as committees keep them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import addresses, masking, people, triage
from cases.exchange import values
from cases.exchange.cells import AT_ONCE, dialled, house
from cases.exchange.kinds import BadRow, Column, Kind, Part, register
from cases.models import Address, Community, Export, Import, Phone, Resident
from hotline.locks import hold_number

COLUMNS = (
    Column("name", gettext_lazy("name of the person"), ("姓名",), values.text(60), example="王秀英"),
    Column("phone", gettext_lazy("telephone"), ("电话", "手机", "手机号", "联系电话"), values.phone, example="13800001111"),
    Column("second_phone", gettext_lazy("second telephone"), ("备用电话", "家属电话"), values.phone),
    Column("birth_year", gettext_lazy("year of birth"), ("出生年份", "出生年", "出生日期"), values.birth_year, example="1938"),
    Column("household", gettext_lazy("vulnerabilities"), ("特殊情况", "人群"), values.household, example="独居,高龄"),
    Column("hard_of_hearing", gettext_lazy("hard of hearing"), ("听力不好",), values.yes, example="是"),
    Column("district", gettext_lazy("district"), ("区", "行政区"), values.district, example="杨浦区"),
    Column("community", gettext_lazy("community"), ("小区", "小区名称"), values.text(80), example="杏林新村"),
    Column("building", gettext_lazy("building"), ("楼栋", "楼号"), values.text(30), example="3"),
    Column("room", gettext_lazy("room"), ("室", "房间", "门牌"), values.text(30), example="502"),
    Column("address", gettext_lazy("address as said"), ("地址", "详细地址"), values.text(300)),
    Column("language", gettext_lazy("language"), (), values.text(10)),
    Column("note", gettext_lazy("note"), ("备注",), values.text(2000)),
)  # fmt: skip
TOLD = ("birth_year", "language", "note")


def load(row: Mapping[str, Any], job: Import, key: str) -> bool:
    """The person known under this number and name is completed, else there is a new one. Empty cells change nothing."""
    number, name = row.get("phone") or "", row.get("name") or ""
    if not number:
        raise BadRow(("phone", _("is empty: without a number nobody can be found again")))
    hold_number(number)
    known = {person.pk for person in people.of(number)}
    person = people.find_or_make(number, name=name, language=row.get("language") or "")
    before = _state(person)
    for field in TOLD:
        if row.get(field):
            setattr(person, field, row[field])
    person.hard_of_hearing = person.hard_of_hearing or bool(row.get("hard_of_hearing"))
    person.vulnerabilities = sorted({*person.vulnerabilities, *(row.get("household") or [])})
    person.address = _address(row, person) or person.address
    if row.get("second_phone"):
        Phone.objects.get_or_create(resident=person, number=row["second_phone"])
    changed = person.pk not in known or _state(person) != before
    if changed:
        person._history_user = job.by  # type: ignore[attr-defined]
        person._change_reason = _("from a file")  # type: ignore[attr-defined]
        person.save()
    return changed


def _state(person: Resident) -> tuple[Any, ...]:
    told = (person.name, person.birth_year, person.language, person.note, person.hard_of_hearing)
    return (*told, tuple(person.vulnerabilities), person.address_id, person.phones.count())


def _address(row: Mapping[str, Any], person: Resident) -> Address | None:
    """The address of the row; the row of the person's own when it says the same."""
    said = {name: row.get(name) or "" for name in ("community", "building", "room", "address")}
    if not any(said.values()) and not row.get("district"):
        return None
    community = community_of(said["community"], row.get("district"))
    district = community.district if community else row.get("district")
    told = {
        "community": community,
        "district": district,
        "building": said["building"],
        "room": said["room"],
        "said": said["address"] or ("" if community else said["community"]),
    }
    known = person.address
    if known and all(getattr(known, name) == value for name, value in told.items()):
        return known
    gate = {name: getattr(community, name) for name in ("zone_tier", "gate_contact", "gate_phone", "committee_phone")}\
        if community else {}  # fmt: skip
    return Address.objects.create(**told, **gate)


def community_of(name: str, district: Any) -> Community | None:
    """The community of exactly this name."""
    if not name:
        return None
    return next((c for c in addresses.find_community(name, district) if c.name == name), None)


# out

TITLES = (
    gettext_lazy("name of the person"), gettext_lazy("telephone"), gettext_lazy("second telephone"),
    gettext_lazy("year of birth"),
    gettext_lazy("vulnerabilities"), gettext_lazy("hard of hearing"), gettext_lazy("district"), gettext_lazy("community"),
    gettext_lazy("building"), gettext_lazy("room"), gettext_lazy("address as said"), gettext_lazy("language"),
    gettext_lazy("note"),
)  # fmt: skip


def write(export: Export, after: int) -> Iterator[Part]:
    """In the order in which they came, by parts of two queries each."""
    words = {slug: str(name) for slug, name in triage.VULNERABILITIES.items()}
    fields = (
        "pk", "name", "birth_year", "vulnerabilities", "hard_of_hearing", "address__district__name",
        "address__community__name", "address__building", "address__room", "address__said", "language", "note",
    )  # fmt: skip
    while True:
        found = list(Resident.objects.filter(pk__gt=after).order_by("pk").values_list(*fields)[:AT_ONCE])
        if not found:
            return
        after = found[-1][0]
        numbers: dict[int, list[str]] = {}
        phones = Phone.objects.filter(resident__in=[row[0] for row in found]).order_by("-preferred", "pk")
        for resident, number in phones.values_list("resident_id", "number"):
            numbers.setdefault(resident, []).append(str(number))
        rows = []
        for pk, name, born, household, deaf, district, community, building, room, said, language, note in found:
            theirs = [*numbers.get(pk, []), "", ""][:2]
            rows.append([
                name if export.unmasked else masking.name(name),
                *(dialled(n) if export.unmasked else masking.phone(n) for n in theirs),
                born or "", ", ".join(words.get(slug, slug) for slug in household), _("yes") if deaf else _("no"),
                district or "", community or "", *house(building, room, export.unmasked),
                said if export.unmasked else "", language, note if export.unmasked else "",
            ])  # fmt: skip
        yield Part(rows, after)


def count(export: Export) -> int:
    return Resident.objects.count()


KIND = register(Kind("residents", gettext_lazy("residents"), COLUMNS, load, TITLES, write, count, personal=True))
