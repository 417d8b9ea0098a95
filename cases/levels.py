"""How the five levels look and sound: safe defaults, and over them what an administrator set. Never a colour alone.

The digit always stands beside the colour, a word is required, and the ink on a colour is chosen so that it can be read.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection
from django.utils.translation import get_language
from redis.exceptions import RedisError

from cases.models import Case, LevelLook

KEPT_SECONDS = 20
KEY = "level-looks"
READABLE = 4.5  # contrast of letters on a colour, WCAG 2 AA


@dataclass(frozen=True)
class Look:
    """One level as screens show it; `colour` is "" where the style sheet's own stands."""

    level: int
    word: str
    word_en: str
    colour: str
    sound: str

    @property
    def ink(self) -> str:
        return ink_on(self.colour) if self.colour else ""


Sound = LevelLook.Sound
SAFE = {
    1: Look(1, "", "", "", Sound.URGENT),
    2: Look(2, "", "", "", Sound.PLAIN),
    3: Look(3, "", "", "", Sound.PLAIN),
    4: Look(4, "", "", "", Sound.PLAIN),
    5: Look(5, "", "", "", Sound.SOFT),
}


HERE_SECONDS = 2.0  # in this process: a list shows hundreds of levels
_here: tuple[float, dict[int, Look]] | None = None


def looks() -> dict[int, Look]:
    """All five, what was set over the safe ones; kept for some seconds."""
    global _here
    now = time.monotonic()
    if _here is None or now - _here[0] > HERE_SECONDS:
        rows = _kept()
        if rows is None:
            rows = list(LevelLook.objects.values_list("level", "word", "word_en", "colour", "sound"))
            _keep(rows)
        _here = (now, SAFE | {row[0]: Look(*row) for row in rows})
    return _here[1]


def word(level: int) -> str:
    """The word of a level in the language of the page."""
    look = looks().get(level)
    english = (get_language() or "").startswith("en")
    set_ = (look.word_en if english else look.word) if look else ""
    return set_ or str(Case.Level(level).label)


def sound(level: int) -> str:
    """How a ringing call of this level sounds (cases/static/cases/ring.js)."""
    look = looks().get(level)
    return look.sound if look else Sound.PLAIN


def style_sheet() -> str:
    """The colours that were set, as style; "" where all are the safe ones. Set colours hold by day and by night."""
    rules = [
        f"--level-{look.level}: {look.colour}; --level-{look.level}-ink: {look.ink};"
        for look in looks().values()
        if look.colour
    ]
    return f":root, .dark {{ {' '.join(rules)} }}\n" if rules else ""


def ink_on(colour: str) -> str:
    """Black or white, whichever can be read better on this colour."""
    return "#000000" if contrast(colour, "#000000") >= contrast(colour, "#ffffff") else "#ffffff"


def contrast(one: str, other: str) -> float:
    """The WCAG contrast of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def problem(level: int, colour: str) -> str:
    """Which other level has a colour too much like this one, as a digit; "" for none."""
    for other in looks().values():
        if other.level != level and other.colour and _distance(colour, other.colour) < 60:
            return str(other.level)
    return ""


def changed() -> None:
    """Somebody set one: it is seen at once."""
    global _here
    _here = None
    try:
        cache.delete(KEY)
    except RedisError:
        return


def _kept() -> list[tuple[int, str, str, str, str]] | None:
    try:
        return cache.get(KEY)
    except RedisError:
        return None


def _keep(rows: list[tuple[int, str, str, str, str]]) -> None:
    if connection.in_atomic_block:  # what is not committed yet is nobody else's
        return
    try:
        cache.set(KEY, rows, KEPT_SECONDS)
    except RedisError:
        return


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    parts = [value / 255 for value in _channels(colour)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _distance(one: str, other: str) -> float:
    """How far apart two colours are, roughly as the eye has it, 0 to 765."""
    (r1, g1, b1), (r2, g2, b2) = _channels(one), _channels(other)
    mean = (r1 + r2) / 2
    red, green, blue = r1 - r2, g1 - g2, b1 - b2
    return float(((2 + mean / 256) * red**2 + 4 * green**2 + (2 + (255 - mean) / 256) * blue**2) ** 0.5)
