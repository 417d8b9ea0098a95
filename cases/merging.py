"""Two cases that are one: merged without loss, and apart again when it was a mistake.

Nothing is moved: the other case keeps its calls, texts and needs and points to the one that goes on, whose time line shows
both. So unmerging has nothing to guess.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cases import callbacks, steps
from cases.callback_lifecycle import LIVE_CALLBACK_STATES
from cases.lifecycle import CaseState
from cases.models import Callback, Case, Contact
from hotline.lifecycle import MoveRefused
from hotline.models import User


def merge(case: Case, into: Case, *, by: User, reason: str = "") -> Case:
    """Makes `case` a duplicate of `into`, which takes over what is more urgent. Raises MoveRefused.

    Both rows are held in the order of their ids: of two people who merge crosswise at once the second is told that the
    first was quicker, and no ring of duplicates can come about.
    """
    with transaction.atomic():
        for held in sorted([case, into], key=lambda each: each.pk):
            steps.lock(held)
        refused = why_not(case, into)
        if refused:
            raise MoveRefused(refused)
        words = reason or _("the same matter as %(number)s") % {"number": into.number}
        unread = Contact.objects.filter(case=case, unread=True).exists()
        owed = list(Callback.objects.filter(case=case, state__in=LIVE_CALLBACK_STATES))
        steps.move(case, "merge", by=by, reason=words, merged_into=into, outcome=Case.Outcome.DUPLICATE)
        # what pointed to this case points to its heir
        for earlier in Case.objects.filter(merged_into=case).select_for_update(no_key=True):
            steps.write(earlier, by=by, reason=words, merged_into=into)
        _take_over(case, into, by, words, unread=unread)
        for call in owed:  # a call that was promised is still owed
            callbacks.schedule(
                line=into.line,
                kind=call.kind,
                due_at=call.due_at,
                first_due_at=call.first_due_at,
                case=into,
                resident=call.resident,
                number=call.number,
                reason=call.reason,
            )
    return case


def why_not(case: Case, into: Case) -> str:
    """Why these two cannot be merged, in words; "" when they can."""
    if case.pk == into.pk:
        return _("a case cannot be merged into itself")
    if into.state == CaseState.DUPLICATE:
        words = {"number": into.number, "who": _who_merged(into), "into": into.merged_into or ""}
        return _("%(who)s was quicker: %(number)s is now part of %(into)s") % words
    if not into.is_open:
        return _("%(number)s is settled") % {"number": into.number}
    return ""


def _who_merged(case: Case) -> str:
    last = case.transitions.filter(move="merge").select_related("by").order_by("-id").first()
    return str(last.by if last and last.by else _("the system"))


def unmerge(case: Case, *, by: User, reason: str) -> Case:
    """Takes a merged case apart again: it goes on as before, with everything it had, and what had been merged into it."""
    with transaction.atomic():
        heir = steps.lock(case).merged_into_id
        steps.move(case, "unmerge", by=by, reason=reason)
        once = Case.history.filter(merged_into=case.pk).values("id")
        for earlier in Case.objects.filter(pk__in=once, merged_into=heir).select_for_update(no_key=True):
            steps.write(earlier, by=by, reason=reason, merged_into=case)
    return case


def _take_over(case: Case, into: Case, by: User, reason: str, *, unread: bool) -> None:
    """The one that goes on is at least as urgent as either, and knows what the other knew."""
    ends = [at for at in (case.supply_ends_at, into.supply_ends_at) if at]
    changed: dict[str, Any] = {
        "supply_ends_at": min(ends) if ends else None,
        "vulnerabilities": sorted({*into.vulnerabilities, *case.vulnerabilities}),
        "red_flags": [*into.red_flags, *[flag for flag in case.red_flags if flag not in into.red_flags]],
    }
    if case.level < into.level:
        changed |= {"level": case.level, "level_reasons": case.level_reasons}
    steps.reckon_again(into, by=by, reason=reason, **changed)
    if unread:
        latest = Contact.objects.filter(case=case).order_by("-id").first()
        if latest:
            Contact.objects.filter(pk=latest.pk).update(unread=True)
