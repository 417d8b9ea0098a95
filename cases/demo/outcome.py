"""What became of each request that was played, as the database has it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cases.demo.scenario import Request, key, ordinals
from cases.models import Callback, Contact
from hotline.models import Call, InboundEvent, Message

TOLD_IN_MENU = "status_heard"  # the state of the open case was read out, and the caller hung up


@dataclass(frozen=True)
class Became:
    """Where one request is: on a case, a call-back or in the visible inbox; `place` is "" when it is nowhere."""

    request: Request
    by_call: bool
    place: str = ""  # case, call-back, inbox; menu for a caller who wanted to hear how the case stands
    number: str = ""
    state: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.place or "NOWHERE", self.number, self.state) if part)


def of(requests: list[Request], way: str) -> list[Became]:
    """One for each request, in their order."""
    return [*_became(requests, way)]


def figures(rows: Iterable[Became]) -> list[tuple[str, int]]:
    """How many are where, the most frequent first."""
    return Counter(" ".join(part for part in (row.place or "NOWHERE", row.state) if part) for row in rows).most_common()


def _became(requests: list[Request], way: str) -> Iterator[Became]:
    numbers = {key(request, way)[0] for request in requests}
    before = ordinals(requests, way)
    texts, calls = _texts(numbers), _calls(numbers)
    on_text = _contacts("message", [pk for rows in texts.values() for pk in rows])
    on_call = _contacts("call", [pk for rows in calls.values() for pk in rows])
    told = set(Call.objects.filter(number__in=numbers, outcome=TOLD_IN_MENU).values_list("pk", flat=True))
    callbacks = {row.number: row for row in Callback.objects.filter(number__in=numbers - {""}).order_by("id")}
    for request in requests:
        by_call, same = request.by_call(way), key(request, way)
        rows = calls[same[0]] if by_call else texts[same]
        position = before[request.id]
        pk = rows[position] if position < len(rows) else 0
        contact = (on_call if by_call else on_text).get(pk)
        owed = callbacks.get(same[0]) if by_call and pk else None
        if contact and contact.case:
            yield Became(request, by_call, "case", contact.case.number, contact.case.state)
        elif owed:
            yield Became(request, by_call, "call-back", str(owed.pk), owed.state)
        elif contact:
            yield Became(request, by_call, "inbox", "", "settled" if contact.settled_at else contact.taken_as)
        elif by_call and pk in told:
            yield Became(request, by_call, "menu", "", "heard how it stands")
        else:
            yield Became(request, by_call)


def _texts(numbers: set[str]) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    rows = Message.objects.filter(direction="in", number__in=numbers).order_by("id")
    for pk, number, body in rows.values_list("pk", "number", "body"):
        found[number, body.strip()].append(pk)
    return found


def _calls(numbers: set[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    rows = Call.objects.filter(direction="in", number__in=numbers).order_by("id")
    for pk, number in rows.values_list("pk", "number"):
        found[number].append(pk)
    return found


def _contacts(kind: str, ids: list[int]) -> dict[int, Contact]:
    """The contact of each text or call; one on a case before one in the inbox."""
    rows = Contact.objects.filter(**{f"{kind}__in": ids}).select_related("case").order_by("case_id", "id")
    return {getattr(row, f"{kind}_id"): row for row in reversed(rows)}


def still_to_take(numbers: Iterable[str]) -> int:
    """Kept webhooks of these numbers that no worker has taken yet."""
    return InboundEvent.objects.filter(number__in=set(numbers), state__in=["received", "failed"]).count()
