"""One time line of a case: calls, texts, moves, notes and attempts, in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, prefetch_related_objects

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


# What an entry is made of: as Entry, but who did it is not read yet.
Part = tuple[datetime, str, Any, Case, str, int | None, bool]


def of(
    case: Case, *, before: datetime | None = None, limit: int = 50, numbers: Sequence[str] | None = None
) -> list[Entry]:
    """The last `limit` entries before a moment, newest below; with those of the cases merged into this one.

    `numbers` are those of the case's own people, where they have been read already.
    """
    has_merged, has_notes, has_attempts = _there(case)
    merged = Case.objects.filter(merged_into=case).only("person", "reporter") if has_merged else []
    everybody = {found.pk: found for found in [case, *merged]}
    reached = _numbers(everybody) if numbers is None or has_merged else numbers
    found: list[Part] = [
        *_contacts(everybody, before, limit),
        *_texts_out(everybody, reached, before, limit),
        *_moves(everybody, before, limit),
        *(_notes(everybody, before, limit) if has_notes or has_merged else ()),
        *(_attempts(everybody, before, limit) if has_attempts or has_merged else ()),
    ]
    shown = sorted(found, key=lambda part: (part[0], part[1] == "move"))[-limit:]
    by = _people({part[5] for part in shown})
    return [Entry(at, kind, row, owner, text, by.get(pk), unread) for at, kind, row, owner, text, pk, unread in shown]


def first_unread(entries: list[Entry]) -> Entry | None:
    """Where the eye should go first."""
    return next((entry for entry in entries if entry.unread), None)


def read_all(case: Case) -> int:
    """Somebody has the case open: what was unread is read."""
    return Contact.objects.filter(case=case, unread=True).update(unread=False)


# What most cases have nothing of: then it is not asked for.
THERE = """
    select exists (select from cases_case where merged_into_id = %(case)s),
        exists (select from cases_note where case_id = %(case)s),
        exists (select from cases_attempt join cases_callback on cases_callback.id = callback_id where case_id = %(case)s)
"""


def _there(case: Case) -> tuple[bool, bool, bool]:
    with connection.cursor() as cursor:
        cursor.execute(THERE, {"case": case.pk})
        return cursor.fetchone()


def _last(rows: QuerySet[Any], before: datetime | None, limit: int, at: str = "at") -> QuerySet[Any]:
    rows = rows.filter(Q(**{f"{at}__lt": before})) if before else rows
    return rows.order_by(f"-{at}", "-id")[:limit]


def _contacts(cases: dict[int, Case], before: datetime | None, limit: int) -> Iterator[Part]:
    rows = Contact.objects.filter(case__in=cases).select_related("message", "call")
    words = ("message__body", "message__media_count", "message__line")
    call = ("call__direction", "call__state", "call__outcome", "call__agent")
    contacts = list(_last(rows.only("case", "at", "unread", *words, *call), before, limit))
    pictured = [row.message for row in contacts if row.message and row.message.media_count]
    prefetch_related_objects(pictured, "pictures")
    for row in contacts:
        owner = cases[row.case_id]
        if row.call:
            yield row.at, "call", row, owner, row.call.outcome, row.call.agent_id, row.unread
        elif row.message:
            yield row.at, "text_in", row, owner, row.message.body, None, row.unread


def _texts_out(cases: dict[int, Case], numbers: Sequence[str], before: datetime | None, limit: int) -> Iterator[Part]:
    topics = {f"case:{pk}": found for pk, found in cases.items()}
    # the index is over the number; the topic says which of its texts are about these cases
    rows = Message.objects.filter(number__in=numbers, topic__in=topics, direction="out")
    rows = rows.only("created_at", "topic", "body", "author", "state", "reason", "purpose")
    for row in _last(rows, before, limit, "created_at"):
        yield row.created_at, "text_out", row, topics[row.topic], row.body, row.author_id, False


def _numbers(cases: dict[int, Case]) -> list[str]:
    people = {pk for case in cases.values() for pk in (case.person_id, case.reporter_id) if pk}
    return [str(number) for number in Phone.objects.filter(resident__in=people).values_list("number", flat=True)]


def _moves(cases: dict[int, Case], before: datetime | None, limit: int) -> Iterator[Part]:
    for row in _last(Transition.objects.filter(case__in=cases), before, limit):
        label = CASE.moves[row.move].label if row.move in CASE.moves else row.get_to_state_display()
        words = ": ".join(part for part in [str(label), row.reason] if part)
        yield row.at, "move", row, cases[row.case_id], words, row.by_id, False


def _notes(cases: dict[int, Case], before: datetime | None, limit: int) -> Iterator[Part]:
    for row in _last(Note.objects.filter(case__in=cases), before, limit):
        yield row.at, "note", row, cases[row.case_id], row.text, row.by_id, False


def _attempts(cases: dict[int, Case], before: datetime | None, limit: int) -> Iterator[Part]:
    rows = Attempt.objects.filter(callback__case__in=cases).select_related("callback")
    rows = rows.only("at", "outcome", "note", "by", "callback__kind", "callback__case")
    for row in _last(rows, before, limit):
        words = " · ".join(
            part for part in [row.callback.get_kind_display(), row.get_outcome_display(), row.note] if part
        )
        yield row.at, "attempt", row, cases[row.callback.case_id], words, row.by_id, False


def _people(pks: set[int | None]) -> dict[int | None, User]:
    """Who did what, each read once."""
    wanted = [pk for pk in pks if pk]
    return {by.pk: by for by in User.objects.filter(pk__in=wanted).only("username", "name")} if wanted else {}
