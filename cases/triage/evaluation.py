"""How good a proposal is: macro-F1 by category, weighted kappa of the level, recall of level 1 and 2, calibration, fields.

Pure figures over (labelled, proposed) pairs; `manage.py evaluate_triage` and bench/triage.py show them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from cases.triage.phrases import Labelled
from cases.triage.suggesting import Suggestion

LEVELS = (1, 2, 3, 4, 5)
BINS = 10
HELD_OUT = 5  # one in so many is judged by, the others are trained on


def is_held_out(text: str) -> bool:
    """Whether a text is only judged by: decided by its hash, so that it is on the same side for ever."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % HELD_OUT == 0


def split(rows: Iterable[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """(to train on, to judge by)."""
    parts: tuple[list[Labelled], list[Labelled]] = ([], [])
    for row in rows:
        parts[is_held_out(str(row["text"]))].append(row)
    return parts


@dataclass(frozen=True)
class Result:
    """What came out; shares between 0 and 1. `confusion`: (labelled, proposed) -> how many."""

    count: int
    macro_f1: float
    by_category: dict[str, float]
    kappa: float
    urgent_recall: float  # of level 1 and 2: proposed as 1 or 2
    now_recall: float  # of level 1: proposed as 1
    calibration_error: float
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    levels: Counter[tuple[int, int]] = field(default_factory=Counter)
    bins: list[tuple[float, float, int]] = field(default_factory=list)  # mean confidence, share right, how many


def evaluate(rows: Sequence[Labelled], propose: Callable[[str], Suggestion]) -> Result:
    """Every row's text proposed for and held against its label."""
    proposed = [propose(str(row["text"])) for row in rows]
    categories = Counter((str(row["category"]), each.category) for row, each in zip(rows, proposed, strict=True))
    levels = Counter((int(row["level"]), each.level) for row, each in zip(rows, proposed, strict=True))
    by_category = f1(categories)
    sure = [(each.confidence, each.category == row["category"]) for row, each in zip(rows, proposed, strict=True)]
    error, bins = calibration(sure)
    return Result(
        count=len(rows),
        macro_f1=sum(by_category.values()) / max(len(by_category), 1),
        by_category=by_category,
        kappa=weighted_kappa(levels),
        urgent_recall=_share(levels, lambda want, got: got <= 2, lambda want: want <= 2),
        now_recall=_share(levels, lambda want, got: got == 1, lambda want: want == 1),
        calibration_error=error,
        confusion=categories,
        levels=levels,
        bins=bins,
    )


def f1(confusion: Counter[tuple[str, str]]) -> dict[str, float]:
    """F1 of every labelled category."""
    found = {}
    for slug in sorted({want for want, _got in confusion}):
        right = confusion[slug, slug]
        labelled = sum(n for (want, _got), n in confusion.items() if want == slug)
        proposed = sum(n for (_want, got), n in confusion.items() if got == slug)
        found[slug] = 2 * right / (labelled + proposed)
    return found


def weighted_kappa(levels: Counter[tuple[int, int]]) -> float:
    """Cohen's kappa with quadratic weights: 1 is full agreement, 0 what chance gives (Cohen 1968)."""
    total = sum(levels.values())
    wanted, got = Counter[int](), Counter[int]()
    for (want, have), n in levels.items():
        wanted[want] += n
        got[have] += n
    seen = sum((want - have) ** 2 * n for (want, have), n in levels.items())
    chance = sum((w - g) ** 2 * wanted[w] * got[g] for w in LEVELS for g in LEVELS) / total if total else 0
    return 1 - seen / chance if chance else 1.0


def calibration(sure: Sequence[tuple[float, bool]]) -> tuple[float, list[tuple[float, float, int]]]:
    """Expected calibration error over ten equal bins of confidence, and the bins that are not empty."""
    held: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for confidence, right in sure:
        held[min(int(confidence * BINS), BINS - 1)].append((confidence, right))
    bins = [
        (sum(c for c, _r in each) / len(each), sum(r for _c, r in each) / len(each), len(each)) for each in held if each
    ]
    return sum(abs(mean - share) * n for mean, share, n in bins) / max(len(sure), 1), bins


def majority(rows: Iterable[Labelled]) -> Suggestion:
    """The baseline that always says the commonest category and level."""
    rows = list(rows)
    category = Counter(str(row["category"]) for row in rows).most_common(1)[0][0]
    level = Counter(int(row["level"]) for row in rows).most_common(1)[0][0]
    share = sum(row["category"] == category for row in rows) / len(rows)
    return Suggestion(category, share, level)


def _share(levels: Counter[tuple[int, int]], right: Callable[[int, int], bool], asked: Callable[[int], bool]) -> float:
    of = sum(n for (want, _got), n in levels.items() if asked(want))
    return sum(n for (want, got), n in levels.items() if asked(want) and right(want, got)) / of if of else 1.0
