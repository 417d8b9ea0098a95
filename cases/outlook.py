"""What today's vehicles mean for a case: whom they do not reach is told so early, with what can be done instead.

Dispatch reckons how far down the list they reach and says it here; the case carries it, so that STATUS, the desk and the text
tell the same. Nobody at level 1 is told to wait, and nobody is told twice unless it becomes later still.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from cases import updates
from cases.lifecycle import CaseState
from cases.models import Case, Outlook
from hotline import opening
from hotline.models import Line

log = logging.getLogger(__name__)
ZH = "zh-hans"
# Whoever still waits for goods or a vehicle; who is on a trip has a promise instead.
WAITING = (CaseState.TRIAGED, CaseState.SOURCING, CaseState.READY)


@dataclass(frozen=True)
class Below:
    """A case that is not reached today: the first day on which it may go, and how many come before it."""

    case: int
    not_before: date
    before: int


def write(line: Line, day: date, below: Iterable[Below]) -> int:
    """Writes on the cases of the line who is not reached on this day; all others are. Returns how many are not."""
    rows = [
        Outlook(case_id=one.case, day=day, not_before=max(one.not_before, day + timedelta(days=1)), before=one.before)
        for one in below
    ]
    with transaction.atomic():
        Outlook.objects.filter(case__line=line).exclude(case__in=[row.case_id for row in rows]).delete()
        Outlook.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["case"],
            update_fields=["day", "not_before", "before", "changed_at"],
        )
    return len(rows)


def tell(line: Line, limit: int = 500) -> int:
    """Texts those who are not reached today and do not know it yet; not at night. Returns how many."""
    if opening.after_the_night(line) is not None:
        return 0
    today = today_of(line)
    unknown = Q(told_on=None) | ~Q(told_on=today) | Q(not_before__gt=F("told_not_before"))
    waiting = Outlook.objects.filter(unknown, case__line=line, case__state__in=WAITING, day=today)
    told = 0
    for pk in waiting.order_by("case__due_at").values_list("pk", flat=True)[:limit]:
        told += _tell_one(pk, today)
    return told


def _tell_one(pk: int, today: date) -> bool:
    with transaction.atomic():
        row = Outlook.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
        case = (
            Case.objects.select_related("line", "person", "reporter", "category").get(pk=row.case_id) if row else None
        )
        if row is None or case is None or case.level == Case.Level.NOW or not stands(case, row):
            return False
        row.told_on, row.told_not_before = today, row.not_before
        row.save(update_fields=["told_on", "told_not_before"])
        occasion = f"{today:%m%d}-{row.not_before:%m%d}"
        updates.tell(case, "not_today", occasion=occasion, day=day_words(row.not_before, today, case.language))
    return True


def of(case: Case) -> Outlook | None:
    """What is said of this case today, if anything."""
    if case.state not in WAITING:
        return None
    try:
        row = case.outlook
    except Outlook.DoesNotExist:
        return None
    return row if stands(case, row) else None


def stands(case: Case, row: Outlook) -> bool:
    """It is about today, and the case still waits."""
    return case.state in WAITING and row.day == today_of(case.line)


def words(case: Case, language: str) -> str:
    """One sentence, or ""."""
    row = of(case) if case.state in WAITING else None
    if row is None:
        return ""
    day = day_words(row.not_before, row.day, language)
    if language == ZH:
        return f"今天的车辆只够送更急的，这件今天排不上，最早{day}。"
    return f"Today's vehicles only reach more urgent requests; this one will not go today, {day} at the earliest."


def day_words(day: date, today: date, language: str) -> str:
    """明天, 4月10日; tomorrow, 10 April."""
    if day == today + timedelta(days=1):
        return "明天" if language == ZH else "tomorrow"
    return f"{day.month}月{day.day}日" if language == ZH else f"{day.day} {day:%B}"


def today_of(line: Line) -> date:
    return timezone.now().astimezone(ZoneInfo(line.time_zone)).date()
