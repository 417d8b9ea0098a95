"""What is told to people, as it is shipped: a text for each event and language, and with it which words each event fills in."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.conf import settings

from hotline import wording


@cache
def shipped() -> list[dict[str, Any]]:
    """The rows of cases/city/templates.json."""
    return json.loads((settings.BASE_DIR / "cases" / "city" / "templates.json").read_text(encoding="utf-8"))


def declare() -> None:
    """Both languages of an event have the same words to fill in (tests/cases/test_templates.py)."""
    for row in shipped():
        wording.declare(row["event"], wording.placeholders(row["body"]))
