"""How many segments a text takes: GSM 03.38 (160 characters, 153 each when several) or UCS-2 (70, 67 each).

Sizes and the rule that one character outside the GSM table makes the whole text UCS-2: 3GPP TS 23.038 and TS 23.040.
"""

from dataclasses import dataclass

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = "\f^{}\\[~]|€"  # an escape and a character: two septets
COST = dict.fromkeys(GSM_BASIC, 1) | dict.fromkeys(GSM_EXTENDED, 2)


@dataclass(frozen=True)
class Size:
    """`units` are septets in GSM-7, UTF-16 code units in UCS-2 (an emoji takes two)."""

    encoding: str
    units: int
    segments: int


def size(text: str) -> Size:
    """What the carrier will bill for this text; an empty text takes one segment."""
    if all(character in COST for character in text):
        costs = [COST[character] for character in text]
        return Size("GSM-7", sum(costs), _segments(costs, 160, 153))
    costs = [2 if ord(character) > 0xFFFF else 1 for character in text]
    return Size("UCS-2", sum(costs), _segments(costs, 70, 67))


def _segments(costs: list[int], alone: int, each: int) -> int:
    """A character of two units is never cut in half, so the segments are filled one by one."""
    if sum(costs) <= alone:
        return 1
    segments, room = 1, each
    for cost in costs:
        if cost > room:
            segments, room = segments + 1, each
        room -= cost
    return segments
