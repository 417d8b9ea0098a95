"""How the desks show a case: its level, its state, its number, a masked telephone."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cases.models import Case

register = template.Library()


@register.simple_tag
def level(value: int | None, *, word: bool = True) -> SafeString | str:
    """A level as digit, colour and word; without the word where a title says it."""
    if value is None:
        return ""
    name = Case.Level(value).label
    shown = format_html(' <span class="level-word">{}</span>', name) if word else ""
    return format_html('<span class="level level-{}" title="{}"><b>{}</b>{}</span>', value, name, value, shown)


@register.filter
def get(mapping: dict[str, Any] | None, key: Any) -> Any:
    """mapping[key] in a template, "" when it is not there."""
    return (mapping or {}).get(key, "")


@register.filter
def in_language(words: dict[str, str] | None, language: str) -> str:
    """Words kept in several languages ({"zh-hans": ..., "en": ...}): this one, else any."""
    words = words or {}
    return words.get(language) or next(iter(words.values()), "")
