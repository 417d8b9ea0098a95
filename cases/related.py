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
    ways = [
        ("group", _("of the same group"), _group(case)),
        ("people", _("of the same people"), _people(case)),
        ("rest", _("what was left over"), _rest(case)),
        ("door", _("at the same door"), _at(case, building=True, room=True)),
        ("building", _("in the same building"), _at(case, building=True, room=False)),
    ]
    found: list[tuple[str, Any, list[int]]] = []
    for slug, words, pks in ways:
        mine = [pk for pk in dict.fromkeys(pks) if pk not in seen]
        seen.update(mine)
        if mine:
            found.append((slug, words, mine))
    rows = Case.objects.filter(pk__in=seen - {case.pk}).select_related("category", "person")
    by_pk = {row.pk: row for row in rows}
    circles = []
    for slug, words, pks in found:
        cases = sorted((by_pk[pk] for pk in pks if pk in by_pk), key=lambda one: (not one.is_open, -one.pk))
        circles.append(Circle(slug, words, cases[:SHOWN], sum(one.is_open for one in cases)))
    return circles


def _newest(found: QuerySet[Case]) -> list[int]:
    return list(found.order_by("-id").values_list("pk", flat=True)[:LOOKED_AT])


def _group(case: Case) -> list[int]:
    return _newest(Case.objects.filter(case_group=case.case_group_id)) if case.case_group_id else []


def _people(case: Case) -> list[int]:
    asked_by = [pk for pk in (case.person_id, case.reporter_id) if pk]
    return _newest(Case.objects.filter(Q(person__in=asked_by) | Q(reporter__in=asked_by)))


def _rest(case: Case) -> list[int]:
    rests = _newest(Case.objects.filter(rest_of=case.pk))
    return rests + ([case.rest_of_id] if case.rest_of_id else [])


def _at(case: Case, *, building: bool, room: bool) -> list[int]:
    """Everybody's at the door; of a whole building only what is open."""
    address = case.address
    if not address or not address.community_id or not address.building:
        return []
    places = Address.objects.filter(community=address.community_id, building=address.building)
    if room:
        places = places.filter(room=address.room)
    at = list(places.order_by("-id").values_list("pk", flat=True)[: LOOKED_AT * 5])
    cases = Case.objects.filter(address__in=at)
    return _newest(cases if room else cases.filter(state__in=OPEN_STATES))
