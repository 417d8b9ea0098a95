"""The one way to make a move of a case: its next step, owner and due time are worked out with it.

Every open case has a next step, an owner and a time by which that step must happen. What follows from a move for others
(a call-back, a text, a cancelled question) is in cases.consequences.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import emergency, policies, priority
from cases.callback_lifecycle import LIVE_CALLBACK_STATES
from cases.lifecycle import CASE, FINAL_STATES, CaseState
from cases.models import Callback, Case, Transition
from hotline import live
from hotline.lifecycle import MoveRefused
from hotline.models import User

LEASE = timedelta(minutes=15)  # how long a claimed case stays with an agent whose page has gone quiet
REVIEW_WITHIN = timedelta(hours=2)

S, Step, Owner = CaseState, Case.Step, Case.Owner

STEP_OF = {
    S.NEW: Step.INTAKE,
    S.TRIAGED: Step.SOURCE,
    S.SOURCING: Step.CONFIRM_GOODS,
    S.READY: Step.PLAN,
    S.PLANNED: Step.DRIVE,
    S.EN_ROUTE: Step.DRIVE,
    S.DELIVERED: Step.FOLLOW_UP,
    S.FOLLOW_UP: Step.FOLLOW_UP,
    S.ON_HOLD: Step.RESUME,
}
# The goods are not where they should be: an agent looks again, nobody waits for a pickup point.
LOOK_AGAIN = ("back_to_sourcing", "resume")
NEXT_FIELDS = ("next_step", "owner", "due_at", "owner_agent", "claimed_until")


@dataclass(frozen=True)
class Next:
    """What is to happen next with a case, by whom and by when."""

    step: str
    owner: str
    due_at: datetime | None
    agent: User | None = None
    until: datetime | None = None
    times: priority.Times | None = None  # how due_at was reckoned, where it was

    def fields(self) -> dict[str, Any]:
        return {
            "next_step": self.step,
            "owner": self.owner,
            "due_at": self.due_at,
            "owner_agent": self.agent,
            "claimed_until": self.until,
        }


def move(case: Case, name: str, *, by: User | None = None, reason: str = "", **changes: Any) -> Case:
    """Makes the move `name` on the locked, fresh row, with its next step, owner and due time; publishes it live.

    `changes` are other fields; a next step, owner or due time among them wins over the worked-out one. Raises
    MoveRefused with words for the person who pressed.
    """
    with transaction.atomic():
        lock(case)
        held_by = case.owner_agent_id
        for field, value in changes.items():
            setattr(case, field, value)
        refused = CASE.why_not(case, name, by, reason)
        if refused:
            raise MoveRefused(refused)
        target = CASE.moves[name].target(case)
        worked_out = _stamps(case, name, target)  # first: what was spent on hold moves every target
        following = _next(case, name, target)
        worked_out |= following.fields()
        worked_out |= kept_of(case, following.times) if following.times else {}
        worked_out |= {"version": case.version + 1}
        CASE.apply(case, name, by=by, reason=reason, **(worked_out | changes))
        announce(case, *[agent for agent in {held_by} if agent])
    return case


def set_next(
    case: Case,
    step: str,
    owner: str,
    due_at: datetime,
    *,
    agent: User | None = None,
    until: datetime | None = None,
    by: User | None = None,
    reason: str = "",
) -> Case:
    """Gives the case another next step, owner or due time without a change of its state."""
    if owner == Owner.AGENT:
        until = until or timezone.now() + LEASE
    with transaction.atomic():
        lock(case)
        held_by = case.owner_agent_id
        write(case, by=by, reason=reason, **Next(step, owner, due_at, agent, until).fields())
        announce(case, *[agent_id for agent_id in {held_by} if agent_id])
    return case


def write(case: Case, *, by: User | None = None, reason: str = "", **fields: Any) -> Case:
    """Writes fields of a case other than its state on the locked, fresh row, with who and why in the history."""
    with transaction.atomic():
        lock(case)
        for field, value in fields.items():
            setattr(case, field, value)
        case.version += 1
        case._history_user = by  # type: ignore[attr-defined]
        case._change_reason = reason[:100]  # type: ignore[attr-defined]
        case.save()
    return case


def lock(case: Case) -> Case:
    """Holds the row until the transaction ends, and brings the object up to date."""
    case.refresh_from_db(from_queryset=Case._base_manager.select_for_update(no_key=True, of=("self",)))
    return case


def reckon(case: Case, step: str, now: datetime | None = None) -> priority.Times:
    """When it must be there and by when this step must happen, with the sum, for the case as it stands."""
    reckoned = priority.times(
        level=case.level,
        created_at=case.created_at,
        supply_ends_at=case.supply_ends_at,
        version=emergency.over(case.judged_by.rules if case.judged_by else {}, case.line_id),
        vulnerabilities=case.vulnerabilities,
        step=step,
        now=now or timezone.now(),
        hours=priority.hours_of(case.line, case.created_at + case.paused),
        contacted_at=case.contacted_at,
        paused=case.paused,
    )
    # level 1 is looked for, never put back
    return priority.put_back(reckoned) if case.unconfirmed_since and case.level > 1 else reckoned


def kept_of(case: Case, times: priority.Times) -> dict[str, Any]:
    """What a case keeps of its times. A target that has been met or missed by a fact stays as it was then."""
    kept: dict[str, Any] = {"needed_by": times.needed_by, "due_sum": times.sum}
    if case.contacted_at is None or case.contact_by is None:
        kept["contact_by"] = times.contact_by
    if case.decided_at is None or case.decide_by is None:
        kept["decide_by"] = times.decide_by
    return kept


def reckon_again(case: Case, *, by: User | None = None, reason: str = "", **fields: Any) -> Case:
    """Writes fields that bear on the times (level, supplies, vulnerabilities) and what follows for due_at."""
    with transaction.atomic():
        lock(case)
        for field, value in fields.items():
            setattr(case, field, value)
        times = reckon(case, case.next_step)
        fields |= kept_of(case, times)
        if case.owner in (Owner.QUEUE, Owner.AGENT, Owner.DISPATCH) and case.next_step != Step.REVIEW:
            fields["due_at"] = times.due_at
        write(case, by=by, reason=reason, **fields)
        raise_callbacks(case)
        announce(case)
    return case


def raise_callbacks(case: Case) -> int:
    """Calls owed for a case wait no longer behind others than the case itself would."""
    owed = Callback.objects.filter(case=case, state__in=LIVE_CALLBACK_STATES, level__gt=case.level)
    return owed.update(level=case.level)


def to_review(case: Case, *, reason: str, by: User | None = None) -> Case:
    """A supervisor has to look at it: it lies in the queue for those who lead."""
    due_at = timezone.now() + REVIEW_WITHIN
    if case.state == S.DELIVERED:
        return move(case, "follow_up", reason=reason, next_step=Step.REVIEW, owner=Owner.QUEUE, due_at=due_at)
    return set_next(case, Step.REVIEW, Owner.QUEUE, due_at, by=by, reason=reason)


def wake_timers() -> int:
    """Cases whose timer ran out with no hold and no call-back behind it go to the queue. Returns how many.

    A pickup point that never answered, a call-back that was cancelled: the case must not lie with a timer that has rung.
    """
    rung = (
        Case.objects.filter(owner=Owner.TIMER, due_at__lte=timezone.now())
        .exclude(state=S.ON_HOLD)
        .exclude(callbacks__state__in=LIVE_CALLBACK_STATES)
    )
    count = 0
    with transaction.atomic():
        for case in rung.select_for_update(no_key=True, of=("self",), skip_locked=True)[:200]:
            set_next(case, case.next_step, Owner.QUEUE, case.due_at or timezone.now(), reason=_("its timer ran out"))
            count += 1
    return count


def announce(case: Case, *agents: int) -> None:
    """Tells open pages that this case has changed; `agents` are those who held it before."""
    held_by = {*agents, *([case.owner_agent_id] if case.owner_agent_id else [])}
    live.publish_all([f"case:{case.pk}", "queue", "board", *(f"desk:{agent}" for agent in held_by)], case=case.pk)


def has_live_lease(case: Case, at: datetime | None = None) -> bool:
    """Whether an agent holds it now."""
    return bool(case.owner == Owner.AGENT and case.claimed_until and case.claimed_until > (at or timezone.now()))


def _stamps(case: Case, name: str, target: str) -> dict[str, Any]:
    """The times a move leaves on the case; each is written once, and taken back when the move is."""
    now = timezone.now()
    stamps: dict[str, Any] = {} if target == case.state else {"state_since": now}
    if name == "triage" and case.contacted_at is None:
        stamps["contacted_at"] = now
    if target in (S.SOURCING, S.READY, S.FOLLOW_UP, S.UNMET) and case.decided_at is None:
        stamps["decided_at"] = now
    if name == "hold":
        stamps["held_from"] = case.state
    if name == "resume":
        paused = case.paused + (now - _held_since(case))
        # held_from stays: the lifecycle reads from it where the case goes back to
        stamps |= {"held_until": None, "hold_reason": "", "paused": paused}
        case.paused = paused
    if name == "deliver":
        stamps["delivered_at"] = case.delivered_at or now
        if case.promised_until:
            stamps["promise_kept"] = stamps["delivered_at"] < case.promised_until
    if name == "undo_delivery":
        stamps |= {"delivered_at": None, "promise_kept": None}
    if target in FINAL_STATES:
        stamps |= {"closed_at": now, "waits_because": {}}
    if name in ("reopen", "unmerge"):
        stamps |= {"closed_at": None, "outcome": "", "outcome_note": "", "merged_into": None}
    return stamps


def _held_since(case: Case) -> datetime:
    began = Transition.objects.filter(case=case, move="hold").order_by("-id").first()
    return began.at if began else timezone.now()


def _next(case: Case, name: str, target: str) -> Next:
    if target in FINAL_STATES:
        return Next("", "", None)
    if target == S.ON_HOLD:
        return Next(Step.RESUME, Owner.TIMER, case.held_until, agent=_holder(case))
    if target in (S.DELIVERED, S.FOLLOW_UP):
        asked = policies.follow_up_at(case, case.delivered_at or timezone.now())
        return Next(Step.FOLLOW_UP, Owner.TIMER, asked)
    step = Step.SOURCE if target == S.SOURCING and name in LOOK_AGAIN else STEP_OF[S(target)]
    times = reckon(case, step)
    if step == Step.PLAN:
        return Next(step, Owner.DISPATCH, times.due_at, times=times)
    if step == Step.DRIVE:
        return Next(step, Owner.TRIP, case.promised_until or times.due_at, times=times)
    if has_live_lease(case):
        return Next(step, Owner.AGENT, times.due_at, case.owner_agent, case.claimed_until, times)
    return Next(step, Owner.TIMER if step == Step.CONFIRM_GOODS else Owner.QUEUE, times.due_at, times=times)


def _holder(case: Case) -> User | None:
    """Whoever holds the case keeps it on the list of what is on hold for them."""
    return case.owner_agent if case.owner == Owner.AGENT else None
