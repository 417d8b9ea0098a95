"""Our own phrases to train on: what people say in each category, put together from parts, with the level they stand for.

Nothing here is taken from anybody's message. `make` is the same for the same seed.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from cases.triage import items

Labelled = dict[str, str | int]

FILE = Path(__file__).with_name("phrases.json")
NONE = "none"  # in the file: what belongs to no category
SLOT = re.compile(r"\{(\w+)\}")


@cache
def _written() -> dict[str, Any]:
    """Slots, how often each category is asked for, and per category the patterns with their levels."""
    return json.loads(FILE.read_text(encoding="utf-8"))


@cache
def _slots() -> dict[str, list[str]]:
    """The written slots and those that the item catalogue fills."""
    by_group: dict[str, list[str]] = {}
    for known in items.names().values():
        by_group.setdefault(known.group, []).append(known.name)
    drugs = [name for group, names in by_group.items() if items.groups()[group].get("prescription") for name in names]
    critical = [n for group in ("insulin", "transplant", "heart", "epilepsy", "cancer") for n in by_group[group]]
    mental = [*by_group["mental_health"], *by_group["controlled_calming"]]
    return _written()["slots"] | {
        "drug": drugs,
        "critical": critical,
        "mental": mental,
        "epilepsy": by_group["epilepsy"],
    }


def make(count: int = 6000, seed: int = 1) -> Iterator[Labelled]:
    """`count` labelled phrases: {"text", "category", "level"}."""
    chance = random.Random(seed)
    shares, patterns = _written()["shares"], _written()["phrases"]
    for _ in range(count):
        category = chance.choices(list(shares), list(shares.values()))[0]
        pattern, level = chance.choice(patterns[category])
        text = _fill(pattern, chance)
        if chance.random() < 0.25:
            text = f"{text}。{_fill('{why}{please}', chance)}"
        if chance.random() < 0.2:
            text = f"{_fill('{where}', chance)} {text}"
        yield {"text": text.strip(" 。，"), "category": "" if category == NONE else category, "level": level}


def _fill(pattern: str, chance: random.Random) -> str:
    filled = SLOT.sub(lambda match: chance.choice(_slots()[match[1]]), pattern)
    return re.sub(r"，(?=，|。|$)", "", filled)
