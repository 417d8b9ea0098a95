"""How a case ends: closed, cancelled, met another way, or not to be served. Each says why, and the resident is told."""

from __future__ import annotations

from django.utils.translation import gettext as _

from cases import quality, steps
from cases.lifecycle import CaseState
from cases.models import Case, Survey
from hotline.models import User

LONGEST_NOTE = 200


def close(case: Case, outcome: str, *, by: User | None, note: str = "") -> Case:
    """The resident's word: it is settled. Raises MoveRefused where nothing was delivered or met."""
    return steps.move(case, "close", by=by, reason=note, outcome=outcome, outcome_note=note[:LONGEST_NOTE])


def cancel(case: Case, *, by: User | None = None, reason: str, outcome: str = Case.Outcome.NO_LONGER_NEEDED) -> Case:
    """No longer wanted, from any open state; a vehicle under way is told by dispatch, which listens."""
    return steps.move(case, "cancel", by=by, reason=reason, outcome=outcome, outcome_note=reason[:LONGEST_NOTE])


def give_up(case: Case, outcome: str, *, by: User | None, reason: str) -> Case:
    """Cannot be served: counted, and the resident is told the reason."""
    return steps.move(case, "give_up", by=by, reason=reason, outcome=outcome, outcome_note=reason[:LONGEST_NOTE])


def met_otherwise(case: Case, *, by: User | None, reason: str) -> Case:
    """Committee, volunteer, referral or somebody else: met without a vehicle; the resident is asked whether it is so."""
    return steps.move(case, "met_otherwise", by=by, reason=reason, outcome_note=reason[:LONGEST_NOTE])


def confirmed(case: Case, *, by: User | None, note: str = "") -> Case:
    """The resident says that it arrived, or that the other way worked."""
    outcome = Case.Outcome.RECEIVED if case.delivered_at else Case.Outcome.MET_OTHERWISE
    return close(case, outcome, by=by, note=note)


def contradicted(case: Case, said: str, *, by: User | None = None) -> Case:
    """The resident says something else than the driver: a supervisor looks at it. `said` is a Survey.Answer."""
    not_needed = said == Survey.Answer.NOT_NEEDED
    reason = _("the resident says it is no longer needed") if not_needed else _("the resident says: not received")
    quality.open_for(case)
    return steps.to_review(case, reason=reason, by=by)


def reopen(case: Case, *, by: User, reason: str) -> Case:
    """A settled matter is open again."""
    name = "unmerge" if case.state == CaseState.DUPLICATE else "reopen"
    return steps.move(case, name, by=by, reason=reason or _("reopened"))
