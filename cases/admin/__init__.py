from cases.admin import (
    age,
    callback,
    case,
    category,
    contact,
    desk_settings,
    emergency,
    partner,
    people,
    place,
    privacy,
    quality,
)

__all__ = [
    "age",
    "callback",
    "case",
    "category",
    "contact",
    "desk_settings",
    "emergency",
    "partner",
    "people",
    "place",
    "privacy",
    "quality",
]
