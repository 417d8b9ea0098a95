"""Cases that belong together without being the same: of the same people, behind the same door, in the same building."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cases.lifecycle import OPEN_STATES
from cases.models import Address, Case

LOOKED_AT = 60
SHOWN = 6


@dataclass(frozen=True)
class Circle:
    """One way of belonging together; `open` counts what is open of what was looked at."""

    slug: str
    words: Any
    cases: list[Case]
    open: int


def of(case: Case) -> list[Circle]:
    """Nearest first, each case once; open ones before settled ones, then the newest. Each way by its own index."""
    seen = {case.pk}
    door, building = _at(case)
    ways = [
        ("group", _("of the same group"), _group(case)),
        ("people", _("of the same people"), _people(case)),
        ("rest", _("what was left over"), _rest(case)),
        ("door", _("at the same door"), door),
        ("building", _("in the same building"), building),
    ]
    found: list[tuple[str, Any, list[int], int]] = []
    for slug, words, looked_at in ways:
        mine = {pk: state in OPEN_STATES for pk, state in looked_at if pk not in seen}
        seen.update(mine)
        if mine:
            first = sorted(mine, key=lambda pk: (not mine[pk], -pk))[:SHOWN]
            found.append((slug, words, first, sum(mine.values())))
    shown = [pk for _slug, _words, pks, _open in found for pk in pks]
    by_pk = Case.objects.select_related("category", "person").in_bulk(shown) if shown else {}
    return [
        Circle(slug, words, [by_pk[pk] for pk in pks if pk in by_pk], still_open)
        for slug, words, pks, still_open in found
    ]


Looked = list[tuple[int, str]]  # (case, state), the newest first


def _newest(found: QuerySet[Case]) -> Looked:
    return list(found.order_by("-id").values_list("pk", "state")[:LOOKED_AT])


def _group(case: Case) -> Looked:
    return _newest(Case.objects.filter(case_group=case.case_group_id)) if case.case_group_id else []


def _people(case: Case) -> Looked:
    asked_by = [pk for pk in (case.person_id, case.reporter_id) if pk]
    return _newest(Case.objects.filter(Q(person__in=asked_by) | Q(reporter__in=asked_by)))


def _rest(case: Case) -> Looked:
    return _newest(Case.objects.filter(Q(rest_of=case.pk) | Q(pk=case.rest_of_id or 0)))


def _at(case: Case) -> tuple[Looked, Looked]:
    """Everybody's at the door; of the whole building only what is open."""
    address = case.address
    if not address or not address.community_id or not address.building:
        return [], []
    places = Address.objects.filter(community=address.community_id, building=address.building)
    rooms = dict(places.order_by("-id").values_list("pk", "room")[: LOOKED_AT * 5])
    door = [pk for pk, room in rooms.items() if room == address.room]
    if len(rooms) == LOOKED_AT * 5:  # a tower has more
        door = list(places.filter(room=address.room).order_by("-id").values_list("pk", flat=True)[: LOOKED_AT * 5])
    everywhere = Case.objects.filter(address__in=rooms.keys(), state__in=OPEN_STATES)
    return _newest(Case.objects.filter(address__in=door)), _newest(everywhere)
