"""What the model looks at in a text: sequences of one to three characters, and what the rules read out of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from cases.triage.reading import Reading, read
from cases.triage.text import normal

LOOKED_AT = 240  # characters: what somebody wants stands at the beginning
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


def facts(reading: Reading) -> dict[str, str]:
    """What the rules read, as features with the words they came from: "=group:insulin" from "诺和锐"."""
    found: dict[str, str] = {}
    for line in reading.needs:
        found[f"=group:{line.group}"] = line.item
        found.setdefault(f"=asks:{line.category}", line.item)
    if reading.needs:
        found[f"=first:{reading.needs[0].category}"] = reading.needs[0].item
    for slug in reading.signs:
        found[f"=sign:{slug}"] = reading.words[slug]
    for slug in reading.vulnerabilities:
        found[f"=home:{slug}"] = reading.words.get(slug, "")
    if reading.infant_months is not None:
        found["=home:infant"] = reading.words.get("infant_months", "")
    for flag in reading.red_flags:
        found[f"=flag:{flag.slug}"] = flag.words
    if "supply" in reading.words:
        found["=supply:out" if reading.ran_out else "=supply:ends"] = reading.words["supply"]
    return found | {f"=kind:{reading.kind}": reading.words.get("kind", "")}


def of(text: str, reading: Reading | None = None) -> dict[str, str]:
    """Every feature of a text with the words it shows as. `reading` saves reading it again."""
    reading = reading or read(text[:LOOKED_AT], at=SOME_TIME)
    return {each: each for each in sequences(normal(text)[:LOOKED_AT])} | facts(reading)
