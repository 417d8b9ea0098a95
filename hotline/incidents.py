"""What does not work now: one open incident for each cause, told to those on duty, ended by itself.

`hotline.watch` looks and calls `decide`; whoever notices something by the way calls `note`. The database holds that the same
cause is open once, however many processes notice it at once.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline import live
from hotline.models import Incident, Line, LineTest, User

log = logging.getLogger(__name__)
Cause = Incident.Cause


@dataclass(frozen=True)
class Found:
    """A cause that is there. `anew` False: it was not seen again, but nothing shows that it is gone."""

    cause: str
    subject: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    anew: bool = True


def open_ones() -> QuerySet[Incident]:
    """Oldest first."""
    return Incident.objects.filter(ended_at=None).select_related("taken_by").order_by("opened_at")


def note(found: Found) -> Incident:
    """The open incident of this cause: made, or seen once more."""
    if found.anew and not _seen_again(found):
        try:
            with transaction.atomic():
                made = Incident.objects.create(cause=found.cause, subject=found.subject, facts=found.facts)
        except IntegrityError:  # another process was quicker
            _seen_again(found)
        else:
            log.error("incident %s opened: %s %s", made.pk, made, found.facts)
            _tell()
            return made
    return Incident.objects.get(cause=found.cause, subject=found.subject, ended_at=None)


def _seen_again(found: Found) -> int:
    there = Incident.objects.filter(cause=found.cause, subject=found.subject, ended_at=None)
    return there.update(last_seen_at=timezone.now(), count=F("count") + 1, facts=found.facts)


def end(cause: str, subject: str = "") -> int:
    """The cause is gone; 0 when there was no incident."""
    ended = Incident.objects.filter(cause=cause, subject=subject, ended_at=None).update(ended_at=timezone.now())
    if ended:
        log.warning("incident ended: %s %s", cause, subject)
        _tell()
    return ended


def decide(causes: Collection[str], found: Iterable[Found]) -> int:
    """Somebody has looked at `causes` and found these: they are open now, every other one of them ends."""
    there = {(each.cause, each.subject): each for each in found}
    for each in there.values():
        if each.anew:
            note(each)
    for incident in Incident.objects.filter(cause__in=causes, ended_at=None):
        if (incident.cause, incident.subject) not in there:
            end(incident.cause, incident.subject)
    return len(there)


def take(incident: Incident, by: User) -> None:
    """`by` takes care of it; everybody sees who."""
    Incident.objects.filter(pk=incident.pk, ended_at=None).update(taken_by=by, taken_at=timezone.now())
    _tell()


def _tell() -> None:
    live.publish("incident")
    live.publish("board", "incident")


def described(found: Iterable[Incident]) -> list[tuple[Incident, str]]:
    """Each with what a person on duty reads: the cause, what it concerns, and the figures that matter."""
    rows = list(found)
    lines = {line.slug: line.name for line in Line.objects.all()} if any(row.subject for row in rows) else {}
    return [(row, _words(row, lines if len(lines) > 1 else {})) for row in rows]


def words(incident: Incident) -> str:
    """The same of one."""
    return described([incident])[0][1]


def _words(incident: Incident, lines: Mapping[str, str]) -> str:
    said = str(incident.get_cause_display())
    slug, _colon, kind = incident.subject.partition(":")
    about = {"text": _("text"), "call": _("call")}.get(kind, "")
    parts = [part for part in (lines.get(slug, ""), about, _figures(incident)) if part]
    return f"{said} ({', '.join(parts)})" if parts else said


def _figures(incident: Incident) -> str:
    facts = incident.facts
    if incident.cause == Cause.TEXTS_FAIL:
        shown = _("%(n)d of %(of)d") % {"n": facts.get("n", 0), "of": facts.get("of", 0)}
        return f"{shown}, {facts['code']}" if facts.get("code") else shown
    if incident.cause == Cause.BACKLOG:
        return _("%(n)d texts, the oldest %(minutes)d min") % {
            "n": facts.get("n", 0),
            "minutes": facts.get("minutes", 0),
        }
    if incident.cause == Cause.WEBHOOKS and facts.get("missed"):
        return _("%(n)d found in its log instead") % {"n": facts["missed"]}
    if incident.cause == Cause.WEBHOOKS and facts.get("unreported"):
        return _("no report about the last %(n)d texts") % {"n": facts["unreported"]}
    if incident.cause == Cause.LINE_TEST:
        return str(LineTest.Why(facts.get("why", "")).label)
    return str(facts.get("why", ""))
