"""Everything that can be read out of one text, each with the words it came from. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cases.triage import household, items, kind, places, red_flags, signs, supply
from cases.triage.items import Line
from cases.triage.red_flags import RedFlag
from cases.triage.text import normal

MAX_CHARS = 4000
# Signs that people also speak of who need nothing.
SAYS_LITTLE = {"pet", "children", "elderly", "infected", "discharge", "worsening", "mental_illness", "vaccination"}
SAYS_LITTLE |= {"appointment_today", "appointment_tomorrow", "hospital"}


@dataclass(frozen=True)
class Reading:
    """What the words say. `words` gives, field by field, what it was read from; an agent may change everything."""

    needs: list[Line] = field(default_factory=list)
    supply_ends_at: datetime | None = None
    ran_out: bool = False
    out_since: datetime | None = None
    nearly_out: bool = False
    vulnerabilities: list[str] = field(default_factory=list)
    age: int | None = None
    infant_months: int | None = None
    pregnant_week: int | None = None
    signs: list[str] = field(default_factory=list)  # slugs of cases.triage.signs
    red_flags: list[RedFlag] = field(default_factory=list)
    stated_urgency: str = ""
    kind: str = "unclear"
    district: str = ""
    words: dict[str, str] = field(default_factory=dict)


def read(text: str, *, at: datetime, learned: Iterable[str] = ()) -> Reading:
    """Read `text` as said at `at` (aware). `learned`: item names beyond the catalogue, as the desk has met them."""
    said = normal(text[:MAX_CHARS])
    lines = items.read(said, learned=learned)
    home = household.read(said)
    infant = home.infant_months is not None or any(line.group == "formula" for line in lines)
    left = supply.read(said, at=at, infant=infant)
    flags = red_flags.find(said, circumstances=home.circumstances)
    signs_found = signs.read(said)
    category = lines[0].category if lines else ""
    trouble = bool(left.words) or bool(signs_found.keys() - SAYS_LITTLE)
    what, kind_words = kind.of(
        said, has_items=bool(lines), has_flags=bool(flags), category=category, in_trouble=trouble
    )
    words = {slug: found for slug, found in home.words.items() if found}
    words |= signs_found
    words |= {"supply": left.words} if left.words else {}
    words |= {"kind": kind_words} if kind_words else {}
    return Reading(
        needs=lines,
        supply_ends_at=left.ends_at,
        ran_out=left.ran_out,
        out_since=left.out_since,
        nearly_out=left.nearly_out,
        vulnerabilities=home.vulnerabilities,
        age=home.age,
        infant_months=home.infant_months,
        pregnant_week=home.pregnant_week,
        signs=list(signs_found),
        red_flags=flags,
        stated_urgency=kind.stated_urgency(said),
        kind=what,
        district=places.district(said),
        words=words,
    )
