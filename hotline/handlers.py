"""What the line hands on: the package that knows about people registers itself here and is told of calls and messages.

`hotline` never imports `cases`. `cases` calls `register` in its AppConfig.ready with an object of this shape. Every method is
called inside the transaction that writes the call or message, under the lock of the number (hotline.locks.hold_number), so
what it writes is there exactly when the call or message is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from hotline.models import Call, Line, Message, Skill


@dataclass(frozen=True)
class MenuEntry:
    """One key of the caller's menu. `spoken` is what is said in the caller's language after "press n for"."""

    key: str
    slug: str
    spoken: str
    skill: Skill | None = None


@dataclass(frozen=True)
class Caller:
    """What is known of a number before anybody speaks: names are for agents only, `status` may be read out to the caller."""

    match: str = "unknown"  # known: one person; maybe: several share the number; unknown
    name: str = ""
    language: str = ""
    level: int = 3  # of the most urgent open case: it decides the place in the queue
    open_cases: list[str] = field(default_factory=list)  # case numbers
    status: str = ""  # one or two sentences about the newest open case, in the caller's language


class LineHandlers(Protocol):
    """What `cases` does with what the line brings."""

    def message_received(self, message: Message) -> None:
        """An incoming text: put it on a case, answer it, or leave it in the visible inbox. Sets nothing on the message.

        One whose `purpose` is opt_out or opt_in has been obeyed and answered already, and is only to be kept on record.
        One whose `purpose` is "blocked" comes from a blocked number: it is kept, and makes no case.
        """

    def message_undeliverable(self, message: Message) -> None:
        """An outgoing text ended failed or undelivered for good: somebody has to call instead."""

    def pictures_settled(self, message: Message) -> None:
        """A picture of an incoming text is there now, or will never be: pages that show the text may show it."""

    def menu(self, language: str) -> list[MenuEntry]:
        """The categories offered by keypad now, in order."""

    def who_is_calling(self, number: str) -> Caller:
        """Looked up when a call comes in; must not write."""

    def place_kept(self, number: str, line: Line) -> datetime | None:
        """Since when a call is owed to somebody who now calls again: the place in the queue counts from then."""

    def is_emergency(self, words: str) -> bool:
        """Whether what a caller has said means that a life is in danger now."""

    def call_connected(self, call: Call) -> None:
        """An agent and the person talk: the desk's intake form opens on it."""

    def call_not_answered(self, call: Call) -> None:
        """Abandoned, voicemail or call-back asked: owe the person a call, due from call.waiting_since, one per person."""

    def call_turned_away(self, call: Call) -> None:
        """The number is blocked: to be kept on record."""

    def call_served(self, call: Call) -> None:
        """The caller heard how the open case stands and hung up: to be kept on that case."""

    def call_ended(self, call: Call) -> None:
        """A connected call, in or out, has ended; for one out, call.topic says whom it was for ("callback:12")."""

    def machine_answered(self, call: Call, is_machine: bool) -> None:
        """A connected call out talks to a machine: nobody was spoken to. False when the agent hears a person after all."""

    def call_wrapped_up(self, call: Call) -> None:
        """The agent is done with the call; what nobody wrote down may be concluded now."""

    def call_failed(self, call: Call, outcome: str) -> None:
        """A call out did not come about: no_answer, busy, switched_off, wrong_number, voicemail or failed; "" when the
        person's phone never rang because the agent's own was not picked up, which is no attempt."""


_registered: list[LineHandlers] = []


def register(handlers: LineHandlers) -> None:
    """Makes `handlers` the one the line talks to."""
    _registered[:] = [handlers]


def handlers() -> LineHandlers:
    """The registered one; without any the line has nobody to hand to, which is a mistake of configuration."""
    if not _registered:
        raise RuntimeError("no package has registered for what the line brings (hotline.handlers.register)")
    return _registered[0]
