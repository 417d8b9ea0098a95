"""Is this the same matter as one that is open already? Only ever proposed, with the reasons; a person decides.

Three signs: the same number, the same door, the same words within some hours. Each has its own index and its own limit, so
that it can be asked while somebody types, over a million cases. merging.py makes two cases one; `add_to` keeps a call or
what was being typed from becoming a second case at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import freshness, holds, intake, people, steps
from cases.lifecycle import FINAL_STATES, OPEN_STATES, CaseState
from cases.models import Case, Contact, Need, Note
from hotline.lifecycle import MoveRefused
from hotline.models import Call, User

WITHIN = timedelta(hours=48)  # the same words after that are a new request
LIKE = 0.6  # from this share of common pairs of signs on two texts are the same words
SHORTEST_WORDS = 10
LOOKED_AT = 60  # rows of each kind
WORDS_LOOKED_AT = 300
SHOWN = 4
READ = 5 * SHOWN  # the same need beside another sign may bring one of these to the top
NUMBER, DOOR, ITEM, WORDS = "number", "door", "item", "words"
REASONS: dict[str, Any] = {
    NUMBER: gettext_lazy("same number"),
    DOOR: gettext_lazy("same door"),
    ITEM: gettext_lazy("same need"),
    WORDS: gettext_lazy("same words"),
}
SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Matter:
    """What is known of a request that may be there already."""

    numbers: tuple[str, ...] = ()
    people: tuple[int, ...] = ()
    community: int | None = None
    building: str = ""
    room: str = ""
    district: int | None = None
    items: tuple[str, ...] = ()
    words: str = ""
    case: int | None = None  # itself


@dataclass(frozen=True)
class Twin:
    """An open case that may be the same matter, and why."""

    case: Case
    why: tuple[str, ...]

    @property
    def reasons(self) -> list[Any]:
        return [REASONS[slug] for slug in self.why]


def of_form(data: dict[str, Any], case: Case | None = None) -> list[Twin]:
    """While an agent types: open cases that may be the same as the form (cases.desk.form)."""
    said, address = data, data.get("address") or {}
    numbers = [people.e164(((said.get(who) or {}).get("number")) or "") for who in ("caller", "person")]
    chosen = {name: (address.get(name) or "") for name in ("community", "district", "building", "room")}
    matter = Matter(
        numbers=tuple(number for number in numbers if number),
        community=int(chosen["community"]) if chosen["community"].isdecimal() else None,
        building=chosen["building"].strip(),
        room=chosen["room"].strip(),
        district=int(chosen["district"]) if chosen["district"].isdecimal() else None,
        items=tuple(need.get("item") or "" for need in data.get("needs") or []),
        words=data.get("words") or "",
        case=case.pk if case else None,
    )
    return find(matter)


def of_case(case: Case) -> list[Twin]:
    """Open cases that may be the same matter as one that is written down."""
    asked_by = tuple(pk for pk in (case.person_id, case.reporter_id) if pk)
    address = case.address
    matter = Matter(
        numbers=tuple(number for person in (case.person, case.reporter) if person for number in people.numbers(person)),
        people=asked_by,
        community=address.community_id if address else None,
        building=address.building if address else "",
        room=address.room if address else "",
        district=case.district_id,
        items=tuple(need.item for need in case.needs.all()),
        words=case.words,
        case=case.pk,
    )
    return find(matter)


def find(matter: Matter, now: datetime | None = None) -> list[Twin]:
    """Those with the most signs first, then the newest. The same need alone says nothing; beside another sign it does."""
    why: dict[int, list[str]] = {}
    for slug, pk in _same_number_or_door(matter):
        why.setdefault(pk, []).append(slug)
    for pk in _same_words(matter, now or timezone.now()):
        why.setdefault(pk, []).append(WORDS)
    why.pop(matter.case or 0, None)
    # in a rush hundreds have nearly the same words: only those with the most signs, the newest of them, are read at all
    first = sorted(why, key=lambda pk: (len(why[pk]), pk), reverse=True)[:READ]
    if not first:
        return []
    for pk in _same_item(matter, first):
        why[pk].append(ITEM)
    first = sorted(first, key=lambda pk: (len(why[pk]), pk), reverse=True)[:SHOWN]
    found = Case.objects.select_related("category").only("level", "state", "category__name", "category__name_en")
    cases = found.in_bulk(first)
    return [Twin(cases[pk], tuple(why[pk])) for pk in first if pk in cases]


def add_to(
    case: Case,
    data: dict[str, Any],
    *,
    agent: User,
    call: Call | None = None,
) -> Case:
    """The call, and what was typed during it, belong to a case that is there: on its time line, and no second case.

    Nothing of the form is lost: the words raise the urgency if they are worse than what was known, and the rest stands as a
    note. A case that was merged hands on to its heir. Pressed twice is added once.
    """
    with transaction.atomic():
        steps.lock(case)
        if case.state == CaseState.DUPLICATE and case.merged_into:
            case = steps.lock(case.merged_into)
        if not case.is_open:
            raise MoveRefused(_("%(number)s is settled: save this as a new case") % {"number": case.number})
        if call is not None:
            intake.put_call_on(case, call, _who_called(case, data, call))
        words = (data.get("words") or "").strip()
        if words:
            intake.add_words(case, words, timezone.now())
        text = _as_note(data)
        if text and not case.notes.filter(text=text, by=agent).exists():
            Note.objects.create(case=case, by=agent, text=text)
        _goes_on(case, agent)
        steps.announce(case)
    return case


def take_back(case: Case, call: Call | None) -> None:
    """The press was a mistake: the call is no longer on that case, and lies where every call lies that has none."""
    if call is None:
        return
    with transaction.atomic():
        on_case = Contact.objects.filter(call=call, case=case)
        if Contact.objects.filter(call=call, case=None).exists():
            on_case.delete()
        else:
            on_case.update(case=None)
        steps.announce(case)


def likeness(one: str, other: str) -> float:
    """The share of pairs of signs that two texts have in common, 0 to 1."""
    return _likeness(_pairs(one), _pairs(other))


def _likeness(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / len(left | right) if left and right else 0.0


@lru_cache(maxsize=1000)  # the newest texts of a district are looked at for every case of it
def _pairs(text: str) -> frozenset[str]:
    plain = SIGNS.sub("", text).casefold()
    return frozenset(plain[i : i + 2] for i in range(len(plain) - 1))


# Every open case of a person under these numbers, asked for or asking; and every open one at the door.
NUMBER_OR_DOOR = """
    with asking as materialized (
        select unnest(%(people)s::bigint[]) as id
        union
        (select resident_id from cases_phone where number = any(%(numbers)s::text[]) limit %(most)s)
    ), door as materialized (
        select id from cases_address
        where community_id = %(community)s and building = %(building)s and room = %(room)s limit %(most)s
    )
    (select 'number', id from cases_case where person_id in (select id from asking) and state = any(%(open)s)
        union select 'number', id from cases_case
            where reporter_id in (select id from asking) and state = any(%(open)s)
        order by 2 desc limit %(most)s)
    union all
    (select 'door', id from cases_case where address_id in (select id from door) and state = any(%(open)s)
        limit %(most)s)
"""


def _same_number_or_door(matter: Matter) -> list[tuple[str, int]]:
    wanted: dict[str, Any] = {
        "people": list(matter.people),
        "numbers": list(matter.numbers),
        "community": matter.community if matter.room else None,
        "building": matter.building,
        "room": matter.room,
        "open": [str(state) for state in OPEN_STATES],
        "most": LOOKED_AT,
    }
    with connection.cursor() as cursor:
        cursor.execute(NUMBER_OR_DOOR, wanted)
        return cursor.fetchall()


def _same_words(matter: Matter, now: datetime) -> Iterable[int]:
    """Help that is asked for somebody is passed on and comes in again from other numbers, almost word for word."""
    if len(SIGNS.sub("", matter.words)) < SHORTEST_WORDS:
        return []
    # as the index case_open_lately has it: a day brings tens of thousands that are settled
    lately = Case.objects.filter(created_at__gte=now - WITHIN).exclude(state__in=FINAL_STATES).exclude(words="")
    if matter.district:
        lately = lately.filter(Q(district=matter.district) | Q(district=None))
    rows = lately.order_by("-created_at").values_list("pk", "words")[:WORDS_LOOKED_AT]
    mine = _pairs(matter.words)
    return [pk for pk, words in rows if _likeness(mine, _pairs(words)) >= LIKE]


def _same_item(matter: Matter, pks: list[int]) -> set[int]:
    asked = {_plain(item) for item in matter.items if item.strip()}
    theirs = Need.objects.filter(case__in=pks).values_list("case", "item") if asked else ()
    plain = [(pk, _plain(item)) for pk, item in theirs]
    return {pk for pk, other in plain if any(one in other or other in one for one in asked)}


def _plain(item: str) -> str:
    return SIGNS.sub("", item).casefold()


def _who_called(case: Case, data: dict[str, Any], call: Call) -> Any:
    """One of the case's own people when the number is theirs, else whoever is known under it."""
    number = call.number
    for person in (case.reporter, case.person):
        if person and number and number in people.numbers(person):
            return person
    name = ((data.get("caller") or {}).get("name") or "").strip()
    return people.find_or_make(number, name=name, language=data.get("language") or "")


def _as_note(data: dict[str, Any]) -> str:
    """What was typed, as words for whoever opens the case next."""
    needs = [
        " ".join(
            filter(None, [n.get("item"), n.get("brand"), n.get("specification"), n.get("quantity"), n.get("unit")])
        )
        for n in data.get("needs") or []
    ]
    address = data.get("address") or {}
    where = " ".join(
        filter(
            None, [address.get("community_name"), address.get("building"), address.get("room"), address.get("street")]
        )
    )
    caller = data.get("caller") or {}
    parts = [
        (_("again"), (data.get("words") or "").strip()),
        (_("needs"), ", ".join(filter(None, needs))),
        (_("address"), where),
        (_("caller"), " ".join(filter(None, [caller.get("name"), caller.get("number")]))),
        (_("note"), (data.get("note") or "").strip()),
    ]
    if not any(words for label, words in parts if label != _("caller")):
        return ""
    return "\n".join(f"{label}: {words}" for label, words in parts if words)


def _goes_on(case: Case, agent: User) -> None:
    """They were heard: what waited for their word waits no longer."""
    if case.contacted_at is None:
        steps.write(case, by=agent, reason=_("spoken to by telephone"), contacted_at=timezone.now())
    if case.unconfirmed_since:
        freshness.heard(case, by=agent, reason=_("spoken to by telephone"))
    if case.state == CaseState.ON_HOLD and case.hold_reason == holds.FOR_THE_RESIDENT:
        holds.resume(case, by=agent, reason=_("spoken to by telephone"))
