"""Several people's requests that come together: one building, one caller who asks for the neighbours.

Written down as a table of people and needs, typed or pasted; each person gets a case of their own, so that triage, promises
and dispatch treat everybody alike, and the group is what the desk handles together: one call for all, an outcome each.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import freshness, holds, intake, outcomes, people, queue, steps, triage
from cases.intake import typed
from cases.lifecycle import CASE, CaseState
from cases.models import Case, CaseGroup, Community, Contact, StillNeeded, Survey
from cases.triage import items
from hotline import outbox
from hotline.lifecycle import MoveRefused
from hotline.models import Call, Line, User

log = logging.getLogger(__name__)
MOST_ROWS = 120
FIELDS = ("room", "name", "number", "item", "specification", "quantity", "unit", "days", "remarks")
# How a pasted table calls its columns; a table without a head has them in the order of FIELDS.
HEADS: dict[str, tuple[str, ...]] = {
    "room": ("室", "室号", "房间", "房号", "门牌", "room", "flat"),
    "name": ("姓名", "名字", "居民", "name"),
    "number": ("电话", "手机", "手机号", "联系电话", "联系方式", "phone", "telephone", "mobile"),
    "item": ("药品", "药名", "物品", "需求", "品名", "item", "medicine", "need"),
    "specification": ("规格", "剂量", "strength", "specification"),
    "quantity": ("数量", "quantity", "how many", "qty"),
    "unit": ("单位", "unit"),
    "days": ("剩余天数", "还剩", "天数", "days", "days left"),
    "remarks": ("备注", "说明", "情况", "remarks", "note", "notes"),
}
HEAD_OF = {word: name for name, words in HEADS.items() for word in words}
MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?(1\d{2}[- ]?\d{4}[- ]?\d{4})(?!\d)")
ROOM = re.compile(r"(?<!\d)(\d{1,2}[-#]\d{3,4}|\d{3,4})(?:\s*(?:室|房))?(?=[\s,，、:：]|$)|(\d{2,4})\s*(?:室|房)")
NAME = re.compile(
    r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{2,3}|[\u4e00-\u9fff]{1,2}(?:女士|先生|阿姨|大爷|爷爷|奶奶|老师))(?![\u4e00-\u9fff])"
)
CUT = re.compile(r"[\t,，;；]")


@dataclass(frozen=True)
class Row:
    """One line of the table: a person and a thing. The same person on two lines is one case with two needs."""

    id: str = ""
    room: str = ""
    name: str = ""
    number: str = ""
    item: str = ""
    specification: str = ""
    quantity: str = ""
    unit: str = ""
    days: str = ""
    remarks: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(value for name, value in asdict(self).items() if name != "id")

    @property
    def who(self) -> tuple[str, str, str]:
        return self.room, self.name, self.number


@dataclass(frozen=True)
class Done:
    """What became of one line, or of one case of a group: `why_not` is empty when it was done."""

    why_not: str = ""
    case: Case | None = None
    row: Row | None = None


# reading a list


def read(text: str) -> list[Row]:
    """The lines of a pasted list: columns from a table, or free words as neighbours send them round."""
    lines = [line.strip() for line in text.replace("\r", "").split("\n") if line.strip()][:MOST_ROWS]
    if not lines:
        return []
    if not all(len(CUT.split(line)) > 2 for line in lines):
        return [row for line in lines for row in _from_words(line)]
    first = [cell.strip().casefold() for cell in CUT.split(lines[0])]
    columns: Sequence[str | None] = FIELDS
    if sum(cell in HEAD_OF for cell in first) >= 2:
        columns, lines = [HEAD_OF.get(cell) for cell in first], lines[1:]
    rows = []
    for line in lines:
        cells = [cell.strip() for cell in CUT.split(line)]
        named = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
        rows.append(Row(**named))
    return [row for row in rows if not row.is_empty]


def _from_words(line: str) -> list[Row]:
    """A line in words: what was found stands in its column, and the whole line stays as the remark."""
    line = re.sub(r"^\s*\d{1,2}[.、)）]\s*", "", line)
    mobile = MOBILE.search(line)
    rest = line.replace(mobile.group(), " ") if mobile else line
    room = ROOM.search(rest)
    rest = rest.replace(room.group(), " ", 1) if room else rest
    name = NAME.search(rest)
    known = name and items.look_up(name[1])
    reading = triage.read(rest, at=timezone.now())
    left = reading.supply_ends_at - timezone.now() if reading.supply_ends_at else None
    who = {
        "room": (room[1] or room[2]) if room else "",
        "name": name[1] if name and not known else "",
        "number": re.sub(r"\D", "", mobile[1]) if mobile else "",
        "days": str(max(round(left / timedelta(days=1)), 0)) if left is not None else "",
        "remarks": line[:300],
    }
    wanted = [
        {
            "item": need.item,
            "specification": need.specification,
            "quantity": f"{need.quantity:g}" if need.quantity is not None else "",
            "unit": need.unit,
        }
        for need in reading.needs
    ] or [{}]
    return [Row(**who, **need) for need in wanted]


# writing it down


def save(
    key: str,
    head: Mapping[str, Any],
    rows: Iterable[Row],
    *,
    agent: User,
    call: Call | None = None,
) -> tuple[CaseGroup, list[Done]]:
    """Makes the group and a case for each person; a line that cannot be one says why, and the others are made.

    `head`: name, note, category (a slug), community (an id), community_name, building, caller_name, caller_number,
    relation. The same key and line are the same case however often it is pressed.
    """
    group = _group(key, head, agent, call)
    done: list[Done] = []
    for person in _by_person(rows):
        done += _write(group, head, person, agent, call)
    _receipt(group)
    log.info("group %s: %s lines, %s not written", group.pk, len(done), sum(1 for one in done if one.why_not))
    return group, done


def _group(key: str, head: Mapping[str, Any], agent: User, call: Call | None) -> CaseGroup:
    community = _community(head)
    number = people.e164(str(head.get("caller_number") or "")) or ""
    with transaction.atomic():
        contact = None
        if number or head.get("caller_name"):
            contact = people.find_or_make(number, name=str(head.get("caller_name") or "").strip())
        building = str(head.get("building") or "").strip()[:30]
        where = " ".join(part for part in (community.name if community else "", building) if part)
        group, _is_new = CaseGroup.objects.get_or_create(
            key=key[:64],
            defaults={
                "line": call.line if call else Line.objects.filter(active=True).order_by("id")[0],
                "name": (str(head.get("name") or "").strip() or where or _("several people"))[:120],
                "contact": contact,
                "community": community,
                "building": building,
                "note": str(head.get("note") or "").strip()[:300],
                "by": agent,
            },
        )
    return group


def _community(head: Mapping[str, Any]) -> Community | None:
    found: Community | None = typed.by_pk(Community, str(head.get("community") or ""))
    return found


def _by_person(rows: Iterable[Row]) -> list[list[Row]]:
    """Lines of one person stand together; a line without room, name and number is a person of its own."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for i, row in enumerate(rows):
        if row.is_empty:
            continue
        who: tuple[str, ...] = row.who if any(row.who) else ("line", str(i))
        found.setdefault(who, []).append(row)
    return list(found.values())


def _write(group: CaseGroup, head: Mapping[str, Any], rows: list[Row], agent: User, call: Call | None) -> list[Done]:
    first = rows[0]
    if not any(row.item or row.remarks for row in rows):
        return [Done(_("say what is needed"), row=row) for row in rows]
    if first.number and not people.e164(first.number):
        return [Done(_("this is no telephone number"), row=row) for row in rows]
    key = f"group:{group.key}:{first.id}"[:80]
    if made := Case.objects.filter(intake_key=key).first():
        return [Done(case=made, row=row) for row in rows]
    data = _as_form(group, head, rows)
    try:
        with transaction.atomic():
            case = intake.save(data, agent=agent, key=key, call=call, group=group)
            _give_back(case, agent)
    except (MoveRefused, DatabaseError) as why:
        log.warning("group %s: a line was not written: %s", group.pk, type(why).__name__)
        text = str(why) if isinstance(why, MoveRefused) else _("this line could not be written")
        return [Done(text, row=row) for row in rows]
    return [Done(case=case, row=row) for row in rows]


def _give_back(case: Case, agent: User) -> None:
    """Forty cases are not one agent's: they wait in the queue in their order, each with its own time."""
    if case.owner == Case.Owner.AGENT and case.owner_agent_id == agent.pk:
        queue.hand_back(case, agent, reason=_("written down as one of a group"))


def _as_form(group: CaseGroup, head: Mapping[str, Any], rows: list[Row]) -> dict[str, Any]:
    """The lines of one person in the structure of the intake form."""
    first = rows[0]
    category = str(head.get("category") or "")
    known = items.look_up(first.item) if first.item else None
    if not category and known:
        category = str(known.facts.get("category") or "")
    contact = group.contact
    caller_number = next(iter(people.numbers(contact)), "") if contact else ""
    is_caller = bool(contact and first.number and people.e164(first.number) == caller_number)
    building, _cut, room = first.room.replace("#", "-").rpartition("-")
    return {
        "words": " ".join(dict.fromkeys(row.remarks for row in rows if row.remarks)),
        "for_whom": "caller" if is_caller or contact is None else "other",
        "caller": {"name": contact.name, "number": caller_number}
        if contact
        else {"name": first.name, "number": first.number},
        "person": {"name": first.name, "number": first.number},
        "relation": str(head.get("relation") or "neighbour"),
        "category": category,
        "needs": [_need(row) for row in rows if row.item],
        "address": {
            "community": str(group.community_id or ""),
            "building": building or group.building,
            "room": room,
        },
        "hard_of_hearing": contact.hard_of_hearing if contact else False,
    }


def _need(row: Row) -> dict[str, str]:
    need = {name: getattr(row, name) for name in ("item", "specification", "quantity", "unit")}
    if row.days.isdecimal() and len(row.days) < 4:
        need["left_until"] = (timezone.now() + timedelta(days=int(row.days))).isoformat()
    known = items.look_up(row.item)
    if known and known.facts.get("prescription"):
        need["prescription"] = "yes"
    return need


def _receipt(group: CaseGroup) -> None:
    """One text to whoever spoke for them all, with the first number and how many there are."""
    number = people.text_number(group.contact) if group.contact else ""
    numbers = list(group.cases.order_by("id").values_list("pk", flat=True))
    if not number or not numbers:
        return
    first = group.cases.order_by("id")[0]
    outbox.send(
        line=group.line,
        number=number,
        event="group_received",
        topic=f"group:{group.pk}",
        words={"count": len(numbers), "number": first.number, "where": group.name},
        occasion=str(len(numbers)),
        language=first.language,
        level=first.level,
    )


# handling it together


def cases_of(group: CaseGroup) -> list[Case]:
    """Its people's cases by room, as the table shows them."""
    found = group.cases.select_related(
        "person", "category", "address__community", "owner_agent", "line", "judged_by", "merged_into", "reporter"
    ).prefetch_related("needs")
    return sorted(found, key=lambda case: (case.address.building if case.address else "", _room(case), case.pk))


def _room(case: Case) -> str:
    return (case.address.room if case.address else "").rjust(6)


Act = Callable[[Case, User, Mapping[str, str]], Any]


def _received(case: Case, by: User, said: Mapping[str, str]) -> Any:
    if case.state not in (CaseState.DELIVERED, CaseState.FOLLOW_UP):
        raise MoveRefused(_("nothing was delivered yet"))
    return outcomes.confirmed(case, by=by, note=said.get("reason", ""))


def _not_received(case: Case, by: User, said: Mapping[str, str]) -> Any:
    if case.state not in (CaseState.DELIVERED, CaseState.FOLLOW_UP):
        raise MoveRefused(_("nothing was delivered yet"))
    return outcomes.contradicted(case, Survey.Answer.NOT_YET, by=by)


def _still(case: Case, by: User, said: Mapping[str, str]) -> Any:
    if not case.is_open:
        raise MoveRefused(_("it is settled"))
    return freshness.answer(case, StillNeeded.Answer.YES, by=by)


def _no_longer(case: Case, by: User, said: Mapping[str, str]) -> Any:
    return outcomes.cancel(case, by=by, reason=said.get("reason") or _("no longer needed"))


def _source(case: Case, by: User, said: Mapping[str, str]) -> Any:
    return steps.move(case, "source", by=by)


def _ready(case: Case, by: User, said: Mapping[str, str]) -> Any:
    return steps.move(case, "make_ready", by=by)


def _hold(case: Case, by: User, said: Mapping[str, str]) -> Any:
    until = timezone.now() + timedelta(hours=24)
    return holds.hold(case, until=until, reason=said.get("reason") or "stock", by=by)


def _resume(case: Case, by: User, said: Mapping[str, str]) -> Any:
    return holds.resume(case, by=by)


def _given_up(case: Case, by: User, said: Mapping[str, str]) -> Any:
    return outcomes.give_up(
        case, Case.Outcome.NOT_AVAILABLE, by=by, reason=said.get("reason") or _("goods not to be had")
    )


# what can be done to any number of them: by slug
ACTS: dict[str, Act] = {
    "received": _received,
    "not-received": _not_received,
    "still": _still,
    "no-longer": _no_longer,
    "source": _source,
    "ready": _ready,
    "hold": _hold,
    "resume": _resume,
    "give-up": _given_up,
}


def act(
    group: CaseGroup,
    chosen: Mapping[int, str],
    *,
    by: User,
    said: Mapping[str, str] | None = None,
    call: Call | None = None,
) -> list[Done]:
    """Does to each case (by id) what is said about it; a refusal concerns that one alone.

    `call` is the one in which they were all spoken about: it is on every case it settled something for.
    """
    done = []
    for case in cases_of(group):
        slug = chosen.get(case.pk)
        if slug not in ACTS:
            continue
        try:
            with transaction.atomic():
                ACTS[slug](case, by, said or {})
                if call is not None:
                    _note_call(case, call, group)
        except MoveRefused as why:
            done.append(Done(str(why), case))
        else:
            done.append(Done(case=case))
    return done


def can(case: Case, by: User) -> list[str]:
    """Which acts make sense for this case now, for the table's own choice."""
    if not case.is_open:
        return []
    if case.state in (CaseState.DELIVERED, CaseState.FOLLOW_UP):
        return ["received", "not-received"]
    moves = [("source", "source"), ("ready", "make_ready"), ("resume", "resume")]
    return ["still", "no-longer", *[slug for slug, name in moves if case.state in CASE.moves[name].sources]]


def _note_call(case: Case, call: Call, group: CaseGroup) -> None:
    loose = Contact.objects.filter(call=call, case=None).first()
    if loose and not Contact.objects.filter(call=call, case=case).exists():
        loose.case, loose.resident, loose.unread = case, group.contact, False
        loose.save()
    else:
        Contact.objects.get_or_create(
            call=call, case=case, defaults={"line": call.line, "resident": group.contact, "taken_as": "group"}
        )


def call_about(group: CaseGroup, call: Call | None) -> Call | None:
    """The call in hand, when it is with whoever speaks for this group."""
    if call is None:
        return None
    numbers = people.numbers(group.contact) if group.contact else []
    return call if call.topic == topic_of(group) or (call.number and call.number in numbers) else None


def topic_of(group: CaseGroup) -> str:
    return f"group:{group.pk}"


def counts(cases: Iterable[Case]) -> dict[str, int]:
    """How many are open, delivered and settled."""
    found = list(cases)
    return {
        "all": len(found),
        "open": sum(case.is_open for case in found),
        "delivered": sum(case.delivered_at is not None for case in found),
    }


def latest(since: datetime, limit: int = 50) -> list[CaseGroup]:
    """The newest groups, for the list."""
    found = CaseGroup.objects.filter(created_at__gte=since).select_related("contact", "community", "by")
    return list(found.order_by("-id")[:limit])
