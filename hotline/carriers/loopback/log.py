from collections import Counter, deque
from itertools import islice
from typing import Any

from .sids import now

KEPT = 100_000


class Log:
    """Everything that passed between the carrier and the outside, numbered; the oldest entries fall off."""

    def __init__(self) -> None:
        self.entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.last = 0
        self.counts: Counter[str] = Counter()

    def add(self, kind: str, **fields: Any) -> dict[str, Any]:
        """kind: rest (asked of us), webhook (we asked for instructions), callback (we reported), alert, sms."""
        self.last += 1
        entry = {"seq": self.last, "at": now().isoformat(), "kind": kind, **fields}
        self.entries.append(entry)
        self.counts[kind] += 1
        return entry

    def alert(self, code: int, text: str, **fields: Any) -> dict[str, Any]:
        """What Twilio shows in its debugger: the hotline answered wrongly or not at all."""
        return self.add("alert", error_code=code, message=text, **fields)

    def since(self, seq: int, kind: str = "", limit: int = 1000) -> list[dict[str, Any]]:
        first = self.entries[0]["seq"] if self.entries else 0
        start = max(0, seq + 1 - first)
        wanted = (entry for entry in islice(self.entries, start, None) if not kind or entry["kind"] == kind)
        return list(islice(wanted, limit))

    def clear(self) -> None:
        self.entries.clear()
        self.counts.clear()
