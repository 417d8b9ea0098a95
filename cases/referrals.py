"""Other ways to meet a need: a volunteer, the committee, a hospital, the city's line, advice.

Each is a row with a time: until then they accept or refuse, then report back. Meanwhile the case waits with a timer, its
next step is to ask how it went, and when nobody was heard it lies in the queue at that time. What helped is asked of the
resident like a delivery; what did not gives the case back to the agents.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import outcomes, steps, updates
from cases.lifecycle import BEFORE_VEHICLE, CaseState
from cases.models import Case, Referral
from hotline.lifecycle import MoveRefused
from hotline.models import User

To, State = Referral.To, Referral.State
# How long they may take to say yes or no, and then to report back, by level.
ANSWER_WITHIN = {1: timedelta(minutes=15), 2: timedelta(hours=1), 3: timedelta(hours=4), 4: timedelta(hours=12)}
REPORT_WITHIN = {1: timedelta(hours=1), 2: timedelta(hours=6), 3: timedelta(hours=24), 4: timedelta(hours=48)}
LONGEST = timedelta(days=30)


def refer(
    case: Case,
    to: str,
    *,
    by: User | None,
    whom: str = "",
    number: str = "",
    words: str = "",
    due_at: datetime | None = None,
) -> Referral:
    """Gives it to them; the same place twice is once. Advice that was enough needs no answer: the resident is asked."""
    now = timezone.now()
    due_at = due_at or now + ANSWER_WITHIN[min(case.level, 4)]
    if not now < due_at <= now + LONGEST:
        raise MoveRefused(_("say by when they answer, in the coming thirty days"))
    with transaction.atomic():
        steps.lock(case)
        if case.state not in BEFORE_VEHICLE:
            raise MoveRefused(_("only what is not on its way, held or settled can be referred"))
        asked, is_new = Referral.objects.get_or_create(
            case=case,
            to=to,
            state__in=Referral.OPEN,
            defaults={
                "state": State.ASKED,
                "whom": whom[:80],
                "number": number[:30],
                "words": words[:200],
                "due_at": due_at,
                "by": by,
            },
        )
        if not is_new:
            return asked
        asked.case = case
        if to == To.ADVICE:
            return report(asked, helped=True, by=by, words=words)
        _wait(asked, by, _("referred: %s") % asked)
        updates.tell(case, "referred", occasion=f"referral:{asked.pk}", to=PLACES[_language(case)][to])
    return asked


def accept(asked: Referral, *, by: User | None, words: str = "") -> Referral:
    """They do it; they report back within the time of the level."""
    with transaction.atomic():
        _hold(asked, (State.ASKED,))
        asked.due_at = timezone.now() + REPORT_WITHIN[min(asked.case.level, 4)]
        _settle(asked, State.ACCEPTED, by, words)
        _wait(asked, by, _("accepted: %s") % asked)
    return asked


def refuse(asked: Referral, *, by: User | None, words: str = "") -> Referral:
    """They cannot: another way has to be found."""
    with transaction.atomic():
        _hold(asked, Referral.OPEN)
        _settle(asked, State.REFUSED, by, words)
        _look_on(asked.case, by, _("refused: %s") % asked)
    return asked


def report(asked: Referral, *, helped: bool, by: User | None, words: str = "") -> Referral:
    """They report back. If it helped the resident is asked whether that is so, else another way has to be found."""
    with transaction.atomic():
        _hold(asked, Referral.OPEN)
        _settle(asked, State.HELPED if helped else State.NOT_HELPED, by, words)
        if helped:
            reason = ": ".join(part for part in [str(asked), words or asked.words] if part)
            outcomes.met_otherwise(asked.case, by=by, reason=reason)
        else:
            _look_on(asked.case, by, _("did not help: %s") % asked)
    return asked


def withdraw_all(case: Case) -> int:
    """The case goes another way or has ended: nobody is waited for. Returns how many were."""
    found = list(Referral.objects.filter(case=case, state__in=Referral.OPEN))
    for asked in found:
        _settle(asked, State.WITHDRAWN, None, "")
    return len(found)


def _hold(asked: Referral, states: tuple[str, ...]) -> None:
    case = steps.lock(asked.case)
    asked.refresh_from_db(from_queryset=Referral._base_manager.select_for_update(no_key=True, of=("self",)))
    asked.case = case
    if asked.state not in states:
        raise MoveRefused(_("this was answered already: %s") % asked.get_state_display())


def _settle(asked: Referral, state: str, by: User | None, words: str) -> None:
    asked.state, asked.said = state, (words or asked.said)[:200]
    asked.ended_at = None if state in Referral.OPEN else timezone.now()
    asked._history_user = by  # type: ignore[attr-defined]
    asked.save()


def _wait(asked: Referral, by: User | None, reason: str) -> None:
    """The case waits for the earliest of those who were asked."""
    case = asked.case
    due = case.referrals.filter(state__in=Referral.OPEN).order_by("due_at").values_list("due_at", flat=True).first()
    steps.set_next(case, Case.Step.REFERRAL, Case.Owner.TIMER, due or asked.due_at, by=by, reason=reason)


def _look_on(case: Case, by: User | None, reason: str) -> None:
    """With the next one asked, else with the agent who holds it, else in the queue."""
    other = case.referrals.filter(state__in=Referral.OPEN).order_by("due_at").first()
    if other:
        other.case = case
        _wait(other, by, reason)
    elif case.next_step == Case.Step.REFERRAL:
        step = Case.Step.SOURCE if case.state == CaseState.SOURCING else steps.STEP_OF[CaseState(case.state)]
        owner = Case.Owner.DISPATCH if step == Case.Step.PLAN else Case.Owner.QUEUE
        steps.set_next(case, step, owner, steps.reckon(case, step).due_at, by=by, reason=reason)


def _language(case: Case) -> str:
    return case.language if case.language in PLACES else "zh-hans"


# As the resident is told.
PLACES: dict[str, dict[str, str]] = {
    "zh-hans": {"volunteer": "志愿者", "committee": "居委会", "hospital": "医院", "12345": "12345", "advice": ""},
    "en": {
        "volunteer": "a volunteer",
        "committee": "your neighbourhood committee",
        "hospital": "a hospital",
        "12345": "12345",
        "advice": "",
    },
}
