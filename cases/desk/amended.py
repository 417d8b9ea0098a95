"""What residents asked by text to have changed, beside the form as fields to take over."""

from __future__ import annotations

import json
from typing import Any

from cases import addresses, amendments, triage
from cases.amendments import Amendment
from cases.desk import fields
from cases.models import Case, Contact


def of(case: Case | None, data: dict[str, Any]) -> list[dict[str, Any]]:
    """One entry for each text that waits: its words, and what one press fills in."""
    if case is None:
        return []
    dealt_with = set(data.get("amended") or [])
    shown = []
    for contact in amendments.waiting(case):
        wish = amendments.read(contact.message.body) if contact.message else None
        if wish is None:
            continue
        fill, needs = _fields(wish, contact)
        shown.append(
            {
                "contact": contact,
                "words": wish.words,
                "is_address": wish.kind == amendments.ADDRESS,
                "fill": json.dumps(fill | {"amended": str(contact.pk)}),
                "needs": json.dumps(needs),
                "dealt_with": str(contact.pk) in dealt_with,
            }
        )
    return shown


def _fields(wish: Amendment, contact: Contact) -> tuple[dict[str, str], list[dict[str, str]]]:
    if wish.kind == amendments.NEED:
        return {}, [fields.of_need(line) for line in triage.read(wish.words, at=contact.at).needs]
    place = addresses.read(wish.words)
    building, room = (place.building, place.room) if place else addresses.door(wish.words)
    door = {"address-building": building, "address-room": room}
    if place is None and (building or room):  # another door of the same community
        return door, []
    # what the words do not say is emptied: the old door in the new street would be wrong
    fill = door | {f"address-{name}": "" for name in ("community", "community_name", "street")}
    if place and place.district_id:
        fill["address-district"] = str(place.district_id)
    if place and place.community:
        fill |= {"address-community": str(place.community_id), "address-community_name": place.community.name}
    else:
        fill["address-street"] = (place.street if place else "") or wish.words[:120]
    return fill, []
