"""The district named in the words, by any of the names it goes by."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("districts.json")
# "去浦东机场", "回嘉定": where somebody wants to go is not where they are.
BOUND_FOR = re.compile(r"(?:去|到|回|前往|送往?|至|赴|转往?)[^,。]{0,6}$")


@cache
def _names() -> tuple[re.Pattern[str], dict[str, str]]:
    listed = json.loads(FILE.read_text(encoding="utf-8"))
    slugs = {name: slug for slug, names in listed.items() for name in names}
    return re.compile("|".join(sorted(map(re.escape, slugs), key=len, reverse=True))), slugs


def district(text: str) -> str:
    """The slug of the first district somebody says they are in; a destination only when nothing else is named."""
    pattern, slugs = _names()
    found = [(bool(BOUND_FOR.search(text[: m.start()])), m.start(), slugs[m.group()]) for m in pattern.finditer(text)]
    return min(found)[2] if found else ""
