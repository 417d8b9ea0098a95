"""The left column: an agent's own work, always in the same order. A handful of short, bounded queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from cases.models import Attempt, Callback, Case, Contact
from hotline.models import Call, User

SHOWN = 6
COUNTED = 100  # more than this many is "99+"


@dataclass(frozen=True)
class Part:
    """One heading with its first entries; `count` stops at COUNTED."""

    entries: list[Any]
    count: int

    @property
    def label(self) -> str:
        return f"{COUNTED - 1}+" if self.count >= COUNTED else str(self.count)


def _part(found: QuerySet[Any]) -> Part:
    entries = list(found[:SHOWN])
    return Part(entries, len(entries) if len(entries) < SHOWN else found.order_by()[:COUNTED].count())


def mine(agent: User) -> QuerySet[Case]:
    """The cases this agent holds, most urgent first."""
    return (
        Case.objects.filter(owner="agent", owner_agent=agent)
        .select_related("person", "category")
        .order_by("rank", "due_at", "id")
    )


def held(agent: User) -> QuerySet[Case]:
    """What this agent put on hold and the hold has not ended."""
    return Case.objects.filter(state="on_hold", owner_agent=agent).select_related("person").order_by("held_until")


def callbacks(agent: User) -> Part:
    """Call-backs due now: what this agent has taken first, then the list in its order, each as its index has it.

    In one question the database would read every call-back that is due with its case before it knew the first of them.
    """
    shown = Callback.objects.select_related("resident", "case").order_by("level", "first_due_at", "id")
    taken = list(shown.filter(state="claimed", claimed_by=agent)[:SHOWN])
    entries = taken + list(shown.filter(state="due")[: SHOWN - len(taken)])
    if len(entries) < SHOWN:
        return Part(entries, len(entries))
    every = Callback.objects.filter(Q(state="due") | Q(state="claimed", claimed_by=agent))
    return Part(entries, every[:COUNTED].count())


def unread(agent: User) -> QuerySet[Contact]:
    """New words on cases this agent holds."""
    return (
        Contact.objects.filter(unread=True, case__owner="agent", case__owner_agent=agent)
        .select_related("message", "case")
        .order_by("id")
    )


def work_of(agent: User) -> dict[str, Any]:
    """Everything the left column shows."""
    return {
        "mine": _part(mine(agent)),
        "callbacks": callbacks(agent),
        "held": _part(held(agent)),
        "unread": _part(unread(agent)),
        "inbox_count": Contact.objects.filter(case=None, settled_at=None).order_by()[:COUNTED].count(),
    }


@dataclass(frozen=True)
class Day:
    """The head of the desk: what has been done today, and who waits."""

    calls: int
    callbacks: int
    waiting: int
    longest_since: datetime | None


def day_of(agent: User) -> Day:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    waiting = Call.objects.filter(state="waiting", line__practice=False).aggregate(
        n=Count("id"), longest=Min("waiting_since")
    )
    return Day(
        calls=Call.objects.filter(agent=agent, connected_at__gte=today, line__practice=False).count(),
        callbacks=Attempt.objects.filter(by=agent, at__gte=today).count(),
        waiting=waiting["n"],
        longest_since=waiting["longest"],
    )
