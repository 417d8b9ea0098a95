"""Requests from a JSON-lines file: who sends which words when, by text or by call.

A line is `{"id", "at", "text"}` and, as far as known, `summary`, `district`, `urgency`, `category`. A scenario of our own may add
`from` (a word for a person, so that several lines come from the same telephone; or a number, a short code, "anonymous"),
`follow_up` (the id of the request it continues: the same telephone), `name`, and `voice` (true: always a call; false: always a
text).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

WITHHELD = "anonymous"
A_NUMBER = re.compile(r"\+\d{8,15}|\d{3,6}")  # E.164, or a short code
AS = ("sms", "call", "mixed")
CALLS_OF_TEN = 3  # in a mixed play, where the line does not say
# What somebody presses on the telephone is not what a form was filled in with.
PRESSED_FOR = (
    ("infant", re.compile(r"奶粉|宝宝|婴|新生儿|尿不湿|月龄")),
    ("transport", re.compile(r"转运|用车|叫车|救护车|接送|去医院|透析|产检|化疗|回家")),
    ("elderly", re.compile(r"独居|老人|老年|卧床|护理垫|[89]\d岁")),
    ("food", re.compile(r"物[资质]|没有?吃|断粮|菜|米|面|食|水")),
)


class BadScenario(ValueError):
    """The file cannot be played; the text names the line and what is wrong with it."""


@dataclass(frozen=True)
class Request:
    """One thing somebody sends or says."""

    id: str
    at: datetime
    number: str  # E.164, a short code, or WITHHELD
    body: str
    category: str = ""
    name: str = ""
    follow_up: str = ""
    voice: bool | None = None

    @property
    def wanted(self) -> str:
        """The slug of the category whose key a caller would press."""
        return next(
            (slug for slug, words in PRESSED_FOR if slug == self.category or words.search(self.body)), "medicine"
        )

    def by_call(self, way: str) -> bool:
        """Whether it comes as a call when played this way ("sms", "call" or "mixed"); always the same answer."""
        if self.number == WITHHELD:
            return True
        if not self.number.startswith("+"):
            return False
        if self.voice is not None:
            return self.voice
        return way == "call" or (way == "mixed" and draw(f"way/{self.id}", 10) < CALLS_OF_TEN)


def read(path: Path, limit: int | None = None) -> list[Request]:
    """The first `limit` requests of the file, in the order of their times; raises BadScenario."""
    with path.open(encoding="utf-8") as lines:
        rows = list(_rows(lines, limit))
    seen: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["id"] in seen:
            raise BadScenario(f"id {row['id']} is there twice")
        seen[row["id"]] = row
    return sorted((_request(row, seen) for row in rows), key=lambda request: request.at)


def due_seconds(requests: list[Request], speed: float) -> list[float]:
    """After how many seconds each is sent: the gaps of the file, `speed` times as fast."""
    return [(request.at - requests[0].at).total_seconds() / speed for request in requests]


def ordinals(requests: Iterable[Request], way: str) -> dict[str, int]:
    """How many equal things (the same words, or a call, of the same telephone) come before each request, by its id."""
    counts: dict[tuple[str, str], int] = {}
    before = {}
    for request in requests:
        same = key(request, way)
        before[request.id] = counts.get(same, 0)
        counts[same] = before[request.id] + 1
    return before


def key(request: Request, way: str) -> tuple[str, str]:
    """What the hotline sees of it: the telephone and the words; of a call only the telephone."""
    if request.by_call(way):
        return ("" if request.number == WITHHELD else request.number), ""
    return request.number, request.body


def draw(seed: str, below: int) -> int:
    """A number from 0 to below - 1 that is always the same for this seed."""
    return int.from_bytes(sha256(seed.encode()).digest()[:8]) % below


def number_of(person: str) -> str:
    """An invented mobile number, always the same for this person or request."""
    return f"+8613{draw(f'telephone/{person}', 10**9):09}"


def joined(row: dict[str, Any]) -> str:
    """Everything the person said in one text: how urgent, where, in short, and in full; nothing is said twice."""
    text = _words(row, "text")
    head = [
        part for part in (_words(row, "urgency"), _words(row, "district"), _words(row, "summary")) if part not in text
    ]
    said = "，".join(part for part in head if part)
    return f"{said}：{text}" if said and text else said or text


def _rows(lines: Iterable[str], limit: int | None) -> Iterator[dict[str, Any]]:
    count = 0
    for position, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if limit is not None and count >= limit:
            return
        try:
            row = json.loads(line)
            row["id"] = str(row["id"])
            row["at"] = datetime.fromisoformat(row["at"]).replace(tzinfo=None)  # local time: only the gaps matter
        except (ValueError, KeyError, TypeError) as error:
            raise BadScenario(f"line {position}: {type(error).__name__}: {error}") from error
        count += 1
        yield row


def _request(row: dict[str, Any], known: dict[str, dict[str, Any]]) -> Request:
    voice = row.get("voice")
    body = joined(row)
    if not body:
        raise BadScenario(f"id {row['id']} says nothing")
    return Request(
        id=row["id"],
        at=row["at"],
        number=_number(row, known),
        body=body,
        category=_words(row, "category"),
        name=_words(row, "name"),
        follow_up=_words(row, "follow_up"),
        voice=voice if isinstance(voice, bool) else None,
    )


def _number(row: dict[str, Any], known: dict[str, dict[str, Any]]) -> str:
    """Of the first of a chain of follow-ups: the number given, the person's, or one made of the id."""
    passed = {row["id"]}
    while before := known.get(_words(row, "follow_up")):
        if before["id"] in passed:
            raise BadScenario(f"id {row['id']} follows itself up")
        passed.add(before["id"])
        row = before
    sender = _words(row, "from") or _words(row, "follow_up") or row["id"]
    return sender if sender == WITHHELD or A_NUMBER.fullmatch(_words(row, "from")) else number_of(sender)


def _words(row: dict[str, Any], name: str) -> str:
    """A field as text; "" for what is missing, null or not a number at all (NaN)."""
    value = row.get(name)
    return "" if value is None or value != value or isinstance(value, bool) else str(value).strip()
