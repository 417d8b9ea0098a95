import asyncio
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from .records import Message

VOICE = ("manual", "answer", "no-answer", "busy", "unreachable", "machine")


@dataclass
class Behaviour:
    """What the person (or machine) with this telephone does by itself. Seconds are carrier seconds."""

    # manual: rings until somebody presses a button; the others act by themselves
    voice: str = "manual"
    # seconds of ringing before answer, busy or machine
    after: float = 2.0
    # hang up this long after being connected to a person; None: never
    talk: float | None = None
    # hang up when nobody was reached after so long; None: wait for ever
    patience: float | None = None
    # one entry for each keypad prompt, e.g. ["1", "2"]
    press: list[str] = field(default_factory=list)
    # said when a voicemail prompt or a connected person listens
    speak: list[str] = field(default_factory=list)
    greeting: str = "您好，我现在无法接听电话，请在提示音后留言。"
    # a text that cannot be delivered ends with this error (30003, 30005, 30006, 30007 ...)
    sms_error: int | None = None
    # seconds from "sent" to "delivered"
    sms_delay: float = 0.3
    # an automatic system that answers every text
    auto_reply: str = ""

    def __post_init__(self) -> None:
        if self.voice not in VOICE:
            raise ValueError(f"unknown voice behaviour: {self.voice}; known: {', '.join(VOICE)}")


class Phone:
    """A simulated telephone: a mobile, a landline, a SIP desk phone or a browser phone."""

    def __init__(self, address: str, behaviour: Behaviour) -> None:
        self.address = address
        self.behaviour = behaviour
        self.messages: list[Message] = []
        self.call_sids: list[str] = []
        self._watchers: set[asyncio.Event] = set()

    def changed(self) -> None:
        for watcher in self._watchers:
            watcher.set()

    def watch(self) -> asyncio.Event:
        watcher = asyncio.Event()
        self._watchers.add(watcher)
        return watcher

    def unwatch(self, watcher: asyncio.Event) -> None:
        self._watchers.discard(watcher)


class Phones:
    """All telephones, made when first mentioned."""

    def __init__(self) -> None:
        self.default = Behaviour()
        self._phones: dict[str, Phone] = {}

    def __getitem__(self, address: str) -> Phone:
        phone = self._phones.get(address)
        if phone is None:
            phone = self._phones[address] = Phone(address, replace(self.default))
        return phone

    def __len__(self) -> int:
        return len(self._phones)

    def recent(self, limit: int = 30) -> list[str]:
        used = [phone for phone in self._phones.values() if phone.messages or phone.call_sids]
        return [phone.address for phone in reversed(used)][:limit]

    def behave(self, address: str, changes: dict[str, Any]) -> Phone:
        """Changes some of a telephone's habits; raises ValueError or TypeError for what does not exist."""
        phone = self[address]
        phone.behaviour = Behaviour(**{**asdict(phone.behaviour), **changes})
        phone.changed()
        return phone

    def behave_all(self, changes: dict[str, Any]) -> None:
        """The habits of telephones not mentioned yet."""
        self.default = Behaviour(**{**asdict(self.default), **changes})

    def clear(self) -> None:
        self.default = Behaviour()
        for phone in self._phones.values():
            phone.behaviour = replace(self.default)
            phone.messages.clear()
            phone.call_sids.clear()
            phone.changed()
        self._phones = {address: phone for address, phone in self._phones.items() if phone._watchers}
