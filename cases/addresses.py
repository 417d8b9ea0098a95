"""Where somebody is: communities looked up as they are typed, and read out of the words of a text."""

from __future__ import annotations

import re

from django.db.models import Case as When_
from django.db.models import IntegerField, Q, Value, When

from cases.models import Address, Community, District

BUILDING = re.compile(r"(\d{1,4})\s*(?:号楼|幢|栋|号(?!线))")
# 康健路30弄, 南京西路1266号 when a building or room follows; a sub-district (街道) is none
STREET = re.compile(
    r"(?:[\u4e00-\u9fff]{2,6}(?:街道|镇|乡))?\s*([\u4e00-\u9fff]{1,7}?(?:大道|公路|路|街(?!道))"
    r"(?:\s*\d{1,5}\s*弄|\s*\d{1,5}\s*号(?=\s*\d{1,4}\s*(?:号|幢|栋)))?)"
)
SOON = 24  # signs after the district in which its street has to end
BUILDING_AND_ROOM = re.compile(r"^\s*(\d{1,4})\s*[-－–—]\s*(\d{2,4})(?!\d)")
ROOM = re.compile(r"(\d{2,4})\s*室|(?:号楼?|幢|栋|单元)\s*(\d{3,4})(?![\d号弄年月元克毫盒片支]|\s*[mM][gGlL])")
SHORTEST_NAME = 2


def find_community(words: str, district: District | None = None, limit: int = 12) -> list[Community]:
    """Communities whose name or street holds every word typed so far; those whose name begins with it come first."""
    parts = words.split()
    if not parts:
        return []
    found = Community.objects.select_related("district")
    if district:
        found = found.filter(district=district)
    for part in parts:
        found = found.filter(Q(name__icontains=part) | Q(street__icontains=part) | Q(district__name__startswith=part))
    begins = When_(When(name__istartswith=parts[0], then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(found.order_by(begins, "name", "id")[:limit])


def from_words(text: str) -> Address | None:
    """The address a text names, saved; None if nothing."""
    found = read(text)
    if found is not None:
        found.save()
    return found


def read(text: str) -> Address | None:
    """The address a text names: district, community or street, building and room as far as it says them; None if nothing."""
    district, rest = _district_in(text)
    community = _community_in(text, district)
    if district is None and community is None:
        return None
    street = ""
    if community and community.name in text:
        rest = text.split(community.name, 1)[1]
    elif named := STREET.search(rest[:SOON]):
        street, rest = named[1], rest[named.end() :]
    building, room = door(rest)
    return Address(
        district=community.district if community else district,
        community=community,
        said=text[:300],
        street=street,
        building=building,
        room=room,
        zone_tier=community.zone_tier if community else "",
        gate_contact=community.gate_contact if community else "",
        gate_phone=community.gate_phone if community else "",
        committee_phone=community.committee_phone if community else "",
    )


def door(text: str) -> tuple[str, str]:
    """(building, room) as far as the words say them, else ""."""
    if both := BUILDING_AND_ROOM.search(text):
        return both[1], both[2]
    building, room = BUILDING.search(text), ROOM.search(text)
    return building[1] if building else "", (room[1] or room[2]) if room else ""


def _district_in(text: str) -> tuple[District | None, str]:
    """The district named first and the words after it: by its full name (浦东新区), its short one (浦东), or in English."""
    lowered = text.casefold()
    found: list[tuple[int, int, District]] = []
    for district in District.objects.all():
        for name in (district.name, _short(district.name), district.name_en.casefold()):
            if len(name) >= SHORTEST_NAME and name in lowered:
                at = lowered.index(name)
                found.append((at, at + len(name), district))
                break
    if not found:
        return None, text
    _at, end, district = min(found, key=lambda each: each[0])
    return district, text[end:]


def _short(name: str) -> str:
    for ending in ("新区", "区", "县"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


def _community_in(text: str, district: District | None) -> Community | None:
    """The community whose whole name stands in the text, the longest name first; the database compares."""
    named = Community.objects.extra(
        where=["char_length(cases_community.name) >= 3", "position(cases_community.name in %s) > 0"], params=[text]
    ).select_related("district")
    if district:
        named = named.filter(district=district)
    return max(named[:20], key=lambda community: len(community.name), default=None)
