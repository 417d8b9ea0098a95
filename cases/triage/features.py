"""What the model looks at in a text: sequences of one to three characters, and what the rules read out of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from cases.triage import household, items, kind, red_flags, signs, supply
from cases.triage.text import normal

LOOKED_AT = 300  # characters: what somebody wants stands at the beginning
LONGEST = 3
LETTERS = re.compile(r"[\u4e00-\u9fff]+|[a-z]+")
SOME_TIME = datetime(2022, 1, 3, 10, tzinfo=UTC)  # only whether something ends soon is asked, never when


def sequences(said: str) -> set[str]:
    """Runs of Chinese characters by ones, twos and threes; Latin words whole."""
    found: set[str] = set()
    for run in LETTERS.findall(said):
        if run.isascii():
            found.add(run)
            continue
        for size in range(1, LONGEST + 1):
            found.update(run[i : i + size] for i in range(len(run) - size + 1))
    return found


def facts(said: str) -> dict[str, str]:
    """What the rules read, as features with the words they came from: "=group:insulin" from "诺和锐"."""
    found: dict[str, str] = {}
    lines = items.read(said)
    for line in lines:
        found[f"=group:{line.group}"] = line.item
        found.setdefault(f"=asks:{line.category}", line.item)
    if lines:
        found[f"=first:{lines[0].category}"] = lines[0].item
    for slug, words in signs.read(said).items():
        found[f"=sign:{slug}"] = words
    home = household.read(said)
    for slug in home.vulnerabilities:
        found[f"=home:{slug}"] = home.words.get(slug, "")
    if home.infant_months is not None:
        found["=home:infant"] = home.words.get("infant_months", "")
    flags = red_flags.find(said, circumstances=home.circumstances)
    for flag in flags:
        found[f"=flag:{flag.slug}"] = flag.words
    left = supply.read(said, at=SOME_TIME)
    if left.words:
        found["=supply:out" if left.ran_out else "=supply:ends"] = left.words
    category = lines[0].category if lines else ""
    what, words = kind.of(said, has_items=bool(lines), has_flags=bool(flags), category=category)
    found[f"=kind:{what}"] = words
    return found


def of(text: str) -> dict[str, str]:
    """Every feature of a text with the words it shows as."""
    said = normal(text)[:LOOKED_AT]
    return {each: each for each in sequences(said)} | facts(said)
