"""A file as people hand it in, made into plain rows: encodings, separators, titles above the head, broken ends.

The plain rows are a CSV in UTF-8: the first row the titles, then per row its number in the file, what is wrong with the row
as a whole ("" for nothing) and its cells. Memory stays bounded, whatever the size of the file.
"""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

MOST_BYTES = 200 * 1024 * 1024
MOST_UNPACKED = 4 * 1024 * 1024 * 1024
MOST_COLUMNS = 200
HEAD_WITHIN = 10  # so many rows of titles and remarks may stand above the head
PEEK = 64 * 1024
SEPARATORS = ",\t;|"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"

# What is wrong with a row as a whole; a word of ours in the plain rows, words for people in importing.
LONG, CUT, UNREADABLE = "long", "cut", "unreadable"


class Unreadable(ValueError):
    """Why a file cannot be read at all, in words."""


@dataclass(frozen=True)
class Read:
    """What a file is: its encoding ("xlsx" for a workbook), its titles, and how many rows stand below them."""

    encoding: str
    titles: list[str]
    total: int


@dataclass(frozen=True)
class Raw:
    """One row of a file: its number as a spreadsheet counts, its cells, what is wrong with it as a whole."""

    number: int
    cells: list[str]
    problem: str = ""


def plain(source: Path, target: Path, is_head: Callable[[Sequence[str]], bool]) -> Read:
    """Writes the rows of `source` to `target`; raises Unreadable. `is_head` knows the row of titles when it sees it."""
    with source.open("rb") as file:
        first = file.read(8)
    if not first:
        raise Unreadable(_("The file is empty."))
    if source.stat().st_size > MOST_BYTES:
        raise Unreadable(_("The file is larger than 200 MB: hand it in in parts."))
    if first.startswith(OLD_EXCEL):
        raise Unreadable(_("This is the old Excel format (.xls): save it as .xlsx or as CSV and hand it in again."))
    if first.startswith(b"PK"):
        encoding, rows = "xlsx", _workbook(source)
    else:
        encoding = _encoding(source)
        rows = _text(source, encoding)
    titles, below = _head(rows, is_head)
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(titles)
        total = 0
        for row in below:
            if not any(row.cells) and not row.problem:
                continue
            writer.writerow([row.number, row.problem or _too_long(row.cells, titles), *row.cells])
            total += 1
    return Read(encoding, titles, total)


def rows(path: Path, after: int = 0) -> Iterator[Raw]:
    """The plain rows behind the first `after` of them."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader, None)
        for n, cells in enumerate(reader):
            if n >= after:
                yield Raw(int(cells[0]), cells[2:], cells[1])


def _too_long(cells: Sequence[str], titles: Sequence[str]) -> str:
    return LONG if any(cells[len(titles) :]) else ""


def _head(found: Iterable[Raw], is_head: Callable[[Sequence[str]], bool]) -> tuple[list[str], Iterator[Raw]]:
    rows = iter(found)
    for n, row in enumerate(rows):
        if is_head(row.cells):
            titles = [cell.strip() for cell in row.cells]
            while titles and not titles[-1]:
                titles.pop()
            return titles, rows
        if n >= HEAD_WITHIN:
            break
    raise Unreadable(
        _("No row of titles was found. The first row names the columns, as in the empty form on this page.")
    )


# text


def _encoding(source: Path) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else GB18030, which holds GBK and GB2312: what Excel in China writes."""
    with source.open("rb") as file:
        begin = file.read(4)
        if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(source, encoding):
            return encoding
    raise Unreadable(
        _("The signs of this file are neither UTF-8 nor GB18030: save it as “CSV UTF-8” and hand it in again.")
    )


def _decodes(source: Path, encoding: str) -> bool:
    """Whether the file is in this encoding; a sign cut in two at its very end does not count."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with source.open("rb") as file:
        try:
            while part := file.read(1 << 20):
                if "\0" in decoder.decode(part):
                    return False
        except UnicodeDecodeError:
            return False
    return True


class _Lines:
    """The lines of a file, some of them handed back to be read again; `taken` are those of the row under way."""

    def __init__(self, file: Iterable[str]) -> None:
        self.file, self.returned, self.taken = iter(file), deque[str](), list[str]()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.returned.popleft() if self.returned else next(self.file)
        self.taken.append(line)
        return line

    def back_to_second(self) -> None:
        """What stands behind the first line of a broken row is read again as rows of its own."""
        self.returned.extendleft(reversed(self.taken[1:]))
        self.taken = []


def _text(source: Path, encoding: str) -> Iterator[Raw]:
    """Row by row. A quote that is never closed spoils its own row and no other."""
    separator = _separator(source, encoding)
    with source.open(encoding=encoding, errors="replace", newline="") as file:
        lines, number, width = _Lines(file), 0, 0
        while True:
            lines.taken = []
            try:
                # one reader per row: after a broken one it would go on inside the quote
                cells = next(csv.reader(lines, delimiter=separator))[:MOST_COLUMNS]
                broken = len(lines.taken) > 1 and not _is_sound(lines.taken, separator)
            except StopIteration:
                return
            except csv.Error:
                cells, broken = [], True
            number += 1
            if broken:
                begin = lines.taken[0].rstrip("\r\n")
                lines.back_to_second()
                yield Raw(number, begin.split(separator)[:MOST_COLUMNS], UNREADABLE)
                continue
            width = max(width, len(cells))
            # only the last line of a file can lack its end
            cut = not lines.taken[-1].endswith(("\n", "\r")) and (len(cells) < width or "\ufffd" in "".join(cells))
            unclosed = lines.taken[-1].count('"') % 2 == 1 and len(lines.taken) == 1
            yield Raw(number, cells, CUT if cut else UNREADABLE if unclosed else "")


def _is_sound(taken: Sequence[str], separator: str) -> bool:
    """Whether a row over several lines is one on purpose: every quote of it is closed where a cell ends."""
    try:
        return sum(1 for _row in csv.reader(taken, delimiter=separator, strict=True)) == 1
    except csv.Error:
        return False


def _separator(source: Path, encoding: str) -> str:
    with source.open(encoding=encoding, errors="replace", newline="") as file:
        begin = file.read(PEEK)
    return max(SEPARATORS, key=begin.count)


# workbooks


def _workbook(source: Path) -> Iterator[Raw]:
    """The first sheet, cell by cell as a person reads it."""
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(source) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
                raise Unreadable(_("The workbook is larger than it says: hand it in as CSV."))
        # as a file and not by its name, whose ending openpyxl would judge
        book = load_workbook(source.open("rb"), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # some programs write a wrong one, and rows would be left out
    except Unreadable:
        raise
    except Exception as broken:  # whatever is wrong inside a stranger's file
        raise Unreadable(_("The workbook cannot be opened: save it again as .xlsx, or as CSV.")) from broken
    number = 0
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
            words = [_cell(value) for value in cells]
            while words and not words[-1]:
                words.pop()
            yield Raw(number, words)
    except Exception:  # half a workbook: what came before it is good
        yield Raw(number + 1, [], UNREADABLE)
    finally:
        book.close()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)
