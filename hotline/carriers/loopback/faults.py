"""Things going wrong on demand: each rule says what, on which operation, how often, how many times."""

import asyncio
import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

REQUEST_KINDS = ("429", "500", "503", "lost", "silent", "latency")
CALLBACK_KINDS = ("drop", "double", "shuffle", "delay")
DELIVERY_KINDS = ("undeliverable",)
KINDS = (*REQUEST_KINDS, *CALLBACK_KINDS, *DELIVERY_KINDS, "outage")


@dataclass
class Rule:
    kind: str
    # an operation such as messages.create, calls.update, messages.status, messages.delivery; * stands for any text
    on: str = "*"
    probability: float = 1.0
    count: int | None = None
    seed: int | None = None
    # latency, delay: how long; shuffle: up to how long; 429: what Retry-After says (real seconds)
    seconds: float = 1.0
    # undeliverable: which error the message ends with, and its last status
    error_code: int = 30003
    status: str = "undelivered"
    # only for this number (to, or from)
    number: str = ""
    done: int = 0
    _random: random.Random = field(default_factory=random.Random, repr=False)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault: {self.kind}; known: {', '.join(KINDS)}")
        self._random.seed(self.seed)

    def strikes(self, operation: str, numbers: tuple[str, ...]) -> bool:
        if self.count is not None and self.done >= self.count:
            return False
        if not fnmatchcase(operation, self.on) or (self.number and self.number not in numbers):
            return False
        if self._random.random() >= self.probability:
            return False
        self.done += 1
        return True

    def describe(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}


class Faults:
    def __init__(self) -> None:
        self.rules: list[Rule] = []
        # real messages per second, per sender number; "*" for every other one; absent means no limit
        self.messages_per_second: dict[str, float] = {}
        self._up = asyncio.Event()
        self._up.set()

    def set(self, rules: list[dict[str, Any]], messages_per_second: float | dict[str, float] | None) -> None:
        made = [Rule(**rule) for rule in rules]
        self.rules = made
        if messages_per_second is not None:
            rates = messages_per_second if isinstance(messages_per_second, dict) else {"*": messages_per_second}
            self.messages_per_second = {number: float(rate) for number, rate in rates.items() if rate}
        self._note_outage()

    def clear(self) -> None:
        self.rules = []
        self.messages_per_second = {}
        self._note_outage()

    def draw(self, kinds: tuple[str, ...], operation: str, *numbers: str) -> list[Rule]:
        """The rules that strike now, each counted."""
        return [rule for rule in self.rules if rule.kind in kinds and rule.strikes(operation, numbers)]

    @property
    def outage(self) -> bool:
        return not self._up.is_set()

    async def until_up(self) -> None:
        """Returns at once unless the whole carrier is out; then when it is back."""
        await self._up.wait()

    def rate(self, sender: str) -> float | None:
        return self.messages_per_second.get(sender, self.messages_per_second.get("*"))

    def describe(self) -> dict[str, Any]:
        return {
            "rules": [rule.describe() for rule in self.rules],
            "messages_per_second": self.messages_per_second,
        }

    def _note_outage(self) -> None:
        if any(rule.kind == "outage" for rule in self.rules):
            self._up.clear()
        else:
            self._up.set()
