"""What is being looked for, as lists for dispatcher and agents: the most pressing first, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.lifecycle import CaseState
from dispatch.models import Sourcing

MOST = 100
LAPSES_SOON = timedelta(hours=6)
State = Sourcing.State


@dataclass(frozen=True)
class Group:
    """Questions in the same state of things."""

    title: str
    empty: str
    rows: list[Sourcing]


def of() -> list[Group]:
    """Offers that wait for the resident's word, questions that wait for an answer, goods kept that nobody has fetched."""
    return [
        Group(
            _("Offered: ask the resident"),
            _("A part or a substitute that a pickup point offers stands here."),
            _rows(state__in=[State.PART, State.SUBSTITUTE], case__state__in=[CaseState.SOURCING, CaseState.TRIAGED]),
        ),
        Group(
            _("Asked, no answer yet"),
            _("A question to a pickup point stands here until it is answered."),
            _rows(state=State.ASKED),
        ),
        Group(
            _("Kept, but not for much longer"),
            _("Goods that lapse within six hours before a vehicle has them stand here."),
            _rows(state=State.CONFIRMED, reserved_until__lt=timezone.now() + LAPSES_SOON, case__state=CaseState.READY),
        ),
        Group(
            _("Ready to be collected"),
            _("Goods that lie ready for a vehicle stand here."),
            _rows(state=State.CONFIRMED, case__state=CaseState.READY),
        ),
    ]


def _rows(**which: Any) -> list[Sourcing]:
    rows: QuerySet[Sourcing] = Sourcing.objects.filter(**which).select_related(
        "case__category", "case__district", "pickup_point__district", "asked_by"
    )
    return list(rows.prefetch_related("case__needs").order_by("case__rank", "due_at", "reserved_until", "id")[:MOST])
