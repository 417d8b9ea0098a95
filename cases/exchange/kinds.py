"""What can be handed in and taken out: each kind with its columns, what a row of it makes, and how its rows are written.

A package registers its kinds when its app is ready: `register(Kind(...))`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from cases.exchange.values import BadCell
from cases.models import Export, Import

Words = str | Promise
MISSING = gettext_lazy("is empty")


class BadRow(ValueError):
    """Why a row cannot be taken: [(slug of a column or "", words)]."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        super().__init__("; ".join(words for _column, words in faults))
        self.faults = list(faults)


def _as_it_is(words: str) -> Any:
    return words


@dataclass(frozen=True)
class Column:
    """One column: how people call it, and how its cell is read (raising BadCell)."""

    slug: str
    title: Words
    also: tuple[str, ...] = ()  # other titles it is known by
    read: Callable[[str], Any] = _as_it_is
    required: bool = False
    example: str = ""


# Writes one row, given its values, the import and the key that is the same for the same row; True when it made or changed
# something, False when it was there already. Raises BadRow.
Load = Callable[[Mapping[str, Any], Import, str], bool]


@dataclass(frozen=True)
class Part:
    """Some rows of an export, and behind which it goes on."""

    rows: list[list[Any]]
    position: int


# The titles of what is written out, and the rows behind a position, part by part.
Write = Callable[[Export, int], Iterator[Part]]


@dataclass(frozen=True)
class Kind:
    """One kind of thing: `columns` and `load` for files that come in, `titles`, `write` and `count` for those that go out."""

    slug: str
    title: Words
    columns: tuple[Column, ...]
    load: Load
    titles: tuple[Words, ...]
    write: Write
    count: Callable[[Export], int]
    has_days: bool = False  # an export can be held to some days
    personal: bool = False  # names and numbers are masked unless somebody says why not
    _by_name: dict[str, str] = field(default_factory=dict, compare=False)

    def column(self, slug: str) -> Column:
        return next(column for column in self.columns if column.slug == slug)

    def means(self, title: str) -> str:
        """The slug of the column a title stands for, "" for none of ours."""
        return self._by_name.get(plain(title), "")

    def is_head(self, cells: Sequence[str]) -> bool:
        """Whether these are the titles: at least two of ours, or the only one there is."""
        known = [slug for slug in map(self.means, cells) if slug]
        return len(known) > 1 or (bool(known) and len([c for c in cells if c.strip()]) == 1)

    def read(self, cells: Mapping[str, str]) -> dict[str, Any]:
        """The row as values; raises BadRow with every cell that is wrong."""
        values: dict[str, Any] = {}
        faults: list[tuple[str, str]] = []
        for column in self.columns:
            words = cells.get(column.slug, "")
            if column.required and not words:
                faults.append((column.slug, str(MISSING)))
                continue
            try:
                values[column.slug] = column.read(words)
            except BadCell as bad:
                faults.append((column.slug, str(bad)))
        if faults:
            raise BadRow(*faults)
        return values


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Adds it to the pages of import and export."""
    for language in ("zh-hans", "en"):
        with override(language):
            for column in kind.columns:
                for name in (str(column.title), column.slug, *column.also):
                    kind._by_name[plain(name)] = column.slug
    _kinds[kind.slug] = kind
    return kind


def the(slug: str) -> Kind:
    """The kind of this name; KeyError when there is none."""
    return _kinds[slug]


def get(slug: str) -> Kind | None:
    return _kinds.get(slug)


def known() -> list[Kind]:
    return list(_kinds.values())


def looks_like(titles: Sequence[str], chosen: Kind) -> Kind | None:
    """Another kind that understands more of these titles than the one somebody chose."""
    best = max(_kinds.values(), key=lambda kind: (sum(map(bool, map(kind.means, titles))), kind is chosen))
    return best if best is not chosen else None


def plain(title: str) -> str:
    """A title without what people put around it: signs, stars, remarks in brackets."""
    words = unicodedata.normalize("NFKC", title).casefold()
    words = re.sub(r"\(.*?\)", "", words)
    return re.sub(r"[\s*:_\-/.]+", "", words)
