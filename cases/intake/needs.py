"""The lines of a case: what is needed, as it was typed into a form or read from words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cases import catalogue, triage
from cases.intake import typed
from cases.models import Case, Need
from cases.triage import items
from hotline.models import User


def of_form(data: dict[str, Any], case: Case) -> list[Need]:
    """The lines of the form as needs, unsaved; a line keeps its row by its id."""
    rows = {str(need.pk): need for need in case.needs.all()} if case.pk else {}
    return [of_line(line, rows.get(line.get("id") or "")) for line in data.get("needs") or [] if line.get("item")]


def of_line(line: dict[str, str], row: Need | None = None) -> Need:
    """A line of the form; its item's entry in the catalogue says what is kept cool and what is controlled."""
    need = row or Need()
    need.item = line["item"][:120]
    need.brand = (line.get("brand") or "")[:80]
    need.specification = (line.get("specification") or "")[:80]
    need.quantity = typed.decimal(line.get("quantity") or "")
    need.unit = (line.get("unit") or "")[:20]
    need.substitute_allowed = {"yes": True, "no": False}.get(line.get("substitute") or "")
    need.prescription_needed = line.get("prescription") in ("yes", "on", "true")
    need.supply_left_until = typed.moment(line.get("left_until") or "")
    known = items.look_up(need.item)
    if known:
        need.needs_cooling = bool(known.facts.get("cooling")) or need.needs_cooling
        need.controlled = bool(known.facts.get("controlled")) or need.controlled
    return need


def of_reading(line: items.Line, reading: triage.Reading) -> Need:
    return Need(
        item=line.item[:120],
        brand=line.brand[:80],
        specification=line.specification[:80],
        quantity=typed.decimal(str(line.quantity)) if line.quantity is not None else None,
        unit=line.unit[:20],
        prescription_needed=line.prescription,
        needs_cooling=line.cooling,
        controlled=line.controlled,
        supply_left_until=reading.supply_ends_at,
    )


def save(case: Case, needs: Iterable[Need], by: User | None = None) -> None:
    """Writes the lines; one that was taken off the form is deleted, and its history stays."""
    kept = []
    needs = list(needs)
    new = [need for need in needs if need.pk is None]
    for need in needs:
        need.case = case
        need._history_user = by  # type: ignore[attr-defined]
        need.save()
        kept.append(need.pk)
    if by is not None:
        catalogue.count(new)
        for gone in case.needs.exclude(pk__in=kept):
            gone.delete()
