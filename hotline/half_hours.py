"""Figures by half hour, as rows: counted again every few seconds for the current half hour and the one before, never older.

A caller counts in the half hour in which the call came in; a text in the one in which the carrier took it. What is still
under way at the end of the following half hour stays as it was then.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Max, Q, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone

from hotline import restraint
from hotline.models import Call, DutyHalfHour, HalfHour, Message, Presence, PresenceSpan, TextHalfHour

HALF_HOUR = timedelta(minutes=30)
WITHIN = timedelta(seconds=20)
C, M, P = Call.State, Message.State, Presence.State
AT_WORK = (P.AVAILABLE, P.RINGING, P.ON_CALL, P.WRAP_UP)
BUSY = (P.RINGING, P.ON_CALL, P.WRAP_UP)
NONE = timedelta(0)


class Median(Aggregate):
    """percentile_cont(0.5) of spans of time."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    allow_distinct = False


def begin_of(at: datetime) -> datetime:
    """When the half hour of this moment began."""
    return at.replace(minute=at.minute - at.minute % 30, second=0, microsecond=0)


def count(now: datetime | None = None) -> int:
    """Sweep: counts the current and the last half hour anew; returns how many rows were written."""
    now = now or timezone.now()
    current = begin_of(now)
    return sum(_count(begins, now) for begins in (current - HALF_HOUR, current))


def _count(begins: datetime, now: datetime) -> int:
    with transaction.atomic():
        return (
            _write(HalfHour, begins, ("line_id", "subject"), _calls(begins))
            + _write(TextHalfHour, begins, ("line_id",), _texts(begins))
            + _write(DutyHalfHour, begins, ("state",), _duty(begins, now))
        )


def _calls(begins: datetime) -> Iterable[dict[str, Any]]:
    """One grouped query over the index on started_at."""
    came = Call.objects.filter(direction="in", started_at__gte=begins, started_at__lt=begins + HALF_HOUR)
    came = came.filter(line__practice=False)
    wanted = came.filter(waiting_since__isnull=False).order_by()
    until = Coalesce("answered_at", "ended_at")
    waited = _span("waiting_since", until)
    spoke, given_up = Q(answered_at__isnull=False), Q(state=C.ABANDONED)
    left = Q(state=C.VOICEMAIL)
    rows: Any = wanted.values("line_id", subject=Coalesce("skill__slug", Value(""))).annotate(
        offered=Count("id", filter=~left),
        answered=Count("id", filter=spoke),
        in_time=Count("id", filter=Q(answered_at__lte=F("waiting_since") + WITHIN)),
        abandoned=Count("id", filter=given_up),
        callback_asked=Count("id", filter=Q(state=C.CALLBACK_ASKED)),
        messages=Count("id", filter=left),
        waited_seconds=Sum(waited, filter=~left),
        longest_wait=Max(waited, filter=~left),
        talk_seconds=Sum(_span("answered_at", "ended_at"), filter=spoke),
        wrap_up_seconds=Sum(_span("ended_at", "wrapped_up_at"), filter=spoke),
    )
    lengths = ("waited_seconds", "longest_wait", "talk_seconds", "wrap_up_seconds")
    return [row | {name: _seconds(row[name]) for name in lengths} for row in rows]


def _texts(begins: datetime) -> Iterable[dict[str, Any]]:
    """Two grouped queries, over what the carrier took and over what it refused at once."""
    until = begins + HALF_HOUR
    out = Message.objects.filter(direction="out").exclude(purpose=restraint.TEST).order_by()
    delivered, failed = Q(state=M.DELIVERED), Q(state__in=(M.UNDELIVERED, M.FAILED))
    took: Any = (
        out.filter(accepted_at__gte=begins, accepted_at__lt=until)
        .values("line_id")
        .annotate(
            sent=Count("id"),
            delivered=Count("id", filter=delivered),
            failed=Count("id", filter=failed),
            median_seconds=Median(_span("accepted_at", "ended_at"), filter=delivered, output_field=DurationField()),
        )
    )
    rows: dict[int, dict[str, Any]] = {row["line_id"]: row for row in took}
    refused = out.filter(state=M.FAILED, accepted_at=None, ended_at__gte=begins, ended_at__lt=until)
    for line_id, n in refused.values_list("line_id").annotate(Count("id")):
        row = rows.setdefault(line_id, {"line_id": line_id, "sent": 0, "delivered": 0, "failed": 0})
        row["failed"] += n
    for row in rows.values():
        median = row.get("median_seconds")
        row["median_seconds"] = round(median.total_seconds(), 1) if median is not None else None
    return rows.values()


def _duty(begins: datetime, now: datetime) -> Iterable[dict[str, Any]]:
    """Spans that reach into the half hour, cut at its ends."""
    until = min(begins + HALF_HOUR, now)
    inside = PresenceSpan.objects.filter(Q(ended_at=None) | Q(ended_at__gt=begins), began_at__lt=until).order_by()
    length = ExpressionWrapper(
        Least(Coalesce("ended_at", Value(until)), Value(until)) - Greatest("began_at", Value(begins)),
        output_field=DurationField(),
    )
    rows = inside.values("state").annotate(length=Sum(length), agents=Count("user_id", distinct=True))
    return [{"state": row["state"], "seconds": _seconds(row["length"]), "agents": row["agents"]} for row in rows]


def _write(model: type[models.Model], begins: datetime, key: tuple[str, ...], rows: Iterable[dict[str, Any]]) -> int:
    """Makes the rows of this half hour exactly these."""
    fresh = [model(begins=begins, **row) for row in rows]
    names = {f.attname for f in model._meta.concrete_fields} - {"id", "begins", *key}
    there = {tuple(getattr(row, name) for name in key) for row in fresh}
    for old in model._default_manager.filter(begins=begins):
        if tuple(getattr(old, name) for name in key) not in there:
            old.delete()  # the subject of its only call was another one after all
    unique = ["begins", *(name.removesuffix("_id") for name in key)]
    model._default_manager.bulk_create(fresh, update_conflicts=True, update_fields=sorted(names), unique_fields=unique)
    return len(fresh)


def _span(since: Any, until: Any) -> ExpressionWrapper:
    end = F(until) if isinstance(until, str) else until
    return ExpressionWrapper(Greatest(end - F(since), Value(NONE)), output_field=DurationField())


def _seconds(span: timedelta | None) -> int:
    return round(span.total_seconds()) if span else 0


# reading


SUMMED = (
    "offered",
    "answered",
    "in_time",
    "abandoned",
    "callback_asked",
    "messages",
    "waited_seconds",
    "talk_seconds",
    "wrap_up_seconds",
)


def between(
    since: datetime, until: datetime, *, line: int | None = None, subject: str | None = None
) -> list[dict[str, Any]]:
    """The half hours from `since` up to `until`, newest first, each with its figures; few rows, no calls are read."""
    calls = HalfHour.objects.filter(begins__gte=since, begins__lt=until).order_by()
    texts = TextHalfHour.objects.filter(begins__gte=since, begins__lt=until).order_by()
    if line:
        calls, texts = calls.filter(line=line), texts.filter(line=line)
    if subject is not None:
        calls = calls.filter(subject=subject)
    summed: Any = calls.values("begins").annotate(
        longest=Max("longest_wait"), **{f"n_{name}": Sum(name) for name in SUMMED}
    )
    found: dict[datetime, dict[str, Any]] = {}
    for row in summed:
        entry = found.setdefault(row["begins"], {})
        entry.update({name: row[f"n_{name}"] for name in SUMMED}, longest_wait=row["longest"])
    for text in texts:
        entry = found.setdefault(text.begins, {})
        for name in ("sent", "delivered", "failed"):
            entry[name] = entry.get(name, 0) + getattr(text, name)
        entry.setdefault("median_seconds", text.median_seconds)
    for duty in DutyHalfHour.objects.filter(begins__gte=since, begins__lt=until):
        found.setdefault(duty.begins, {}).setdefault("duty", {})[duty.state] = duty.seconds
    return [_read(begins, found[begins]) for begins in sorted(found, reverse=True)]


def of_now(now: datetime | None = None) -> dict[str, Any]:
    """The half hour that runs, over all lines."""
    begins = begin_of(now or timezone.now())
    return next(iter(between(begins, begins + HALF_HOUR)), _read(begins, {}))


def _read(begins: datetime, entry: dict[str, Any]) -> dict[str, Any]:
    """Shares and averages of one half hour; None where there is nothing to divide by."""
    row: dict[str, Any] = dict.fromkeys((*SUMMED, "longest_wait", "sent", "delivered", "failed"), 0) | entry
    handled = row["talk_seconds"] + row["wrap_up_seconds"]
    duty = row.get("duty", {})
    at_work = sum(duty.get(state, 0) for state in AT_WORK)
    return row | {
        "begins": begins,
        "ends": begins + HALF_HOUR,
        "service_level": _percent(row["in_time"], row["offered"]),
        "average_wait": round(row["waited_seconds"] / row["offered"]) if row["offered"] else None,
        "handling": round(handled / row["answered"]) if row["answered"] else None,
        "occupancy": _percent(sum(duty.get(state, 0) for state in BUSY), at_work),
        "on_duty": round(at_work / HALF_HOUR.total_seconds(), 1),
        "median_seconds": row.get("median_seconds"),
    }


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
