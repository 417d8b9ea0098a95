"""What a trainee has written down, against what the caller said: fields filled, level agreed. It becomes no case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases import triage
from cases.desk import drafts, side
from cases.models import Draft, PracticeCaller

Form = Mapping[str, Any]


def _need(data: Form, name: str) -> bool:
    return any(str(need.get(name) or "").strip() for need in data.get("needs") or [])


def _address(data: Form, *names: str) -> bool:
    return any(str((data.get("address") or {}).get(name) or "").strip() for name in names)


# What every form should have in the end, and when it does.
FIELDS: dict[str, tuple[Any, Callable[[Form], bool]]] = {
    "name": (_("caller's name"), lambda data: bool((data.get("caller") or {}).get("name", "").strip())),
    "words": (_("in their words"), lambda data: bool((data.get("words") or "").strip())),
    "category": (_("category"), lambda data: bool(data.get("category"))),
    "item": (_("what is needed"), lambda data: _need(data, "item")),
    "quantity": (_("how much"), lambda data: _need(data, "quantity")),
    "until": (_("left until"), lambda data: _need(data, "left_until")),
    "district": (_("district or community"), lambda data: _address(data, "district", "community", "community_name")),
    "door": (_("building and room"), lambda data: _address(data, "building") and _address(data, "room")),
}


def expected_level(words: str, number: str) -> int:
    """The level that triage proposes for all that the caller says."""
    from cases.demo.desk import form

    return int(side.of(form(words, number))["judged"]["proposed"])


def hand_in(draft: Draft, data: dict[str, Any]) -> PracticeCaller | None:
    """Marks the form and puts it away; None when the caller's shift is not known any more."""
    caller = PracticeCaller.objects.filter(call=draft.call).first()
    if caller:
        found = {slug for slug, (_words, is_filled) in FIELDS.items() if is_filled(data)}
        caller.filled = [slug for slug in FIELDS if slug in found]
        caller.missing = [slug for slug in FIELDS if slug not in found]
        caller.given_level = side.of(data, call=draft.call)["judged"]["level"]
        caller.given_category = str(data.get("category") or triage.suggest(data.get("words") or "").category or "")[:50]
        caller.handed_in_at, caller.trainee = timezone.now(), draft.agent
        caller.save()
    drafts.put_away(draft)
    return caller


def names(slugs: list[str]) -> list[str]:
    return [str(FIELDS[slug][0]) for slug in slugs if slug in FIELDS]
