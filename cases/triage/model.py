"""The trained text model: a linear one over features, small enough to be read and quick enough for every keystroke.

No library is needed to use it: weights by feature in one JSON file (cases/triage/model.json, written by
`manage.py train_triage`), integers in hundredths.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("model.json")
SCALE = 100.0
SHOWN = 4


@dataclass(frozen=True)
class Model:
    """Classes with a weight for each of them by feature; `heat` above 1 makes it less sure of itself."""

    categories: list[str]
    levels: list[int]
    weights: dict[str, list[int]]  # feature -> categories' weights, then levels'
    bias: list[float]
    heat: list[float] = field(default_factory=lambda: [1.0, 1.0])
    about: dict[str, Any] = field(default_factory=dict)

    def scores(self, found: dict[str, str]) -> list[float]:
        """The sum of the weights of the features found, for every category and then every level."""
        known = [row for each in found if (row := self.weights.get(each))]
        sums = [sum(column) for column in zip(*known, strict=True)] if known else [0] * len(self.bias)
        # a long text says no more than a short one: features share one length
        length = SCALE * math.sqrt(max(len(known), 1))
        return [total / length + bias for total, bias in zip(sums, self.bias, strict=True)]

    def judge(self, found: dict[str, str]) -> tuple[list[float], list[float]]:
        """Probabilities of the categories and of the levels."""
        scores = self.scores(found)
        split = len(self.categories)
        return softmax(scores[:split], self.heat[0]), softmax(scores[split:], self.heat[1])

    def words_for(self, found: dict[str, str], category: str) -> list[str]:
        """The words that spoke most for a category against the others; a part of a word shown already is left out."""
        at, count = self.categories.index(category), len(self.categories)
        spoke = []
        for each, words in found.items():
            row = self.weights.get(each)
            if row and words:
                rest = (sum(row[:count]) - row[at]) / (count - 1)
                spoke.append((row[at] - rest, len(words), words))
        shown: list[str] = []
        for weight, _length, words in sorted(spoke, reverse=True):
            if weight <= 0 or len(shown) == SHOWN:
                break
            if len(words) > 1 and not any(words in other or other in words for other in shown):
                shown.append(words)
        return shown


def softmax(scores: list[float], heat: float) -> list[float]:
    top = max(scores)
    powers = [math.exp((score - top) / heat) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def save(model: Model, path: Path = FILE) -> None:
    """Written so that a change shows line by line."""
    head = {name: getattr(model, name) for name in ("about", "categories", "levels", "bias", "heat")}
    rows = ",\n".join(
        f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}"
        for name, row in sorted(model.weights.items())
    )
    body = json.dumps(head, ensure_ascii=False)[:-1]
    path.write_text(f'{body}, "weights": {{\n{rows}\n}}}}\n', encoding="utf-8")


def read(path: Path = FILE) -> Model:
    return Model(**json.loads(path.read_text(encoding="utf-8")))


@cache
def shipped() -> Model | None:
    """The model that is used; None when there is none yet, and keywords are."""
    return read() if FILE.exists() else None
