"""The intake form: what its fields are called, read into one plain structure, and filled from what is known.

The structure is what a draft keeps and what cases.intake is given:
words, for_whom, caller {name, number}, relation, person {name, number, age}, language, hard_of_hearing, category,
needs [{id, item, brand, specification, quantity, unit, substitute, prescription, left_until}], address {...},
household [slugs], infant_months, pregnant_week, answers {question: value}, level, level_reason, stated_urgency, note, and
the mark of what it was filled from (version).
"""

from __future__ import annotations

import re
from typing import Any

from django.http import QueryDict

NEED_FIELDS = ("id", "item", "brand", "specification", "quantity", "unit", "substitute", "prescription", "left_until")
ADDRESS_FIELDS = (
    "district",
    "community",
    "community_name",
    "street",
    "building",
    "room",
    "gate_contact",
    "gate_phone",
    "committee_phone",
    "zone_tier",
    "said",
)
PLAIN_FIELDS = (
    "words",
    "relation",
    "language",
    "category",
    "level",
    "level_reason",
    "stated_urgency",
    "note",
    "infant_months",
    "pregnant_week",
    "version",  # the mark of what the form was filled from (cases.intake.what_is_edited)
)
MAX_NEEDS = 12
MAX_LENGTH = 4000


def empty() -> dict[str, Any]:
    """A form nobody has touched: one need line is open."""
    return {
        "for_whom": "caller",
        "caller": {},
        "person": {},
        "address": {},
        "needs": [{}],
        "household": [],
        "answers": {},
    }


def read(post: QueryDict) -> dict[str, Any]:
    """The structure from posted fields. Nothing is refused here: what a caller cannot know yet may be missing."""
    data: dict[str, Any] = {name: _text(post, name) for name in PLAIN_FIELDS}
    data["for_whom"] = "other" if post.get("for_whom") == "other" else "caller"
    data["caller"] = {name: _text(post, f"caller-{name}") for name in ("name", "number")}
    data["person"] = {name: _text(post, f"person-{name}") for name in ("name", "number", "age")}
    data["address"] = {name: _text(post, f"address-{name}") for name in ADDRESS_FIELDS}
    data["hard_of_hearing"] = "hard_of_hearing" in post
    data["household"] = post.getlist("household")
    data["amended"] = post.getlist("amended")
    data["needs"] = _needs(post)
    data["answers"] = _answers(post)
    return data


def title(data: dict[str, Any]) -> str:
    """What a form is called on its tab: the person, else the first item, else nothing yet."""
    person = data.get("person" if data.get("for_whom") == "other" else "caller") or {}
    items = [need.get("item", "") for need in data.get("needs", [])]
    return " · ".join(part for part in [person.get("name", ""), next((i for i in items if i), "")] if part)


def is_untouched(data: dict[str, Any]) -> bool:
    """Whether nothing has been typed that would be missed."""
    needs = any(need.get("item") for need in data.get("needs", []))
    return not (needs or data.get("words") or data.get("note") or any((data.get("address") or {}).values()))


def _text(post: QueryDict, name: str) -> str:
    return post.get(name, "").strip()[:MAX_LENGTH]


def _needs(post: QueryDict) -> list[dict[str, str]]:
    indexes = sorted({int(m[1]) for key in post if (m := re.fullmatch(r"need-(\d{1,3})-\w+", key))})[:MAX_NEEDS]
    lines = [{name: _text(post, f"need-{i}-{name}") for name in NEED_FIELDS} for i in indexes]
    return [line for line in lines if line["item"] or line["id"]] or [{}]


def _answers(post: QueryDict) -> dict[str, Any]:
    named = {key.removeprefix("answer-"): post.getlist(key) for key in post if key.startswith("answer-")}
    said = {slug: [v.strip()[:500] for v in values if v.strip()] for slug, values in named.items()}
    return {slug: values if len(values) > 1 else values[0] for slug, values in said.items() if values}
