"""How many pieces a text is sent in: GSM 03.38 has 160 characters (153 when joined), UCS-2 has 70 (67)."""

BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = set("^{}\\[~]|€\f")


def count_segments(text: str) -> int:
    """At least one, as the carrier bills an empty text too."""
    if all(character in BASIC or character in EXTENDED for character in text):
        length = sum(2 if character in EXTENDED else 1 for character in text)
        return _pieces(length, 160, 153)
    return _pieces(len(text.encode("utf-16-be")) // 2, 70, 67)


def _pieces(length: int, single: int, joined: int) -> int:
    return 1 if length <= single else -(-length // joined)
