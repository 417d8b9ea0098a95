import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..phones import Phone
from ..records import Call
from ..sids import now
from .waiting import first_event

if TYPE_CHECKING:
    from .bridge import Bridge
    from .conference import Participant

KEPT_LINES = 300


class Listener:
    """Whoever waits for keys or speech on a leg: a Gather, a Record, a Dial with hangupOnStar."""

    def __init__(self, *, keys: bool = True, speech: bool = False) -> None:
        self.takes_keys = keys
        self.takes_speech = speech
        self.heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()


class Leg:
    """The live side of a call: one telephone and the document it is being led through."""

    def __init__(self, call: Call, phone: Phone, answered_at: float = 0.0) -> None:
        self.call = call
        self.phone = phone
        self.answered_at = answered_at
        # why the current document was broken off: "hangup" or "redirected"
        self.interruption = ""
        self.program: asyncio.Task[None] | None = None
        self.picked_up = asyncio.Event()
        self.refused = ""
        self._refusal = asyncio.Event()
        self.ended = asyncio.Event()
        self.listener: Listener | None = None
        self.link: Bridge | Participant | None = None
        # somebody's voice was connected at least once
        self.reached_person = False
        # a child of a Dial that has been led elsewhere and no longer ends with it
        self.independent = False
        # a child of a Dial that may be connected (its whisper is over)
        self.ready = asyncio.Event()
        self.muted = False
        # how many prompts the person has answered with keys, and how many reports went out
        self.prompts_answered = 0
        self.reports = 0
        self._doing: deque[dict[str, Any]] = deque([{"kind": "ringing"}])

    @property
    def sid(self) -> str:
        return self.call.sid

    @property
    def waiting_for(self) -> dict[str, Any]:
        return self._doing[-1] if self._doing else {"kind": "nothing"}

    @contextmanager
    def doing(self, kind: str, **details: Any) -> Iterator[dict[str, Any]]:
        """What this leg is in, for whoever looks; the innermost is shown."""
        state = {"kind": kind, **details}
        self._doing.append(state)
        self.phone.changed()
        try:
            yield state
        finally:
            self._doing.remove(state)
            self.phone.changed()

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[Listener]:
        before, self.listener = self.listener, listener
        try:
            yield listener
        finally:
            self.listener = before

    def hear(self, kind: str, text: str = "", **details: Any) -> dict[str, Any]:
        """Something sounds in this telephone. kind: say, play, person, music, tone."""
        line = {"at": now().isoformat(), "kind": kind, "text": text, **details}
        self.call.heard.append(line)
        del self.call.heard[:-KEPT_LINES]
        self.phone.changed()
        return line

    def refuse(self, why: str) -> None:
        """The person declines, or the line is busy."""
        self.refused = why
        self._refusal.set()

    async def until_answered_or_refused(self, seconds: float) -> None:
        await first_event(self.picked_up, self._refusal, self.ended, timeout=seconds)

    def press(self, key: str) -> bool:
        """A key of the telephone; False when nobody listens for keys."""
        return self._offer("key", key) if self.listener and self.listener.takes_keys else False

    def utter(self, text: str) -> None:
        line = {"at": now().isoformat(), "text": text}
        self.call.said.append(line)
        del self.call.said[:-KEPT_LINES]
        if self.listener and self.listener.takes_speech:
            self._offer("speech", text)
        self.phone.changed()

    def _offer(self, kind: str, value: str) -> bool:
        if self.listener is None:
            return False
        self.listener.heard.put_nowait((kind, value))
        return True
