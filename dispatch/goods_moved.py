"""Where goods are after a stop: on board, back at the point, or not there at all."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from dispatch.models import Sourcing, Stop
from dispatch.sourcing import RESERVED_FOR


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


def not_there(pickup: Stop, words: str) -> None:
    """The point does not have them, or they are spoilt."""
    if pickup.sourcing:
        pickup.sourcing.words = words[:200]
        settle(pickup.sourcing, Sourcing.State.REFUSED)


def settle(sourcing: Sourcing, state: str) -> None:
    sourcing.state = state
    sourcing.save()
