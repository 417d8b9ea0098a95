"""The window told to a resident: a record, kept or not."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from cases import steps
from cases.models import Case


def promise(case: Case, window_from: datetime, window_until: datetime) -> Case:
    """Writes the window [from, until) in which it will be there."""
    if window_until <= window_from:
        raise ValueError("a window ends after it begins")
    return steps.write(
        case,
        reason=_("a time was promised"),
        promised_from=window_from,
        promised_until=window_until,
        promise_kept=None,
        waits_because={},
    )


def withdraw(case: Case) -> Case:
    """The window no longer holds. One that had passed already was broken, and stays on record as that."""
    if case.promised_until is None:
        return case
    if case.promised_until <= timezone.now():
        return steps.write(case, reason=_("the promised time passed"), promise_kept=False)
    return steps.write(case, reason=_("the promise was withdrawn"), promised_from=None, promised_until=None)


def settle(case: Case, delivered_at: datetime) -> Case:
    """Kept if it was there before the window ended; nothing to settle where nothing was promised."""
    if case.promised_until is None:
        return case
    kept = delivered_at < case.promised_until
    return case if case.promise_kept is kept else steps.write(case, reason=_("delivered"), promise_kept=kept)
