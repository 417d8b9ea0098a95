"""What a move of a case means for vehicles, whoever makes it. Registered with the lifecycle in DispatchConfig.ready."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases.lifecycle import FINAL_STATES, CaseState
from cases.models import Case
from dispatch import planner, sourcing, trips
from dispatch.models import Stop
from dispatch.trip_lifecycle import LIVE_STOP_STATES, TripState
from hotline.lifecycle import Move, MoveRefused
from hotline.models import User

S = CaseState
MAY_BE_ON_A_TRIP = (S.READY, S.PLANNED, S.EN_ROUTE)
# Where the trip of a case is that makes such a move.
GOES_WITH = {"plan": (TripState.RELEASED, TripState.UNDER_WAY), "depart": (TripState.UNDER_WAY,)}


def follow(case: Case, move: Move, before: str, by: User | None, reason: str) -> None:
    """Takes a case off its live stops when it leaves the road, and asks for a plan when one waits for it.

    Raises MoveRefused where somebody would have a case planned or on its way that no vehicle has.
    """
    if by is not None and move.name in GOES_WITH and not _is_on_a_trip(case, GOES_WITH[move.name]):
        raise MoveRefused(_("a case goes with its trip: put it on one, and release or start that"))
    left = before in MAY_BE_ON_A_TRIP and case.state not in (*MAY_BE_ON_A_TRIP, S.DELIVERED)
    if left or move.name == "return_to_ready":
        trips.remove_case(case, reason or _("the case moved on"))
    if case.state in FINAL_STATES or move.name == "met_otherwise":
        sourcing.withdraw_all(case)
    if case.state == S.READY and before != S.READY:
        planner.ask(case.line, because=move.name)


def _is_on_a_trip(case: Case, states: tuple[str, ...]) -> bool:
    return Stop.objects.filter(case=case, state__in=LIVE_STOP_STATES, trip__state__in=states).exists()
