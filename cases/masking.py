"""Personal data on screens: masked until somebody who may see it asks for it, and that is written down."""

from __future__ import annotations

import re

from cases.models import Case, PersonalDataAccess, Resident
from hotline import prepared
from hotline.models import User

WRITE = """
    insert into cases_personaldataaccess (user_id, what, case_id, resident_id) values (%s, %s, %s, %s) returning id, at
"""


def phone(number: str) -> str:
    """A number by which a colleague can recognise it and nobody can dial it: 138 **** 5678."""
    digits = re.sub(r"\D", "", number)
    if number.startswith("+86"):
        digits = digits[2:]
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]} **** {digits[-4:]}"


def name(words: str) -> str:
    """The surname, or the first letter: 王**; a short name keeps its first sign only."""
    words = words.strip()
    return words[:1] + "*" * min(max(len(words) - 1, 0), 2)


def unmask(user: User, what: str, case: Case | None = None, resident: Resident | None = None) -> PersonalDataAccess:
    """Writes down who is about to see what, of whom. Call it in the transaction that hands the data out."""
    seen = PersonalDataAccess(
        user=user,
        what=what[:40],
        case_id=case.pk if case else None,
        resident_id=resident.pk if resident else (case.person_id if case else None),
    )
    with prepared.cursor() as cursor:
        cursor.execute(WRITE, [user.pk, seen.what, seen.case_id, seen.resident_id])
        seen.pk, seen.at = cursor.fetchone()
    return seen
