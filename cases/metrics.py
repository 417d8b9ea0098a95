"""Gauges of the cases for Prometheus: one query over an index each."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count
from django.utils import timezone

from cases import unanswered
from cases.models import Callback, Case, Contact
from hotline.metrics import gauge


@gauge("cases_in_queue", "Cases that wait for an agent", label="level")
def _in_queue() -> Mapping[str, float]:
    counted = Case.objects.filter(owner="queue").order_by().values_list("level").annotate(Count("pk"))
    return {str(level): float(count) for level, count in counted}


@gauge("cases_oldest_due_seconds", "How long the most urgent case in the queue is past its time")
def _overdue() -> float:
    first = Case.objects.filter(owner="queue").order_by("rank", "due_at", "id").values_list("due_at", flat=True).first()
    return max((timezone.now() - first).total_seconds(), 0.0) if first else 0.0


@gauge("cases_callbacks", "Call-backs that are owed", label="state")
def _callbacks() -> Mapping[str, float]:
    counted = Callback.objects.filter(state__in=("scheduled", "due", "claimed", "retry")).order_by()
    return {state: float(count) for state, count in counted.values_list("state").annotate(Count("pk"))}


@gauge("cases_inbox", "Texts and calls in the visible inbox that nobody has settled")
def _inbox() -> float:
    return float(Contact.objects.filter(case=None, settled_at=None).count())


@gauge("cases_unanswered", "Calls and texts that nobody answered and nobody has acted on", label="cause")
def _unanswered() -> Mapping[str, float]:
    return {cause: float(n) for cause, n in unanswered.counted().items()}
