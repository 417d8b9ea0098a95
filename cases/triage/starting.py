"""The starting categories of the city, as written in cases/city/categories.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "city" / "categories.json"
LISTS_JOINED = ("questions", "rules")


@cache
def _file() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def categories() -> list[dict[str, Any]]:
    """The starting categories: names, menu key, order and own rules."""
    return _file()["categories"]


def slugs() -> list[str]:
    return [each["slug"] for each in categories()]


def common() -> dict[str, Any]:
    """What holds for every category, and for a case that has none yet."""
    return _file()["common"]


@cache
def rules(slug: str) -> dict[str, Any]:
    """The rules a starting category begins with, complete."""
    return complete(next(each["rules"] for each in categories() if each["slug"] == slug))


def complete(own: Mapping[str, Any]) -> dict[str, Any]:
    """A category's own rules over the common ones: questions and rules one after the other, the rest replaced."""
    joined = {name: [*own.get(name, []), *common().get(name, [])] for name in LISTS_JOINED}
    return {**common(), **own, **joined}


@cache
def asked() -> set[str]:
    """The names of all questions that a starting category asks."""
    own = [question for category in categories() for question in category["rules"].get("questions", [])]
    return {question["slug"] for question in [*own, *common()["questions"]]}
