"""Training the text model: multinomial logistic regression by gradient descent, with numpy only while training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cases.triage import features
from cases.triage.model import SCALE, Model
from cases.triage.phrases import Labelled

SEEN_AT_LEAST = 3
ROUNDS = 300
STEP = 0.5
DECAY = 3e-4
KEPT_ABOVE = 3  # hundredths: smaller weights are left out of the file
LEVELS = [1, 2, 3, 4, 5]


def train(
    labelled: Iterable[Labelled],
    *,
    about: dict[str, Any] | None = None,
    progress: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> Model:
    """A model from {"text", "category", "level"} rows."""
    import numpy as np

    rows = list(labelled)
    texts = [features.of(str(row["text"])) for row in rows]
    counted = Counter(each for found in texts for each in found)
    names = sorted(each for each, count in counted.items() if count >= SEEN_AT_LEAST)
    place = {name: i for i, name in enumerate(names)}
    found_at = [[place[each] for each in found if each in place] for found in texts]
    categories = sorted({str(row["category"]) for row in rows})
    goal_category = [categories.index(str(row["category"])) for row in rows]
    goal_level = [LEVELS.index(int(row["level"])) for row in rows]
    row_of = np.repeat(np.arange(len(rows)), [len(found) for found in found_at])
    column = np.concatenate([np.asarray(found, dtype=np.int64) for found in found_at if found])
    share = np.concatenate([np.full(len(found), 1 / np.sqrt(len(found))) for found in found_at if found])
    size = (len(rows), len(names))
    part_c = _descend(size, row_of, column, share, goal_category, len(categories), progress)
    part_l = _descend(size, row_of, column, share, goal_level, len(LEVELS), progress)
    weights = np.rint(np.hstack([part_c[0], part_l[0]]) * SCALE).astype(int)
    kept = {name: weights[i].tolist() for name, i in place.items() if abs(weights[i]).max() >= KEPT_ABOVE}
    bias = [round(float(each), 3) for each in [*part_c[1], *part_l[1]]]
    return Model(categories, LEVELS, kept, bias, about=about or {})


def _descend(
    size: tuple[int, int],
    row_of: Any,
    column: Any,
    share: Any,
    goals: Sequence[int],
    classes: int,
    progress: Callable[[Iterable[int]], Iterable[int]],
) -> tuple[Any, Any]:
    """Weights (features x classes) and biases that make the goals likeliest; Adam over the whole set."""
    import numpy as np

    count, width = size
    weights, bias = np.zeros((width, classes)), np.zeros(classes)
    goal = np.eye(classes)[np.asarray(goals)]
    moments = [np.zeros_like(weights), np.zeros_like(weights), np.zeros_like(bias), np.zeros_like(bias)]
    for turn in progress(range(1, ROUNDS + 1)):
        scores = np.zeros((count, classes))
        for k in range(classes):
            scores[:, k] = np.bincount(row_of, weights[column, k] * share, minlength=count)
        scores += bias
        scores -= scores.max(axis=1, keepdims=True)
        likely = np.exp(scores)
        likely /= likely.sum(axis=1, keepdims=True)
        error = (likely - goal) / count
        slope = np.zeros_like(weights)
        for k in range(classes):
            slope[:, k] = np.bincount(column, error[row_of, k] * share, minlength=width)
        slope += DECAY * weights
        _adam(weights, slope, moments, 0, turn)
        _adam(bias, error.sum(axis=0), moments, 2, turn)
    return weights, bias


def _adam(values: Any, slope: Any, moments: list[Any], at: int, turn: int) -> None:
    import numpy as np

    moments[at] = 0.9 * moments[at] + 0.1 * slope
    moments[at + 1] = 0.999 * moments[at + 1] + 0.001 * slope**2
    mean, spread = moments[at] / (1 - 0.9**turn), moments[at + 1] / (1 - 0.999**turn)
    values -= STEP * 0.1 * mean / (np.sqrt(spread) + 1e-8)
