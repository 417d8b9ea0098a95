"""The question after delivery, answered by one digit: 1 received, 2 not yet, 3 no longer needed.

1 closes the case; anything else contradicts the driver's word, and a supervisor looks at it.
"""

from __future__ import annotations

import unicodedata

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import callbacks, outcomes, steps, updates
from cases.lifecycle import CaseState
from cases.models import Callback, Case, Survey
from hotline.models import User

RECEIVED, NOT_YET, NOT_NEEDED = Survey.Answer.RECEIVED, Survey.Answer.NOT_YET, Survey.Answer.NOT_NEEDED
ASKED_IN = (CaseState.DELIVERED, CaseState.FOLLOW_UP)
# Whole replies only: "2 boxes of aspirin" is no answer.
WORDS = {
    RECEIVED: {"1", "收到", "收到了", "已收到", "已经收到", "received", "yes"},
    NOT_YET: {"2", "没收到", "没有收到", "未收到", "还没收到", "还没有收到", "not yet", "no"},
    NOT_NEEDED: {"3", "不需要了", "不用了", "not needed"},
}


def ask(case: Case) -> Survey | None:
    """Asks whoever asked for the case; None when no number of theirs takes texts. One question at a time per case."""
    number = updates.number_for(case)
    if not number or updates.speaks_for_many(case, number):  # of a group's speaker one digit would say nothing
        return None
    asked, is_new = Survey.objects.get_or_create(case=case, closed_at=None, defaults={"number": number})
    if is_new:
        updates.tell(case, "survey", occasion=f"survey:{asked.pk}")
    return asked


def open_under(number: str) -> Survey | None:
    """The question last asked under this number that is still open."""
    found = Survey.objects.filter(number=number, closed_at=None).select_related("case__line", "case__category")
    return found.order_by("-id").first()


def read(text: str) -> str:
    """Which answer a whole reply is, or "". Full-width digits and a closing sign are understood."""
    reply = unicodedata.normalize("NFKC", text).strip().strip("。.!,、 \n").casefold()
    return next((answer.value for answer, words in WORDS.items() if reply in words), "")


def answer(asked: Survey, said: str, *, by: User | None = None) -> Case:
    """Takes the answer "1", "2" or "3"; the second answer to the same question changes nothing."""
    with transaction.atomic():
        case = steps.lock(asked.case)
        open_one = Survey.objects.select_for_update(no_key=True).filter(pk=asked.pk, closed_at=None).first()
        if open_one is None:
            return case
        open_one.answer, open_one.answered_at = said, timezone.now()
        open_one.closed_at = open_one.answered_at
        open_one.save()
        if case.state not in ASKED_IN:
            return case
        if said == RECEIVED:
            return outcomes.confirmed(case, by=by, note=_("answered by text: received"))
        callbacks.cancel_all(case, reason=_("answered by text"), kinds=(Callback.Kind.AFTER_DELIVERY,))
        return outcomes.contradicted(case, said, by=by)


def close_all(case: Case) -> int:
    """The question is no longer asked."""
    return Survey.objects.filter(case=case, closed_at=None).update(closed_at=timezone.now())
