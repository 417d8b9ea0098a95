"""What is looked at, again and again, for incidents. Each look decides about some causes: those it finds are open, the rest end.

The worker looks every few seconds. Whether worker and beat live is also asked by the pages of people on duty (`pulses`): who
is silent cannot say so.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from datetime import timedelta

import redis
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from hotline import heartbeat, incidents
from hotline.carriers.twilio import client as carrier
from hotline.incidents import Cause, Found
from hotline.models import InboundEvent, Incident, Line, Message

log = logging.getLogger(__name__)
S, R = Message.State, Message.Reason
Look = Callable[[], Iterable[Found]]
LOOKS: list[tuple[frozenset[str], Look]] = []

ASK_AGAIN_AFTER = 1.0  # seconds: one answer that went astray is no incident
NO_ENTRY = (401, 403)
FAILING_SINCE = timedelta(minutes=30)
FEWEST_FAILED = 10
UNREPORTED_BETWEEN = (timedelta(minutes=30), timedelta(minutes=3))
FEWEST_UNREPORTED = 3
PULSES_SECONDS = 5


def looks_at(*causes: str) -> Callable[[Look], Look]:
    """Registers a function that yields which of these causes are there now."""

    def register(look: Look) -> Look:
        LOOKS.append((frozenset(causes), look))
        return look

    return register


def look() -> int:
    """Looks at everything; returns how many causes are there. A look that breaks leaves its incidents as they are."""
    there = 0
    for causes, each in LOOKS:
        try:
            found = list(each())
        except Exception:
            log.exception("%s could not be looked at", sorted(causes))
            continue
        there += incidents.decide(causes, found)
    return there


@looks_at(Cause.CARRIER_AWAY, Cause.CARRIER_REFUSES, Cause.CARRIER_BROKEN)
def carrier_answers() -> Iterable[Found]:
    """Asks the carrier for something small, and once more before it counts as trouble."""
    trouble = _ask_carrier()
    if trouble:
        time.sleep(ASK_AGAIN_AFTER)
        trouble = _ask_carrier()
    return [trouble] if trouble else []


def _ask_carrier() -> Found | None:
    try:
        carrier.is_there()
    except (carrier.CarrierError, carrier.AnswerLost) as error:
        if error.status in NO_ENTRY:
            return Found(Cause.CARRIER_REFUSES, facts={"why": f"HTTP {error.status}"})
        if error.status >= 500:
            return Found(Cause.CARRIER_BROKEN, facts={"why": f"HTTP {error.status}"})
        return Found(Cause.CARRIER_AWAY) if error.status == 0 else None  # it refuses this, and so it is there
    return None


@looks_at(Cause.WEBHOOKS)
def webhooks_arrive() -> Iterable[Found]:
    """Texts that the carrier took and never reported about; catch_up notes what it had to find in the log.

    It ends when a webhook has come since it was last seen.
    """
    unreported = _unreported()
    if unreported:
        return [Found(Cause.WEBHOOKS, facts={"unreported": unreported})]
    still = Incident.objects.filter(cause=Cause.WEBHOOKS, ended_at=None).first()
    return [Found(Cause.WEBHOOKS, anew=False)] if still and not _has_come_since(still) else []


def _unreported() -> int:
    now = timezone.now()
    since, until = (now - ago for ago in UNREPORTED_BETWEEN)
    took = Message.objects.filter(direction="out", accepted_at__gte=since, accepted_at__lt=until).order_by()
    counted = took.aggregate(all=Count("pk"), silent=Count("pk", filter=Q(state=S.ACCEPTED)))
    return counted["all"] if counted["all"] == counted["silent"] >= FEWEST_UNREPORTED else 0


def _has_come_since(incident: Incident) -> bool:
    """By webhook, not out of the log: those carry the account."""
    newest = InboundEvent.objects.order_by("-id").only("received_at", "payload")[:100]
    return any(event.received_at > incident.last_seen_at and "AccountSid" in event.payload for event in newest)


@looks_at(Cause.TEXTS_FAIL)
def texts_arrive() -> Iterable[Found]:
    """Whether most of a line's texts of the last half hour came to nothing for a reason that is not the person's own."""
    since = timezone.now() - FAILING_SINCE
    lost = Q(state__in=(S.FAILED, S.UNDELIVERED)) & ~Q(reason=R.OPTED_OUT)
    recent = Q(accepted_at__gte=since) | Q(state=S.FAILED, accepted_at=None, ended_at__gte=since)
    out = Message.objects.filter(recent, direction="out").order_by()
    counted = out.values("line", "line__slug").annotate(
        failed=Count("pk", filter=lost), ended=Count("pk", filter=Q(state=S.DELIVERED) | lost)
    )
    for row in counted:
        if row["failed"] >= FEWEST_FAILED and 2 * row["failed"] >= row["ended"]:
            codes = out.filter(lost, line=row["line"], carrier_error__isnull=False).values_list("carrier_error")
            code = codes.annotate(n=Count("pk")).order_by("-n").first()
            facts = {"n": row["failed"], "of": row["ended"], "code": code[0] if code else None}
            yield Found(Cause.TEXTS_FAIL, row["line__slug"], facts)


@looks_at(Cause.BACKLOG)
def texts_leave() -> Iterable[Found]:
    """Texts whose time has come and that lie longer than they may."""
    now = timezone.now()
    limit = timedelta(minutes=settings.BACKLOG_MINUTES)
    waiting = Message.objects.filter(Q(not_before=None) | Q(not_before__lte=now), state=S.QUEUED).order_by()
    counted = waiting.values("line").annotate(n=Count("pk"), oldest=Min(Coalesce("not_before", "created_at")))
    slugs = dict(Line.objects.values_list("pk", "slug"))
    for row in counted:
        waits = now - row["oldest"]
        if waits > limit:
            facts = {"n": row["n"], "minutes": int(waits.total_seconds() // 60)}
            yield Found(Cause.BACKLOG, slugs[row["line"]], facts)


@looks_at(Cause.BROKER_AWAY, Cause.BEAT_SILENT, Cause.WORKER_SILENT)
def parts_live() -> Iterable[Found]:
    """Beat and worker by their signs of life."""
    try:
        silent = {who: _silent_for(who) for who in (heartbeat.BEAT, heartbeat.WORKER)}
    except redis.RedisError:
        return [Found(Cause.BROKER_AWAY), *_as_it_was(Cause.BEAT_SILENT, Cause.WORKER_SILENT)]
    if silent[heartbeat.BEAT]:  # without beat nobody asks the worker for a sign
        return [Found(Cause.BEAT_SILENT), *_as_it_was(Cause.WORKER_SILENT)]
    return [Found(Cause.WORKER_SILENT)] if silent[heartbeat.WORKER] else []


def _silent_for(who: str) -> bool:
    """A broker that was emptied knows no sign of life for ten seconds: that counts only when it lasts."""
    age, key = heartbeat.age(who), f"no-sign-of:{who}"
    if age is not None:
        cache.delete(key)
        return age > heartbeat.STALE_SECONDS
    since = cache.get_or_set(key, time.time(), 24 * 3600) or time.time()
    return time.time() - since > heartbeat.STALE_SECONDS


def _as_it_was(*causes: str) -> list[Found]:
    return [Found(cause, anew=False) for cause in causes]


def pulses() -> None:
    """For the pages of people on duty: looks whether worker and beat live, at most every few seconds over all pages."""
    try:
        if not cache.add("pulses-asked", True, PULSES_SECONDS):
            return
    except redis.RedisError:
        log.warning("the broker does not answer")
    incidents.decide((Cause.BROKER_AWAY, Cause.BEAT_SILENT, Cause.WORKER_SILENT), list(parts_live()))
