from typing import Any

from ..voice.conference import Conference
from ..voice.program import Source
from . import shapes
from .asked import Asked, between, inside
from .paging import page_of_list


def list_(asked: Asked) -> dict[str, Any]:
    name, status = asked.get("FriendlyName"), asked.get("Status")
    created, updated = between(asked, "DateCreated"), between(asked, "DateUpdated")
    rows = [
        shapes.conference(room, asked.account)
        for room in reversed(list(asked.carrier.conferences))
        if (not name or room.name == name)
        and (not status or room.status == status)
        and inside(room.created, created)
        and inside(room.updated, updated)
    ]
    return page_of_list(asked, "conferences", rows)


def fetch(asked: Asked) -> dict[str, Any]:
    return shapes.conference(found(asked, "Sid"), asked.account)


def update(asked: Asked) -> dict[str, Any]:
    room = found(asked, "Sid")
    if asked.get("Status") == "completed":
        asked.carrier.conferences.end(room, "conference-ended-via-api")
    elif asked.url("AnnounceUrl", 21205):
        source = Source(asked.get("AnnounceUrl"), asked.method("AnnounceMethod"))
        asked.carrier.conferences.announce(list(room.participants.values()), source)
    return shapes.conference(room, asked.account)


def found(asked: Asked, name: str = "ConferenceSid") -> Conference:
    room = asked.carrier.conferences.find(asked.parts[name])
    if room is None:
        raise asked.missing()
    return room
