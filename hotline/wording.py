"""What residents receive: the template of an event, filled in. Category's own before the general one, then any language."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hotline.models import MessageTemplate

PLACEHOLDER = re.compile(r"\{(\w+)\}")
FALLBACK = "zh-hans"


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
