"""What follows from a case's move, whoever makes it: the history, what the resident is told, calls owed or no longer owed.

Registered with the lifecycle in CasesConfig.ready, so that dispatch, the desk, a text or the API have the same effect.
"""

from __future__ import annotations

import logging

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases import callbacks, freshness, phones, policies, prescriptions, referrals, status, survey, updates
from cases.lifecycle import FINAL_STATES, CaseState
from cases.models import Callback, Case, Contact, StillNeeded, Transition
from hotline.lifecycle import Move
from hotline.models import User

log = logging.getLogger(__name__)
# Of a wrong number or a thing that was no need nobody wants to hear again.
NOT_TOLD = (Case.Outcome.WRONG_NUMBER, Case.Outcome.NOT_A_NEED)


def write_transition(case: Case, move: Move, before: str, by: User | None, reason: str) -> None:
    """One row per move: from, to, who and why."""
    Transition.objects.create(
        case=case, move=move.name, from_state=before, to_state=case.state, by=by, reason=reason[:300]
    )
    log.info("case %s: %s, %s -> %s", case.pk, move.name, before, case.state)


def follow(case: Case, move: Move, before: str, by: User | None, reason: str) -> None:
    """Does what this move brings with it."""
    if move.name == "deliver":
        _delivered(case)
    elif move.name == "triage":
        prescriptions.flag(case)
    elif move.name == "hold" and case.hold_reason == "photo":
        prescriptions.ask_photo(case, by=by)
    elif move.name == "source":
        freshness.ask_if_old(case, StillNeeded.Why.GOODS)
    elif move.name == "plan":
        freshness.ask_if_old(case, StillNeeded.Why.LOADING)
        updates.drop_stale(case, "not_today")
    elif move.name == "met_otherwise":
        referrals.withdraw_all(case)
        _owe_a_question(case, _("met another way: is it so?"))
        survey.ask(case)
    elif move.name == "undo_delivery":
        survey.close_all(case)
        callbacks.cancel_all(case, reason=_("not delivered after all"), kinds=(Callback.Kind.AFTER_DELIVERY,))
        updates.drop_stale(case, "delivered", "survey")
    elif case.state in FINAL_STATES:
        _ended(case, move.name, reason)


def _delivered(case: Case) -> None:
    updates.drop_stale(case)
    # a delivery taken back and made again is new news
    occasion = _delivery(case)
    updates.tell(case, "delivered", occasion=occasion)
    _owe_a_question(case, _("did it arrive?"))
    survey.ask(case)


def _delivery(case: Case) -> str:
    """Which delivery of this case it is: "" for the first, so that each is told once."""
    count = Transition.objects.filter(case=case, move="deliver").count()
    return "" if count < 2 else f"delivery:{count}"


def _owe_a_question(case: Case, reason: str) -> None:
    asked_at = case.due_at or policies.follow_up_at(case, timezone.now())
    callbacks.schedule(
        line=case.line,
        kind=Callback.Kind.AFTER_DELIVERY,
        due_at=phones.first_time(case.reporter or case.person, asked_at, case.line),
        case=case,
        reason=reason,
    )


def _ended(case: Case, move: str, reason: str) -> None:
    survey.close_all(case)
    freshness.close_all(case)
    referrals.withdraw_all(case)
    callbacks.cancel_all(case, reason=_("the case has ended"))
    updates.drop_stale(case)
    Contact.objects.filter(case=case, unread=True).update(unread=False)
    ending = f"ending:{Transition.objects.filter(case=case, to_state=case.state).count()}"
    if case.outcome in NOT_TOLD:
        return
    if case.state == CaseState.CANCELLED:
        updates.tell(case, "cancelled", occasion=ending)
    elif case.state == CaseState.UNMET:
        with override(case.language):
            updates.tell(case, "unmet", occasion=ending, reason=status.why_unmet(case, case.language))
    elif case.state == CaseState.DUPLICATE and case.merged_into:
        updates.tell(case, "merged", occasion=ending, into=case.merged_into.number)
