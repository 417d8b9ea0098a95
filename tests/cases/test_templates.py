"""What residents are told: a text for each event in both languages, short enough for one message."""

import json
import re
from collections import defaultdict
from pathlib import Path

import pytest

from hotline import segments, wording

ROOT = Path(__file__).resolve().parents[2]
ROWS = json.loads((ROOT / "cases" / "city" / "templates.json").read_text(encoding="utf-8"))
BODIES: dict[str, dict[str, str]] = defaultdict(dict)
for row in ROWS:
    BODIES[row["event"]][row["language"]] = row["body"]

TYPICAL = {
    "zh-hans": {
        "number": "100123",
        "window": "今天14:00至16:00",
        "pin": "4821",
        "reason": "没有能进崇明的车",
        "into": "100100",
        "to": "居委会",
        "item": "缬沙坦",
        "stops": "3",
        "next": "接线员会打给您，也可直接回复。",
        "name": "李阿姨",
        "time": "今天16:40",
        "until": "11-29 10:00",
        "day": "10月10日",
    },
    "en": {
        "number": "100123",
        "window": "today 14:00-16:00",
        "pin": "4821",
        "reason": "no vehicle with a pass",
        "into": "100100",
        "to": "your neighbourhood committee",
        "item": "valsartan",
        "stops": "3",
        "next": "We call you about who else can receive it.",
        "name": "Aunt Li",
        "time": "today 16:40",
        "until": "11-29 10:00",
        "day": "10 September",
    },
}
SAID = re.compile(r"(?:\btell|_reply)\(\s*[\w.]+,\s*(?:[\w.]+,\s*)?\"([a-z_]+)\"|\bevent=\"([a-z_]+)\"")


@pytest.mark.parametrize("event", BODIES)
def test_each_event_is_there_in_both_languages_with_the_same_words_to_fill_in(event: str) -> None:
    chinese, english = BODIES[event]["zh-hans"], BODIES[event]["en"]
    assert wording.placeholders(chinese) == wording.placeholders(english)


@pytest.mark.parametrize("event", [event for event in BODIES if event != "status"])
def test_each_text_fits_into_one_message_but_for_a_link(event: str) -> None:
    for language, body in BODIES[event].items():
        assert segments.size(wording.fill(body, TYPICAL[language])).segments == 1


def test_every_event_the_code_tells_about_has_a_text() -> None:
    told = set()
    for package in ("hotline", "cases", "dispatch"):
        for file in (ROOT / package).rglob("*.py"):
            if "desk" not in file.parts and "carriers" not in file.parts:  # the desk's `tell` speaks to a page
                told |= {one or other for one, other in SAID.findall(file.read_text(encoding="utf-8"))}
    assert told - set(BODIES) == set()
    assert {"received", "survey", "unmet", "planned", "on_its_way", "driver_trip", "pharmacy_asked"} <= told


def test_only_news_that_goes_on_for_long_says_how_to_stop_it() -> None:
    with_stop = {event for event, bodies in BODIES.items() if "退订" in bodies["zh-hans"]}
    assert with_stop == {"help", "opted_in", "opted_out"}
