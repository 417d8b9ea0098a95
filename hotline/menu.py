"""The caller's keypad menu, made of the categories of that day: a new one in the admin is in the menu at once."""

from __future__ import annotations

from dataclasses import dataclass

from hotline import languages
from hotline.handlers import MenuEntry, handlers
from hotline.models import Line
from hotline.spoken import CHINESE, ENGLISH, say

EMERGENCY_KEY, EXISTING_KEY, DIALECT_KEY, LANGUAGE_KEY = "0", "4", "8", "9"
OURS = (EMERGENCY_KEY, EXISTING_KEY, DIALECT_KEY, LANGUAGE_KEY)
EXISTING = "existing"


@dataclass(frozen=True)
class Choice:
    """What a key means: a category to ask for, an existing case, another language, or nothing."""

    kind: str  # category, existing, language, dialect, emergency, none
    entry: MenuEntry | None = None


def entries(language: str) -> list[MenuEntry]:
    return [entry for entry in handlers().menu(language) if entry.key not in OURS]


def sentences(line: Line, language: str, *, greet: bool) -> list[str]:
    """What is read out, in order; the greeting only the first time."""
    greeting = (line.greeting_en if language == ENGLISH else "") or line.greeting
    before = [part for part in [greeting, say("emergency", language)] if part] if greet else []
    offered = [say("menu_entry", language, subject=entry.spoken, key=entry.key) for entry in entries(language)]
    dialect = [say("menu_dialect", language)] if dialect_offered(language) else []
    after = [say("menu_existing", language), *dialect, say("menu_language", language), say("menu_emergency", language)]
    return [*before, *offered, *after]


def dialect_offered(language: str) -> bool:
    """Asked of those who hear the menu in Chinese, when somebody who works here speaks it."""
    return language != ENGLISH and languages.is_offered(languages.SHANGHAINESE)


def chosen(key: str, language: str) -> Choice:
    """What the pressed key means; "" (no key) and unknown keys mean nothing."""
    if key == EXISTING_KEY:
        return Choice("existing")
    if key == LANGUAGE_KEY:
        return Choice("language")
    if key == EMERGENCY_KEY:
        return Choice("emergency")
    if key == DIALECT_KEY and dialect_offered(language):
        return Choice("dialect")
    entry = next((entry for entry in entries(language) if key and entry.key == key), None)
    return Choice("category", entry) if entry else Choice("none")


def other_language(language: str) -> str:
    return CHINESE if language == ENGLISH else ENGLISH
