from cases.admin import (
    callback,
    canned,
    case,
    catalogue,
    category,
    contact,
    emergency,
    level_look,
    partner,
    people,
    place,
    privacy,
)

__all__ = [
    "callback",
    "canned",
    "case",
    "catalogue",
    "category",
    "contact",
    "emergency",
    "level_look",
    "partner",
    "people",
    "place",
    "privacy",
]
