import dataclasses
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Generic, TypeVar

from .journal import Journal
from .records import Record
from .sids import now

T = TypeVar("T", bound=Record)
DATES = {"created", "updated", "sent", "started", "ended"}


class Shelf(Generic[T]):
    """Records of one kind in order of creation, with the journal behind them and indexes over chosen fields."""

    def __init__(self, kind: str, type_: type[T], journal: Journal, indexed: Iterable[str] = ()) -> None:
        self.kind = kind
        self._type = type_
        self._journal = journal
        self._last = 0
        self._order: list[T] = []
        self._by_sid: dict[str, T] = {}
        self._indexes: dict[str, dict[str, list[T]]] = {name: {} for name in indexed}

    def __len__(self) -> int:
        return len(self._by_sid)

    def __iter__(self) -> Iterator[T]:
        return iter(list(self._order))

    def get(self, sid: str) -> T | None:
        return self._by_sid.get(sid)

    def where(self, name: str, value: str) -> list[T]:
        return list(self._indexes[name].get(value, ()))

    def add(self, record: T) -> T:
        self._last = record.serial = self._last + 1
        self._place(record)
        self.keep(record)
        return record

    def change(self, record: T, **changes: Any) -> T:
        for name, value in changes.items():
            setattr(record, name, value)
        record.updated = now()
        self.keep(record)
        return record

    def keep(self, record: T) -> None:
        self._journal.write(self.kind, dataclasses.asdict(record))

    def remove(self, record: T) -> None:
        self._by_sid.pop(record.sid, None)
        self._order.remove(record)
        for name, index in self._indexes.items():
            index[getattr(record, name)].remove(record)
        self._journal.write(self.kind, {"sid": record.sid, "gone": True})

    def clear(self) -> None:
        self._order.clear()
        self._by_sid.clear()
        for index in self._indexes.values():
            index.clear()

    def page(
        self, before: int | None, size: int, matches: Callable[[T], bool], narrowed: tuple[str, str] | None = None
    ) -> list[T]:
        """Newest first, from just under the serial `before`; one more than `size` when there is a next page."""
        rows = self._indexes[narrowed[0]].get(narrowed[1], []) if narrowed else self._order
        end = len(rows) if before is None else bisect_left(rows, before, key=lambda record: record.serial)
        found: list[T] = []
        for position in range(end - 1, -1, -1):
            if matches(rows[position]):
                found.append(rows[position])
                if len(found) > size:
                    break
        return found

    def restore(self, data: dict[str, Any]) -> None:
        """Takes a line of the journal back in; later lines replace earlier ones of the same sid."""
        known = self._by_sid.get(data["sid"])
        if data.get("gone"):
            if known:
                self.remove(known)
            return
        values: dict[str, Any] = {
            name: datetime.fromisoformat(value) if name in DATES and value else value for name, value in data.items()
        }
        if known:
            for name, value in values.items():
                setattr(known, name, value)
            return
        record = self._type(**values)
        self._last = max(self._last, record.serial)
        self._place(record)

    def _place(self, record: T) -> None:
        self._order.append(record)
        self._by_sid[record.sid] = record
        for name, index in self._indexes.items():
            index.setdefault(getattr(record, name), []).append(record)
