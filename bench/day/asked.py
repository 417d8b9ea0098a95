"""Who asks for what, when and where.

Real posts of April 2022 (../shared/data/help_requests.jsonl), their hour of the day and district, with the level and category
that the product's own triage reads from them; where that file is missing, a stated profile.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bench.day.clock import BEGINS

SHARED = Path(__file__).resolve().parent.parent.parent.parent / "shared" / "data"
REQUESTS, COMMUNITIES = SHARED / "help_requests.jsonl", SHARED / "shanghai_communities.csv"
# Where no file of real posts lies: arrivals by hour, lowest at five, highest at one in the afternoon.
# fmt: off
PROFILE = (
    60, 50, 45, 35, 28, 22, 40, 70, 120, 170, 200, 215,
    230, 238, 220, 210, 205, 195, 185, 180, 175, 160, 130, 95,
)
# fmt: on
SHARES = {"medicine": 0.5, "food": 0.2, "infant": 0.12, "elderly": 0.18}


@dataclass(frozen=True)
class Post:
    """One request: when, where, what."""

    number: int
    at: datetime
    district: str
    place: str
    lon: float
    lat: float
    category: str
    level: int
    words: str


def posts(count: int, hours: float, seed: int) -> list[Post]:
    """So many requests over the first hours of the day, in their order."""
    rng = random.Random(seed)
    known = _communities()
    drawn: list[tuple[datetime, str, str, int, str]] = []
    source = _real(rng) if REQUESTS.exists() else _stated(rng)
    while len(drawn) < count:
        hour, district, category, level, words = next(source)
        at = BEGINS + timedelta(hours=(hour - BEGINS.hour) % 24, minutes=rng.uniform(0, 60))
        if at < BEGINS + timedelta(hours=hours):
            drawn.append((at, district, category, level, words))
    made = []
    for number, (at, district, category, level, words) in enumerate(sorted(drawn), start=1):
        district = district if district in known else rng.choice(sorted(known))
        name, lon, lat = rng.choice(known[district])
        made.append(Post(number, at, district, name, lon, lat, category, level, words))
    return made


def _real(rng: random.Random) -> Iterator[tuple[int, str, str, int, str]]:
    from cases.triage.suggesting import suggest

    with REQUESTS.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    while True:
        rng.shuffle(rows)
        for row in rows:
            read = suggest(row["text"])
            if read.category in SHARES and read.level <= 4:
                yield int(row["at"][11:13]), row["district"], read.category, read.level, row["text"][:200]


def _stated(rng: random.Random) -> Iterator[tuple[int, str, str, int, str]]:
    while True:
        hour = rng.choices(range(24), PROFILE)[0]
        category = rng.choices(list(SHARES), list(SHARES.values()))[0]
        yield hour, "", category, rng.choices((1, 2, 3, 4), (2, 28, 45, 25))[0], category


def _communities() -> dict[str, list[tuple[str, float, float]]]:
    found: dict[str, list[tuple[str, float, float]]] = {}
    if COMMUNITIES.exists():
        with COMMUNITIES.open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found.setdefault(row["district"], []).append((row["name"], float(row["lon"]), float(row["lat"])))
        return found
    from cases.models import Community

    for name, district, lon, lat in Community.objects.values_list("name", "district__name", "lon", "lat"):
        found.setdefault(district, []).append((name, lon, lat))
    return found
