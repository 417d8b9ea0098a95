"""Is it still needed? Asked before goods are bought and again before a vehicle is loaded; by text, then by telephone.

1 still needed, 2 no longer, 3 someone else helped: a whole reply, or what is said to the call. Work goes on meanwhile:
the question costs nobody a place. Who answers neither the text nor the calls moves down the queue by a day, and it is
written on the case, in the queue and in the answer to STATUS; any later word of theirs takes that back.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import callbacks, outcomes, steps, updates
from cases.models import Callback, Case, StillNeeded
from hotline.models import User

Answer, Why = StillNeeded.Answer, StillNeeded.Why
# A word of theirs younger than this needs no question.
FRESH_FOR = {Why.GOODS: timedelta(hours=24), Why.LOADING: timedelta(hours=12)}
# How long the text may stay unanswered before somebody calls, by level.
ANSWER_WITHIN = {
    1: timedelta(minutes=10),
    2: timedelta(minutes=30),
    3: timedelta(hours=2),
    4: timedelta(hours=6),
    5: timedelta(hours=6),
}
# Whole replies only: "2 boxes of aspirin" is no answer.
WORDS = {
    Answer.YES: {"1", "需要", "还需要", "仍需要", "仍然需要", "yes", "still needed"},
    Answer.NO: {"2", "不需要", "不需要了", "不用了", "no", "no longer", "not needed"},
    Answer.HELPED: {"3", "已有人帮忙", "有人帮了", "别人帮了", "somebody helped", "someone helped"},
}


def last_word(case: Case) -> datetime:
    """When the person was last heard: they asked, wrote, spoke with us, or confirmed."""
    heard = [case.created_at, case.contacted_at, case.confirmed_at]
    heard.append(case.contacts.order_by("-at").values_list("at", flat=True).first())
    return max(at for at in heard if at)


def ask_if_old(case: Case, why: str) -> StillNeeded | None:
    """Asks when their last word is too old to buy or to load for; None when it is fresh."""
    if timezone.now() - last_word(case) < FRESH_FOR[Why(why)]:
        return None
    return ask(case, why)


def ask(case: Case, why: str = Why.BY_HAND) -> StillNeeded:
    """Asks by text; without a number that takes texts a call is owed at once. One question at a time."""
    now, number = timezone.now(), updates.number_for(case)
    number = "" if updates.speaks_for_many(case, number) else number
    call_at = now + ANSWER_WITHIN[case.level] if number else now
    with transaction.atomic():
        asked, is_new = StillNeeded.objects.get_or_create(
            case=case, closed_at=None, defaults={"why": why, "number": number, "call_at": call_at}
        )
        if is_new and number:
            updates.tell(case, "still_needed", occasion=f"still_needed:{asked.pk}")
        if is_new and not number:
            _call(asked)
        steps.announce(case)
    return asked


def open_under(number: str) -> StillNeeded | None:
    """The question last asked under this number that is still open."""
    found = StillNeeded.objects.filter(number=number, closed_at=None).select_related("case__line", "case__category")
    return found.order_by("-id").first()


def read(text: str) -> str:
    """Which answer a whole reply is, or ""."""
    reply = unicodedata.normalize("NFKC", text).strip().strip("。.!,、 \n").casefold()
    return next((answer.value for answer, words in WORDS.items() if reply in words), "")


def answer(case: Case, said: str, *, by: User | None = None, note: str = "") -> Case:
    """Takes "1", "2" or "3", from a text, the page or a call, whether or not a question is open. Nothing is lost by twice."""
    with transaction.atomic():
        steps.lock(case)
        StillNeeded.objects.filter(case=case, closed_at=None).update(answer=said, closed_at=timezone.now())
        if not case.is_open:
            return case
        if said == Answer.YES:
            callbacks.cancel_all(case, reason=_("still needed"), kinds=(Callback.Kind.CONFIRM,))
            return heard(case, by=by, reason=_("still needed"))
        if said == Answer.HELPED:
            helped = Case.Outcome.MET_OTHERWISE
            return outcomes.cancel(case, by=by, reason=note or _("someone else helped"), outcome=helped)
        return outcomes.cancel(case, by=by, reason=note or _("no longer needed"))


def heard(case: Case, *, by: User | None = None, reason: str) -> Case:
    """Their word that it stands: it is fresh, and back at the place it had."""
    with transaction.atomic():
        steps.write(case, by=by, reason=reason, confirmed_at=timezone.now(), unconfirmed_since=None)
        return steps.reckon_again(case, by=by, reason=reason)


def not_confirmed(case: Case, *, by: User | None = None) -> Case:
    """Neither text nor calls were answered: it moves down, and everybody can see that and why."""
    reason = _("nobody could confirm that it is still needed")
    with transaction.atomic():
        steps.lock(case)
        asked = StillNeeded.objects.filter(case=case, closed_at=None)
        asked.update(answer=Answer.UNCONFIRMED, closed_at=timezone.now())
        if case.is_open and case.unconfirmed_since is None:
            steps.reckon_again(case, by=by, reason=reason, unconfirmed_since=timezone.now())
    return case


def call_unanswered(limit: int = 200) -> int:
    """The sweep: texts without an answer become calls. Returns how many."""
    with transaction.atomic():
        late = StillNeeded.objects.filter(closed_at=None, called_at=None, call_at__lte=timezone.now())
        late = late.select_related("case__line", "case__person", "case__reporter", "case__judged_by").order_by(
            "call_at"
        )
        found = list(late.select_for_update(no_key=True, of=("self",), skip_locked=True)[:limit])
        for asked in found:
            _call(asked)
    return len(found)


def close_all(case: Case) -> int:
    """The question is no longer asked."""
    return StillNeeded.objects.filter(case=case, closed_at=None).update(closed_at=timezone.now())


def _call(asked: StillNeeded) -> None:
    asked.called_at = timezone.now()
    asked.save(update_fields=["called_at"])
    callbacks.schedule(
        line=asked.case.line,
        kind=Callback.Kind.CONFIRM,
        due_at=callbacks.policies.of(asked.case).callable_from(asked.called_at, asked.case.line, asked.case.level),
        case=asked.case,
        reason=_("no answer to the text: is it still needed?"),
    )
