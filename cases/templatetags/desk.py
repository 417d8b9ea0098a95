"""How the desks show a case: its level, its state, its number, a masked telephone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases import levels, masking, triage
from cases.desk import form
from cases.desk.reasons import BREAKS, HOLD_REASONS, TAKEN_AS

register = template.Library()


@register.simple_tag
def level(value: int | None, *, word: bool = True) -> SafeString | str:
    """A level as digit, colour and word; without the word where a title says it."""
    return "" if value is None else _level(value, levels.word(value), word)


@lru_cache(maxsize=64)
def _level(value: int, name: str, word: bool) -> SafeString:
    shown = format_html(' <span class="level-word">{}</span>', name) if word else ""
    return format_html('<span class="level level-{}" title="{}"><b>{}</b>{}</span>', value, name, value, shown)


@register.simple_tag
def choices(found: Iterable[tuple[Any, Any]], chosen: Any) -> SafeString:
    """The options of a select; dozens in every form, and a loop in a template takes ten times as long."""
    return _choices(_plain(found), str(chosen or ""))


@register.simple_tag
def chips(found: Iterable[tuple[Any, Any]], name: str, chosen: Any, kind: str = "radio") -> SafeString:
    """Chips that are radio buttons or check boxes of one name; `chosen` is what is set, or a list of it."""
    options = _plain(found)
    return _chips(options, name, frozenset(value for value, _label in options if holds(chosen, value)), kind)


@register.simple_tag
def category_chips(found: Iterable[dict[str, Any]], chosen: str) -> SafeString:
    """The categories of the form, each with its key where it has one."""
    return _category_chips(_plain((each["slug"], each["label"], each["key"]) for each in found), chosen)


@register.simple_tag
def level_chips(found: Iterable[tuple[int, str]], chosen: Any) -> SafeString:
    """The five levels, each under its digit."""
    return _level_chips(_plain(found), _("level"), str(chosen or ""))


# The same few in every form: each is put together once for each language and each choice.
Plain = tuple[tuple[str, ...], ...]


def _plain(found: Iterable[Iterable[Any]]) -> Plain:
    """As words alone, none of them taken for markup."""
    return tuple(tuple(str(part) + "" for part in each) for each in found)


@lru_cache(maxsize=500)
def _choices(found: Plain, chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, _SELECTED if value == chosen else "", label) for value, label in found if value),
    )


@lru_cache(maxsize=1000)
def _chips(found: Plain, name: str, chosen: frozenset[str], kind: str) -> SafeString:
    return format_html_join(
        "",
        '<label class="chip small"><input type="{}" name="{}" value="{}"{}><span>{}</span></label>',
        ((kind, name, value, _CHECKED if value in chosen else "", label) for value, label in found),
    )


@lru_cache(maxsize=200)
def _category_chips(found: Plain, chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<label class="chip"><input type="radio" name="category" value="{}"{}{} data-key-words="{}">'
        "<span>{}{}</span></label>",
        (
            (
                slug,
                _CHECKED if slug == chosen else "",
                format_html(' data-key="{}"', key) if key else "",
                label,
                label,
                format_html(" <kbd>{}</kbd>", key) if key else "",
            )
            for slug, label, key in found
        ),
    )


@lru_cache(maxsize=100)
def _level_chips(found: Plain, word: str, chosen: str) -> SafeString:
    return format_html_join(
        "",
        '<label class="chip small level-choice"><input type="radio" name="level" value="{}"{} data-key="{}"'
        ' data-key-words="{} {}: {}"><span><b>{}</b>{}</span></label>',
        (
            (value, _CHECKED if value == chosen else "", value, word, value, label, value, label)
            for value, label in found
        ),
    )


@register.simple_tag
def blank_need(hidden: Iterable[str]) -> SafeString:
    """A need without anything in it, from which the page makes another one."""
    return _blank_need(frozenset(hidden), get_language() or "")


@lru_cache(maxsize=64)
def _blank_need(hidden: frozenset[str], _language: str) -> SafeString:
    return render_to_string("cases/desk/need.html", {"i": "__i__", "need": {}, "hidden": hidden})


_SELECTED, _CHECKED = mark_safe(" selected"), mark_safe(" checked")


@register.simple_tag
def level_sound(value: int) -> str:
    """How a ringing call of this level sounds."""
    return levels.sound(value)


@register.simple_tag
def case_url(number: str, page: str = "case") -> str:
    """The page of a case, or the part of it that is named; lists have hundreds of them."""
    return _case_url(f"cases:{page}").replace(_ANY_CASE, number)


_ANY_CASE = "0000000000"


@lru_cache(maxsize=8)
def _case_url(name: str) -> str:
    return reverse(name, args=[_ANY_CASE])


@register.filter
def get(mapping: dict[str, Any] | None, key: Any) -> Any:
    """mapping[key] in a template, "" when it is not there."""
    return (mapping or {}).get(key, "")


@register.filter
def in_language(words: dict[str, str] | None, language: str) -> str:
    """Words kept in several languages ({"zh-hans": ..., "en": ...}): this one, else any."""
    words = words or {}
    return words.get(language) or next(iter(words.values()), "")


@register.filter
def draft_title(data: dict[str, Any]) -> str:
    """What a form is called on its tab."""
    return form.title(data)


@register.filter
def break_reason(slug: str) -> Any:
    """Why an agent is away, in words."""
    return dict(BREAKS).get(slug, slug)


@register.filter
def last_four(number: str) -> str:
    """A number by its last digits, where the person has no name."""
    return f"…{number[-4:]}" if number else ""


@register.filter
def masked(number: Any) -> str:
    """138 **** 5678."""
    return masking.phone(str(number)) if number else ""


@register.filter
def hold_reason(kept: str) -> Any:
    """What a case waits for: one of the usual reasons, else an agent's own words."""
    return dict(HOLD_REASONS).get(kept, kept)


@register.filter
def mask_name(name: str) -> str:
    """王**."""
    return masking.name(name)


@register.filter
def household(slug: str) -> Any:
    """A vulnerability in words."""
    return triage.VULNERABILITIES.get(slug, slug)


@register.filter
def moment(written: str) -> datetime | None:
    """A time as a due sum keeps it."""
    return datetime.fromisoformat(written) if written else None


@register.filter
def holds(chosen: Any, value: str) -> bool:
    """Whether a value is among those chosen; one alone is kept as itself."""
    return value in chosen if isinstance(chosen, list) else value == chosen


@register.filter
def named(thing: Any) -> str:
    """A category or district in the language of the page; "" for none."""
    if thing is None or thing == "":
        return ""
    english = (get_language() or "").startswith("en")
    return thing.name_en if english and thing.name_en else thing.name


@register.filter
def taken_as(slug: str) -> Any:
    """How words that came in were taken."""
    return TAKEN_AS.get(slug, slug)
