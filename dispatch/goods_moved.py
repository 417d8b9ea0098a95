"""Where goods are after a stop: on board, back at the point, or not there at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.models import Sourcing, Stop
from dispatch.sourcing import RESERVED_FOR
from dispatch.trip_lifecycle import StopState, TripState


def collected(pickup: Stop) -> None:
    """They are on board."""
    if pickup.sourcing:
        settle(pickup.sourcing, Sourcing.State.COLLECTED)


def brought_back(pickup: Stop, at: datetime) -> None:
    """They lie at the pickup point again from then on, for the next trip."""
    if pickup.sourcing:
        pickup.sourcing.ready_at = at
        pickup.sourcing.reserved_until = at + RESERVED_FOR
        pickup.sourcing.words = _("brought back by the driver")
        settle(pickup.sourcing, Sourcing.State.CONFIRMED)


def on_board_of(cases: Iterable[int]) -> dict[int, int]:
    """By case (id) the trip (id) under way that has its goods on board until it is over, though the case is on no trip."""
    collected = Stop.objects.filter(
        case__in=list(cases), kind=Stop.Kind.PICKUP, state=StopState.DONE, trip__state=TripState.UNDER_WAY
    )
    to_come_back = collected.filter(sourcing__state=Sourcing.State.CONFIRMED, sourcing__ready_at__gt=timezone.now())
    return dict(to_come_back.order_by("ended_at").values_list("case_id", "trip_id"))


def not_there(pickup: Stop, words: str) -> None:
    """The point does not have them, or they are spoilt."""
    if pickup.sourcing:
        pickup.sourcing.words = words[:200]
        settle(pickup.sourcing, Sourcing.State.REFUSED)


def settle(sourcing: Sourcing, state: str) -> None:
    sourcing.state = state
    sourcing.save()
