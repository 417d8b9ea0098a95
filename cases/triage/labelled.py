"""Labelled requests from a file: one JSON object a line with "text", "category" (slug, or "") and "level" (1 to 5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from cases.triage.phrases import Labelled


class BadLine(ValueError):
    """A line that is no labelled request; says which and why."""


def read(path: Path, categories: set[str]) -> Iterator[Labelled]:
    """The rows in their order; raises BadLine."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _row(line, f"{path.name}:{number}", categories)


def _row(line: str, where: str, categories: set[str]) -> Labelled:
    try:
        given = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadLine(f"{where}: not JSON ({error.msg})") from error
    if not isinstance(given, dict) or not isinstance(given.get("text"), str):
        raise BadLine(f"{where}: 'text' is missing")
    if given.get("category") not in categories:
        raise BadLine(f"{where}: 'category' must be one of {', '.join(sorted(categories))}, or empty")
    if given.get("level") not in (1, 2, 3, 4, 5):
        raise BadLine(f"{where}: 'level' must be 1 to 5")
    text = " ".join(part for part in (given.get("summary", ""), given["text"]) if part)
    return {"text": text, "category": given["category"], "level": given["level"]}
