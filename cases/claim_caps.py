"""How many cases an agent may have in hand at once. What is over it waits in the queue's order until they have room.

Level 1 is no part of it: it waits behind nothing, so an agent who has enough may still take one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from cases.models import Case, ClaimCap
from hotline.models import User


@dataclass(frozen=True)
class Hands:
    """How many an agent has, and how many they may have; None for no limit."""

    held: int
    most: int | None

    @property
    def full(self) -> bool:
        return self.most is not None and self.held >= self.most


def hands(agent: User) -> Hands:
    """Two small queries; one when nobody has a limit."""
    rows = {row.agent_id: row.cases for row in ClaimCap.objects.filter(Q(agent=agent) | Q(agent=None))}
    most = rows.get(agent.pk, rows.get(None))
    return Hands(0 if most is None else _held(agent), most)


def _held(agent: User) -> int:
    return Case.objects.filter(owner=Case.Owner.AGENT, owner_agent=agent).count()


def words(agent: User) -> str:
    """Why nothing more is to be had, for the agent; "" while they have room."""
    now = hands(agent)
    if not now.full:
        return ""
    return _(
        "You have %(held)d cases, and %(most)d at once is the limit: finish one or hand it back. The others wait in their order."
    ) % {"held": now.held, "most": now.most}
