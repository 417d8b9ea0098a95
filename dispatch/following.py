"""What a move of a case means for vehicles, whoever makes it. Registered with the lifecycle in DispatchConfig.ready."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.lifecycle import FINAL_STATES, CaseState
from cases.models import Case
from dispatch import planner, sourcing, trips
from hotline.lifecycle import Move
from hotline.models import User

S = CaseState
MAY_BE_ON_A_TRIP = (S.READY, S.PLANNED, S.EN_ROUTE)


def follow(case: Case, move: Move, before: str, by: User | None, reason: str) -> None:
    """Takes a case off its live stops when it leaves the road, and asks for a plan when one waits for it."""
    left = before in MAY_BE_ON_A_TRIP and case.state not in (*MAY_BE_ON_A_TRIP, S.DELIVERED)
    if left or move.name == "return_to_ready":
        trips.remove_case(case, reason or _("the case moved on"))
    if case.state in FINAL_STATES or move.name == "met_otherwise":
        sourcing.withdraw_all(case)
    if case.state == S.READY and before != S.READY:
        planner.ask(case.line, because=move.name)
