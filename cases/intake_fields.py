"""Which fields the intake form shows, and which have to be filled in before which step: data that supervisors set.

Nothing is asked for by the form itself: a case can always be saved with what the caller knows. A hidden field keeps what it
holds. Emergency mode may ask for more (cases.emergency).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.emergency import REQUIRED
from cases.models import Case, IntakeField, Need


def _every(has: Callable[[Need], Any]) -> Callable[[Case], bool]:
    return lambda case: all(has(need) for need in case.needs.all())


# What can be asked for: words, and whether a case has it.
ASKED: dict[str, tuple[str | Promise, Callable[[Case], bool]]] = {
    **{slug: REQUIRED[slug] for slug in ("address", "category", "needs", "phone", "supply_left")},
    "building": (gettext_lazy("building"), lambda case: bool(case.address and case.address.building)),
    "room": (gettext_lazy("room"), lambda case: bool(case.address and case.address.room)),
    "gate": (gettext_lazy("gate contact"), lambda case: bool(case.address and case.address.gate_phone)),
    "zone": (gettext_lazy("zone tier"), lambda case: bool(case.address and case.address.zone_tier)),
    "age": (gettext_lazy("age"), lambda case: case.person.birth_year is not None),
    "quantity": (gettext_lazy("quantity asked"), _every(lambda need: need.quantity is not None)),
    "brand": (gettext_lazy("brand"), _every(lambda need: need.brand)),
    "specification": (gettext_lazy("strength or specification"), _every(lambda need: need.specification)),
    "substitute": (gettext_lazy("substitute allowed"), _every(lambda need: need.substitute_allowed is not None)),
}
# What can be left out of the form. Without the others no case could be worked on.
CAN_BE_HIDDEN: dict[str, str | Promise] = {
    **{slug: ASKED[slug][0] for slug in ("gate", "zone", "age", "brand", "specification", "substitute")},
    "hard_of_hearing": gettext_lazy("hard of hearing"),
    "infant_months": gettext_lazy("months of the infant"),
    "pregnant_week": gettext_lazy("week of pregnancy"),
    "prescription": gettext_lazy("prescription needed"),
    "note": gettext_lazy("note"),
}


def names() -> dict[str, str | Promise]:
    """Every field a row can be about, with its words."""
    return {slug: words for slug, (words, _has) in ASKED.items()} | CAN_BE_HIDDEN


@dataclass(frozen=True)
class FormFields:
    """What the form leaves out, and what it says is asked for: (field, before which step), in words."""

    hidden: set[str]
    asked: list[tuple[str | Promise, str]]


def of_form(rows: Iterable[tuple[str, bool, str]]) -> FormFields:
    """From what supervisors have set: (field, shown, before which step)."""
    rows = list(rows)
    return FormFields(
        {field for field, shown, _before in rows if not shown} & set(CAN_BE_HIDDEN),
        [
            (ASKED[field][0], str(IntakeField.Before(before).label))
            for field, _shown, before in rows
            if before and field in ASKED
        ],
    )


def missing(case: Case, move: str) -> str:
    """What has to be written down before this move, in words; "" for nothing."""
    wanted = IntakeField.objects.filter(before=move).values_list("field", flat=True)
    lacking = [str(ASKED[slug][0]) for slug in wanted if slug in ASKED and not ASKED[slug][1](case)]
    return _("write down first: %s") % ", ".join(lacking) if lacking else ""


def problem(row: IntakeField) -> str:
    """What is wrong with a row, in words; "" for nothing."""
    if row.field not in names():
        return _("not known: %s") % row.field
    if not row.shown and row.field not in CAN_BE_HIDDEN:
        return _("this field cannot be left out")
    if row.before and row.field not in ASKED:
        return _("this field cannot be asked for")
    if row.before and not row.shown:
        return _("what is asked for has to be shown")
    return ""
