"""What residents receive: the template of an event, filled in. Category's own before the general one, then any language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from hotline.models import MessageTemplate

PLACEHOLDER = re.compile(r"\{(\w+)\}")
FALLBACK = "zh-hans"
# What each event fills in, as the package that tells about it says.
_filled_in: dict[str, frozenset[str]] = {}
# Without these a text is of no use: nobody could open the page, hand over the goods or read the answer.
ESSENTIAL = frozenset({"link", "pin", "status", "words"})


class NoTemplate(LookupError):
    """Nobody wrote what to say about this event."""


def find(event: str, language: str, category: str = "") -> MessageTemplate:
    """The template that fits best; raises NoTemplate."""
    rows = MessageTemplate.objects.filter(event=event, category__in={category, ""}, language__in={language, FALLBACK})
    best = sorted(rows, key=lambda row: (row.language != language, row.category != category))
    if not best:
        raise NoTemplate(event)
    return best[0]


def fill(body: str, words: Mapping[str, object]) -> str:
    """The text with {word} replaced; a word that is not given leaves nothing."""
    return PLACEHOLDER.sub(lambda match: str(words.get(match[1], "")), body)


def placeholders(body: str) -> set[str]:
    return set(PLACEHOLDER.findall(body))


def declare(event: str, words: Iterable[str]) -> None:
    """Says which words an event fills in; called when the app is ready."""
    _filled_in[event] = _filled_in.get(event, frozenset()) | frozenset(words)


def events() -> list[str]:
    """Every event that something is told about."""
    return sorted(_filled_in)


def filled_in(event: str) -> frozenset[str]:
    return _filled_in.get(event, frozenset())


def essential(event: str) -> frozenset[str]:
    return filled_in(event) & ESSENTIAL
