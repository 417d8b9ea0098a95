"""One time line of a case: calls, texts, moves, notes and attempts, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from cases.lifecycle import CASE
from cases.models import Attempt, Case, Contact, Note, Phone, Transition
from hotline.models import Message, User


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `kind` is call, text_in, text_out, move, note or attempt; `row` is what it is made of.

    `case` is the case it happened on: of a merged case the other's entries are shown too.
    """

    at: datetime
    kind: str
    row: Any
    case: Case
    text: str = ""
    by: User | None = None
    unread: bool = False

    @property
    def key(self) -> str:
        """Names the entry on its page."""
        return f"{self.kind}-{self.row.pk}"


def of(case: Case, *, before: datetime | None = None, limit: int = 50) -> list[Entry]:
    """The last `limit` entries before a moment, newest below; with those of the cases merged into this one."""
    everybody = {found.pk: found for found in [case, *case.duplicates.all()]}
    parts = [_contacts, _texts_out, _moves, _notes, _attempts]
    found = [entry for part in parts for entry in part(everybody, before, limit)]
    return sorted(found, key=lambda entry: (entry.at, entry.kind == "move"))[-limit:]


def first_unread(entries: list[Entry]) -> Entry | None:
    """Where the eye should go first."""
    return next((entry for entry in entries if entry.unread), None)


def read_all(case: Case) -> int:
    """Somebody has the case open: what was unread is read."""
    return Contact.objects.filter(case=case, unread=True).update(unread=False)


def _last(rows: QuerySet[Any], before: datetime | None, limit: int, at: str = "at") -> QuerySet[Any]:
    rows = rows.filter(Q(**{f"{at}__lt": before})) if before else rows
    return rows.order_by(f"-{at}", "-id")[:limit]


def _contacts(cases: dict[int, Case], before: datetime | None, limit: int) -> Iterator[Entry]:
    rows = Contact.objects.filter(case__in=cases).select_related("message", "call__agent")
    rows = rows.prefetch_related("message__pictures")
    for row in _last(rows, before, limit):
        owner = cases[row.case_id]
        if row.call:
            yield Entry(row.at, "call", row, owner, row.call.outcome, row.call.agent, row.unread)
        elif row.message:
            yield Entry(row.at, "text_in", row, owner, row.message.body, None, row.unread)


def _texts_out(cases: dict[int, Case], before: datetime | None, limit: int) -> Iterator[Entry]:
    topics = {f"case:{pk}": found for pk, found in cases.items()}
    numbers = _numbers(cases)
    # the index is over the number; the topic says which of its texts are about these cases
    rows = Message.objects.filter(number__in=numbers, topic__in=topics, direction="out").select_related("author")
    for row in _last(rows, before, limit, "created_at"):
        yield Entry(row.created_at, "text_out", row, topics[row.topic], row.body, row.author)


def _numbers(cases: dict[int, Case]) -> list[str]:
    people = {pk for case in cases.values() for pk in (case.person_id, case.reporter_id) if pk}
    return [str(number) for number in Phone.objects.filter(resident__in=people).values_list("number", flat=True)]


def _moves(cases: dict[int, Case], before: datetime | None, limit: int) -> Iterator[Entry]:
    rows = Transition.objects.filter(case__in=cases).select_related("by")
    for row in _last(rows, before, limit):
        label = CASE.moves[row.move].label if row.move in CASE.moves else row.get_to_state_display()
        words = ": ".join(part for part in [str(label), row.reason] if part)
        yield Entry(row.at, "move", row, cases[row.case_id], words, row.by)


def _notes(cases: dict[int, Case], before: datetime | None, limit: int) -> Iterator[Entry]:
    for row in _last(Note.objects.filter(case__in=cases).select_related("by"), before, limit):
        yield Entry(row.at, "note", row, cases[row.case_id], row.text, row.by)


def _attempts(cases: dict[int, Case], before: datetime | None, limit: int) -> Iterator[Entry]:
    rows = Attempt.objects.filter(callback__case__in=cases).select_related("by", "callback")
    for row in _last(rows, before, limit):
        words = " · ".join(
            part for part in [row.callback.get_kind_display(), row.get_outcome_display(), row.note] if part
        )
        yield Entry(row.at, "attempt", row, cases[row.callback.case_id], words, row.by)
