"""Say and Play: what sounds in the telephone, and for how long."""

import unicodedata
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ..twiml import number, words
from .program import Program, verb

WIDE_PER_SECOND = 4.5  # Chinese syllables
NARROW_PER_SECOND = 15.0  # letters
PLAY_SECONDS = 3.0
FOREVER = 1000


def speaking_seconds(text: str) -> float:
    """How long a voice needs for a text."""
    wide = sum(1 for character in text if unicodedata.east_asian_width(character) in "WF")
    return wide / WIDE_PER_SECOND + (len(text) - wide) / NARROW_PER_SECOND


def repeats(element: Element) -> Iterator[int]:
    """As often as loop says; 0 means on and on."""
    return iter(range(number(element, "loop", 1) or FOREVER))


@verb("Say")
async def say(run: Program, element: Element) -> None:
    text = words(element)
    with run.leg.doing("say"):
        for _ in repeats(element):
            run.leg.hear("say", text, language=element.get("language", "en-US"), voice=element.get("voice", ""))
            await run.clock.sleep(speaking_seconds(text))


@verb("Play")
async def play(run: Program, element: Element) -> None:
    with run.leg.doing("play"):
        for _ in repeats(element):
            if element.get("digits"):
                run.leg.hear("tone", element.get("digits", ""))
                await run.clock.sleep(0.5 * len(element.get("digits", "")))
            else:
                run.leg.hear("play", run.link(words(element)))
                await run.clock.sleep(PLAY_SECONDS)
