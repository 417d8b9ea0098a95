import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO


class Journal:
    """An append-only file of JSON lines, replayed when the carrier starts. Without a directory it keeps nothing."""

    def __init__(self, directory: Path | None) -> None:
        self._path = directory / "journal.jsonl" if directory else None
        self._file: TextIO | None = None

    def replay(self) -> Iterator[tuple[str, dict[str, Any]]]:
        if not self._path or not self._path.exists():
            return
        with self._path.open(encoding="utf-8") as lines:
            for line in lines:
                # a line cut short by a crash is the last one and was never answered for
                if line.endswith("\n"):
                    entry = json.loads(line)
                    yield entry["kind"], entry["data"]

    def start(self, entries: Iterator[tuple[str, dict[str, Any]]]) -> None:
        """Writes what is known now as the new beginning, so the file does not grow with every change for ever."""
        if not self._path:
            return
        self.stop()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(_line(kind, data) for kind, data in entries)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        self._file = self._path.open("a", encoding="utf-8")

    def write(self, kind: str, data: dict[str, Any]) -> None:
        if self._file:
            self._file.write(_line(kind, data))
            self._file.flush()

    def stop(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


def _line(kind: str, data: dict[str, Any]) -> str:
    return json.dumps({"kind": kind, "data": data}, ensure_ascii=False, default=_iso) + "\n"


def _iso(value: datetime) -> str:
    return value.isoformat()
