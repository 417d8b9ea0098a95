"""A lifecycle: the states of a model, the moves between them, and the only way to make one.

Declared once per model beside its rules (cases/lifecycle.py, dispatch/trip_lifecycle.py, ...). A declaration gives the
check in Python (role, guard, reason), the trigger that makes PostgreSQL refuse any other change of the state column,
and the drawing in docs/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pgtrigger
from django.db import models, transaction
from django.utils.translation import gettext as _

M = TypeVar("M", bound=models.Model)
Guard = Callable[[Any], str]


class MoveRefused(Exception):
    """The move is not allowed now; the text says why, in words for the person who pressed."""


@dataclass(frozen=True)
class Move:
    """One named move.

    `sources` -> one of `targets` (one, unless `choose` picks it from the object). `roles` are those who may press it;
    the system itself (by=None) always may. `guard` returns why not, or "". `needs_reason` asks for words.
    """

    name: str
    sources: frozenset[str]
    targets: frozenset[str]
    label: Any = ""
    roles: frozenset[str] = frozenset()
    guard: Guard | None = None
    needs_reason: bool = False
    choose: Callable[[Any], str] | None = None

    def target(self, obj: Any) -> str:
        return self.choose(obj) if self.choose else next(iter(self.targets))


def move(
    name: str,
    sources: str | Iterable[str],
    target: str | Iterable[str],
    *,
    label: Any = "",
    roles: Iterable[str] = (),
    guard: Guard | None = None,
    needs_reason: bool = False,
    choose: Callable[[Any], str] | None = None,
) -> Move:
    """A move, written the short way: one state or several on either side."""
    starts = {sources} if isinstance(sources, str) else set(sources)
    ends = {target} if isinstance(target, str) else set(target)
    return Move(name, frozenset(starts), frozenset(ends), label or name, frozenset(roles), guard, needs_reason, choose)


Moved = Callable[[Any, Move, str, Any, str], None]

DECLARED: dict[str, Lifecycle[Any]] = {}  # by name, for the drawings in docs/lifecycles.md


class Lifecycle(Generic[M]):
    """The moves of one model's state field."""

    def __init__(self, name: str, moves: Iterable[Move], *, field: str = "state") -> None:
        self.name = name
        self.field = field
        self.moves = {m.name: m for m in moves}
        self._listeners: list[Moved] = []
        DECLARED[name] = self

    def listen(self, listener: Moved) -> Moved:
        """Calls listener(obj, move, from_state, by, reason) inside the transaction of every move."""
        if listener not in self._listeners:
            self._listeners.append(listener)
        return listener

    def why_not(self, obj: M, name: str, by: Any = None, reason: str | None = None) -> str:
        """Why this move is refused now, in words; "" when it is allowed. reason=None leaves the reason unasked."""
        wanted = self.moves[name]
        if getattr(obj, self.field) not in wanted.sources:
            return _("not possible while it is “%(state)s”") % {"state": self._label(obj)}
        if by is not None and by.role not in wanted.roles:
            return _("your role may not do this")
        if wanted.needs_reason and reason is not None and not reason.strip():
            return _("please give a reason")
        return wanted.guard(obj) if wanted.guard else ""

    def apply(self, obj: M, name: str, *, by: Any = None, reason: str = "", **changes: Any) -> M:
        """Makes the move on the locked, fresh row, with `changes` to other fields; raises MoveRefused.

        `obj` is refreshed in place: what it carried unsaved is dropped. Two who press at once are served one after the
        other, and the second is told what the first did.
        """
        wanted = self.moves[name]
        with transaction.atomic():
            fresh = type(obj)._base_manager.select_for_update(no_key=True, of=("self",))
            obj.refresh_from_db(from_queryset=fresh)
            for field, value in changes.items():
                setattr(obj, field, value)
            refused = self.why_not(obj, name, by, reason)
            if refused:
                raise MoveRefused(refused)
            before = getattr(obj, self.field)
            setattr(obj, self.field, wanted.target(obj))
            obj._history_user = by  # type: ignore[attr-defined]
            obj._change_reason = reason[:100]  # type: ignore[attr-defined]
            obj.save()
            for listener in self._listeners:
                listener(obj, wanted, before, by, reason)
        return obj

    def pairs(self) -> list[tuple[str, str]]:
        """Every (from, to) the declaration allows, sorted."""
        return sorted({(a, b) for m in self.moves.values() for a in m.sources for b in m.targets if a != b})

    def trigger(self) -> pgtrigger.FSM:
        """Makes the database refuse a change of the state that no move declares. Other changes do not call it at all.

        It names its column since PostgreSQL parses the condition anew for each statement that may meet it.
        """
        changed = pgtrigger.Q(**{f"old__{self.field}__df": pgtrigger.F(f"new__{self.field}")})
        made = pgtrigger.FSM(name=f"{self.name}_states", condition=changed, field=self.field, transitions=self.pairs())
        made.operation = pgtrigger.UpdateOf(self.field)
        return made

    def drawing(self) -> str:
        """The lifecycle as a Mermaid state diagram, for docs/."""
        rows = [
            f"    {a} --> {b}: {m.name}"
            for m in self.moves.values()
            for a in sorted(m.sources)
            for b in sorted(m.targets)
        ]
        return "\n".join(["stateDiagram-v2", *rows])

    def _label(self, obj: M) -> str:
        display = getattr(obj, f"get_{self.field}_display", None)
        return str(display() if display else getattr(obj, self.field))
