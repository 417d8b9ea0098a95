"""Cases that belong together without being the same: of the same people, behind the same door, in the same building."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from cases.lifecycle import OPEN_STATES
from cases.models import Case

LOOKED_AT = 60
OF_A_DOOR = 120  # so many households behind one door
OF_A_BUILDING = 300
SHOWN = 6

# Each way by its own index, all of them in one question; of a building only what is open.
LOOKED = """
    with door as materialized (
        select id from cases_address
        where community_id = %(community)s and building = %(building)s and room = %(room)s
        order by id desc limit %(of_a_door)s
    ), building as materialized (
        select id from cases_address where community_id = %(community)s and building = %(building)s
        order by id desc limit %(of_a_building)s
    )
    (select 'group', id, state from cases_case where case_group_id = %(group)s order by id desc limit %(looked_at)s)
    union all
    (select 'people', id, state from cases_case where person_id = any(%(people)s) or reporter_id = any(%(people)s)
        order by id desc limit %(looked_at)s)
    union all
    (select 'rest', id, state from cases_case where rest_of_id = %(case)s or id = %(rest_of)s
        order by id desc limit %(looked_at)s)
    union all
    (select 'door', id, state from cases_case where address_id in (select id from door)
        order by id desc limit %(looked_at)s)
    union all
    (select 'building', id, state from cases_case
        where address_id in (select id from building) and state = any(%(open)s)
        order by id desc limit %(looked_at)s)
"""
WAYS = {
    "group": _("of the same group"),
    "people": _("of the same people"),
    "rest": _("what was left over"),
    "door": _("at the same door"),
    "building": _("in the same building"),
}


@dataclass(frozen=True)
class Circle:
    """One way of belonging together; `open` counts what is open of what was looked at."""

    slug: str
    words: Any
    cases: list[Case]
    open: int


def of(case: Case) -> list[Circle]:
    """Nearest first, each case once; open ones before settled ones, then the newest. Two questions."""
    seen = {case.pk}
    looked = _looked(case)
    found: list[tuple[str, list[int], int]] = []
    for slug in WAYS:
        mine = {pk: state in OPEN_STATES for pk, state in looked[slug] if pk not in seen}
        seen.update(mine)
        if mine:
            first = sorted(mine, key=lambda pk: (not mine[pk], -pk))[:SHOWN]
            found.append((slug, first, sum(mine.values())))
    shown = [pk for _slug, pks, _open in found for pk in pks]
    named = ("category__name", "category__name_en")
    cases = Case.objects.select_related("category").only("level", "state", "created_at", *named)
    by_pk = cases.in_bulk(shown) if shown else {}
    return [
        Circle(slug, WAYS[slug], [by_pk[pk] for pk in pks if pk in by_pk], still_open)
        for slug, pks, still_open in found
    ]


def _looked(case: Case) -> dict[str, list[tuple[int, str]]]:
    """By each way the cases with their states."""
    address = case.address if case.address and case.address.community_id and case.address.building else None
    wanted: dict[str, Any] = {
        "case": case.pk,
        "group": case.case_group_id,
        "rest_of": case.rest_of_id,
        "people": [pk for pk in (case.person_id, case.reporter_id) if pk],
        "community": address and address.community_id,
        "building": address and address.building,
        "room": address and address.room,
        "open": [str(state) for state in OPEN_STATES],
        "of_a_door": OF_A_DOOR,
        "of_a_building": OF_A_BUILDING,
        "looked_at": LOOKED_AT,
    }
    found: dict[str, list[tuple[int, str]]] = {slug: [] for slug in WAYS}
    with connection.cursor() as cursor:
        cursor.execute(LOOKED, wanted)
        for slug, pk, state in cursor.fetchall():
            found[slug].append((pk, state))
    return found
