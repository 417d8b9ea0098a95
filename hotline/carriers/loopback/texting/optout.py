"""The carrier's own opt-out: after STOP it refuses texts to that person (error 21610) until START."""

from ..journal import Journal

# Twilio's default keywords. Note CANCEL and END: a resident who cancels a request with that one word is opted out here too.
STOP = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
START = {"START", "YES", "UNSTOP"}


class OptOuts:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._pairs: set[tuple[str, str]] = set()
        self.stop_words = set(STOP)

    def note(self, hotline: str, person: str, body: str) -> None:
        """Reads a text from a person: only a keyword that is the whole text counts."""
        word = body.strip().upper()
        if word in self.stop_words:
            self.set(hotline, person, out=True)
        elif word in START:
            self.set(hotline, person, out=False)

    def set(self, hotline: str, person: str, *, out: bool) -> None:
        if out == ((hotline, person) in self._pairs):
            return
        self.restore({"hotline": hotline, "person": person, "out": out})
        self._journal.write("optout", {"hotline": hotline, "person": person, "out": out})

    def restore(self, data: dict[str, str | bool]) -> None:
        pair = str(data["hotline"]), str(data["person"])
        (self._pairs.add if data["out"] else self._pairs.discard)(pair)

    def holds(self, hotline: str, person: str) -> bool:
        return (hotline, person) in self._pairs

    def entries(self) -> list[dict[str, str | bool]]:
        return [{"hotline": hotline, "person": person, "out": True} for hotline, person in sorted(self._pairs)]

    def clear(self) -> None:
        self._pairs.clear()
        self.stop_words = set(STOP)
