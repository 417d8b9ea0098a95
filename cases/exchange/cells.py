"""How exports write what they all have: telephones, doors, times."""

from __future__ import annotations

from datetime import datetime

import phonenumbers
from django.utils import timezone

AT_ONCE = 2000  # rows of an export read together


def house(building: str | None, room: str | None, unmasked: bool) -> tuple[str, str]:
    """The door is nobody's business in a list that may be passed on."""
    return (building or "", room or "") if unmasked else ("", "")


def dialled(number: str) -> str:
    """A number as people write it, with spaces, so that no spreadsheet makes 1.38E+10 of it."""
    if number.startswith("+861") and len(number) == len("+8613800000000"):
        return f"{number[3:6]} {number[6:10]} {number[10:]}"
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def at(moment: datetime | None) -> str:
    """A time of the city as spreadsheets read it."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
