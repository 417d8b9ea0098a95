"""The words people see, and their translations: found in code and templates with Babel, without GNU gettext.

manage.py makemessages    brings locale/zh_Hans/LC_MESSAGES/django.po up to the code; says what has no translation yet
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PACKAGES = ("hotline", "cases", "dispatch")
TEMPLATES = "templates"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
LOCALE = "zh_Hans"


def file(root: Path | None = None) -> Path:
    return (root or settings.BASE_DIR) / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def spoken_in_code(root: Path | None = None) -> Catalog:
    """Every msgid of the code and the templates, with the files it stands in."""
    root = root or settings.BASE_DIR
    found = Catalog()
    for path, code in _sources(root):
        place = str(path.relative_to(root))
        for line, function, said, _comments in extract_python(code, KEYWORDS, [], {"encoding": "utf-8"}):
            for words, context in _messages(str(function), said):
                found.add(words, locations=[(place, line)], context=context)
    return found


def read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale=LOCALE)


def brought_up(found: Catalog, *known: Catalog) -> Catalog:
    """What is found, each with the first translation that one of `known` has for it; words nobody says any more are gone."""
    fresh = Catalog(locale=LOCALE, charset="utf-8", fuzzy=False, header_comment=HEADER)
    for message in sorted(_words(found), key=_order):
        plain = isinstance(message.id, str)
        translated = next(
            (t for t in (_translation(catalog, message) for catalog in known) if t), "" if plain else ("",)
        )
        flags = {"python-format"} if message.python_format else set()
        fresh.add(message.id, translated, locations=message.locations, flags=flags, context=message.context)
    return fresh


def untranslated(found: Catalog, catalog: Catalog) -> list[str]:
    """What has no translation, or one that lacks a placeholder of the original."""
    return [msgid(message) for message in _words(found) if not _is_translated(message, _translation(catalog, message))]


def write(catalog: Catalog, path: Path) -> bool:
    """Whether anything has changed. Of the header only language, plural rule and encoding are kept: no dates, no names."""
    text = io.BytesIO()
    write_po(text, catalog, width=120, include_lineno=False, omit_header=False)
    fresh = UNWANTED_HEADER.sub(b"", text.getvalue())
    if path.exists() and path.read_bytes() == fresh:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(fresh)
    return True


HEADER = "# The words of the hotline in Simplified Chinese. `manage.py makemessages` adds what is new and drops what is gone."


def _sources(root: Path) -> Iterator[tuple[Path, io.BytesIO]]:
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, io.BytesIO(path.read_bytes())
    for path in sorted(
        [*(root / TEMPLATES).rglob("*.*"), *(p for x in PACKAGES for p in (root / x).rglob("templates/**/*.*"))]
    ):
        if path.is_file():
            code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            yield path, io.BytesIO(re.sub(r"^[ \t]+", "", code, flags=re.MULTILINE).encode())


def _messages(
    function: str, said: str | list[str] | tuple[str, ...]
) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """The msgid (or singular and plural) and the context of one call."""
    parts = [said] if isinstance(said, str) else list(said)
    if not all(parts[:2]):  # not a string that stands there
        return
    if function.startswith("pgettext"):
        yield parts[1], parts[0]
    elif function.startswith("ngettext"):
        yield (parts[0], parts[1]), None
    else:
        yield parts[0], None


def _words(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _order(message: Message) -> tuple[str, str]:
    return msgid(message).casefold(), msgid(message)


def msgid(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _translation(catalog: Catalog, message: Message) -> str | tuple[str, ...]:
    """In this catalogue; "" when there is none. Chinese has one form where English has two."""
    known = catalog.get(msgid(message), message.context)
    if known is None or known.fuzzy:
        return ""
    said = known.string if isinstance(known.string, str) else known.string[0] if known.string else ""
    if not said:
        return ""
    return said if isinstance(message.id, str) else (said,)


UNWANTED_HEADER = re.compile(
    rb'^"(?:Project|Report|POT|PO|Last|Language-Team|MIME|Content-Transfer|Generated).*?:.*\n', re.MULTILINE
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def _is_translated(message: Message, said: str | tuple[str, ...]) -> bool:
    words = said if isinstance(said, str) else said[0] if said else ""
    asked = set(PLACEHOLDER.findall(msgid(message)))
    if not isinstance(message.id, str):  # "one case" may leave the number out, "%(count)s cases" does not
        asked &= set(PLACEHOLDER.findall(message.id[1]))
    return bool(words) and asked <= set(PLACEHOLDER.findall(words))
