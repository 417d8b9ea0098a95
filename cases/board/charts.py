"""The charts of the reports, as figures for a drawing of our own: no script, and readable in print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

PARTS = ("met", "cancelled", "open", "unmet")
HEIGHT = 120.0
WIDTH = 600.0
MOST_COLUMNS = 92


def columns(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """A column per day, its parts from below: met, cancelled, open, unmet. The latest days when there are many."""
    shown = rows[-MOST_COLUMNS:]
    most = max((row["received"] for row in shown), default=0) or 1
    step = WIDTH / max(len(shown), 1)
    drawn = []
    for n, row in enumerate(shown):
        top, parts = HEIGHT, []
        for part in PARTS:
            height = HEIGHT * row[part] / most
            top -= height
            parts.append({"part": part, "y": round(top, 2), "height": round(height, 2)})
        drawn.append({"x": round(n * step + step * 0.1, 2), "parts": parts, "row": row})
    return {"columns": drawn, "width": round(step * 0.8, 2), "most": most}


def bars(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A bar per group, its parts as shares of what came in."""
    found = []
    for row in rows:
        received, left, parts = row["received"] or 1, 0.0, []
        for part in PARTS:
            width = 100 * row[part] / received
            parts.append({"part": part, "x": round(left, 2), "width": round(width, 2), "n": row[part]})
            left += width
        found.append({"label": row["label"], "received": row["received"], "parts": parts})
    return found
