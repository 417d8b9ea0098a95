"""Calls we owe: scheduled as rows with a due time, claimed by one agent, tried by policy, never ended silently."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import holds, outcomes, people, phones, policies, queue, steps, unanswered, updates
from cases.callback_lifecycle import CALLBACK, LIVE_CALLBACK_STATES, CallbackState
from cases.lifecycle import CaseState
from cases.models import Attempt, Callback, Case, Contact, Resident, Survey
from hotline import live, outgoing
from hotline.models import Call, Line, User

log = logging.getLogger(__name__)
C, Kind = CallbackState, Callback.Kind
LEASE = timedelta(minutes=15)
# Somebody with one of these whom we cannot reach is looked for: not a closed case.
LOOKED_FOR = frozenset(
    {
        "over_80",
        "lives_alone",
        "bedridden",
        "dialysis",
        "oxygen_at_home",
        "insulin",
        "disability",
        "infant_under_6_months",
    }
)
RINGS_AGAIN_SOON = (Attempt.Outcome.BUSY, Attempt.Outcome.FAILED)


def schedule(
    *,
    line: Line,
    kind: str,
    due_at: datetime,
    case: Case | None = None,
    resident: Resident | None = None,
    number: str = "",
    level: int | None = None,
    call: Call | None = None,
    reason: str = "",
    first_due_at: datetime | None = None,
) -> Callback:
    """Owes somebody a call at `due_at`. An open one of the same kind for the same case or number is kept as it is.

    `first_due_at` keeps a place taken earlier, such as that of an abandoned call.
    """
    person = resident or (case.reporter or case.person if case else None)
    number = number or (next(iter(people.numbers(person)), "") if person else "")
    with transaction.atomic():
        kept = _open_one(line, kind, case, number)
        if kept:
            return kept
        owed = Callback(
            line=line,
            kind=kind,
            case=case,
            resident=person,
            number=number,
            call=call,
            level=level if level is not None else case.level if case else 3,
            reason=reason[:200],
            due_at=due_at,
            first_due_at=first_due_at or due_at,
            max_attempts=policies.of(case).attempts,
        )
        # another transaction may have made it meanwhile: the constraint decides, and theirs is kept
        Callback.objects.bulk_create([owed], ignore_conflicts=True)
        made = _open_one(line, kind, case, number)
        if made is None:
            raise RuntimeError("a call-back was neither made nor there")
        Callback.history.bulk_history_create([made], default_change_reason=reason[:100])
        log.info("callback %s scheduled: %s", made.pk, kind)
        return made


def _open_one(line: Line, kind: str, case: Case | None, number: str) -> Callback | None:
    same = Q(case=case) if case else Q(case=None, line=line, number=number)
    if kind == Kind.MISSED_CALL:
        same = Q(line=line, number=number)
    return Callback.objects.filter(same, kind=kind, state__in=LIVE_CALLBACK_STATES).order_by("id").first()


def due(agent: User | None = None) -> QuerySet[Callback]:
    """The agents' list: most urgent, then first due; within what this agent can take."""
    found = Callback.objects.filter(state=C.DUE).select_related("case__category", "case__person", "resident", "line")
    if agent and not queue.takes_everything(agent):
        found = found.filter(Q(case=None) | Q(case__category=None) | Q(case__category__in=queue.categories_of(agent)))
    return found.order_by("level", "first_due_at", "id")


def claim(callback: Callback, agent: User) -> Callback:
    """Takes it off the list for this agent; raises MoveRefused when somebody else was quicker."""
    if callback.state == C.CLAIMED and callback.claimed_by_id == agent.pk:
        return _write(callback, claimed_until=timezone.now() + LEASE)
    lease = timezone.now() + LEASE
    CALLBACK.apply(callback, "claim", by=agent, claimed_by=agent, claimed_until=lease)
    _announce(callback)
    return callback


def claim_next(agent: User) -> Callback | None:
    """The most urgent call-back due that this agent can take, or None."""
    with transaction.atomic():
        found = _not_on_the_line(due(agent)).select_for_update(no_key=True, of=("self",), skip_locked=True).first()
        return claim(found, agent) if found else None


def _not_on_the_line(owed: QuerySet[Callback]) -> QuerySet[Callback]:
    """Without those who have called again and wait, or talk, this moment: they are not called as well."""
    on_the_line = Call.objects.filter(direction="in", number=OuterRef("number"), state__in=outgoing.ON_THE_LINE)
    return owed.filter(Q(number="") | ~Exists(on_the_line))


def dial(callback: Callback, agent: User, *, at_any_hour: bool = True) -> Call:
    """Rings the agent's desk phone, then the person, each attempt on the next of their numbers; raises outgoing.NotNow.

    Unless `at_any_hour`, outside the calling hours it raises policies.TooLate, so that whoever dials is asked first.
    """
    if not at_any_hour:
        policies.ask_first(callback.case, callback.line, callback.level)
    if callback.state != C.CLAIMED or callback.claimed_by_id != agent.pk:
        claim(callback, agent)
    number = _number_of_attempt(callback)
    if not people.can_be_dialled(number):
        raise outgoing.NotNow(_("there is no number to dial: it was withheld or is not a telephone number"))
    language = callback.case.language if callback.case else "zh-hans"
    _write(callback, claimed_until=timezone.now() + LEASE)
    topic = f"callback:{callback.pk}"
    return outgoing.call_person(line=callback.line, number=number, agent=agent, topic=topic, language=language)


def _number_of_attempt(callback: Callback) -> str:
    """The number it was asked for first, then the person's others by turns; a wrong one is not tried again."""
    others = people.numbers(callback.resident) if callback.resident else []
    known = [n for n in dict.fromkeys([callback.number, *others]) if n]
    wrong = set(callback.attempts.filter(outcome=Attempt.Outcome.WRONG_NUMBER).values_list("call__number", flat=True))
    left = [n for n in known if n not in wrong] or known
    return left[callback.attempts_made % len(left)] if left else ""


def record(
    callback: Callback,
    outcome: str,
    *,
    by: User | None,
    note: str = "",
    call: Call | None = None,
    later: datetime | None = None,
    answer: str = Survey.Answer.RECEIVED,
) -> Callback:
    """Writes down how an attempt ended and what follows: done, again later, or escalated. Once per call.

    `later` is the time the person asked for (outcome call_later). `answer` is what the person said to the call after a
    delivery: "1" received, "2" not yet, "3" not needed; to "still needed?": "1" yes, "2" no longer, "3" someone helped.
    """
    if outcome not in Attempt.Outcome.values:
        raise ValueError(f"not an outcome of an attempt: {outcome}")
    with transaction.atomic():
        _lock(callback)
        first_word = _write_attempt(callback, outcome, by=by, note=note, call=call)
        if callback.state not in LIVE_CALLBACK_STATES or not first_word:
            return callback
        made = callback.attempts_made + 1
        if outcome == Attempt.Outcome.REACHED:
            _reached(callback, made, by=by, note=note, answer=answer)
        elif outcome == Attempt.Outcome.CALL_LATER:
            asked = later or timezone.now() + timedelta(hours=1)
            _move(callback, "try_later", by=by, due_at=asked, outcome=outcome)  # speaking to them is no failed attempt
        elif made >= callback.max_attempts or _has_no_number_left(callback):
            _exhausted(callback, made, outcome, by=by)
        else:
            _again(callback, made, outcome, by=by)
        _announce(callback)
    return callback


def _write_attempt(callback: Callback, outcome: str, *, by: User | None, note: str, call: Call | None) -> bool:
    """Writes the row of this try, and says whether its outcome is new: a call that ended has a row awaiting the word."""
    row = Attempt.objects.filter(call=call).first() if call else None
    row = row or Attempt(callback=callback, call=call)
    is_new = not row.outcome
    row.outcome, row.note, row.by = outcome, (note or row.note)[:300], by or row.by
    row.save()
    if callback.case and outcome == Attempt.Outcome.REACHED and callback.case.contacted_at is None:
        steps.write(callback.case, by=by, reason=_("reached by telephone"), contacted_at=timezone.now())
    return is_new


def _reached(callback: Callback, made: int, *, by: User | None, note: str, answer: str) -> None:
    _move(
        callback, "finish", by=by, attempts_made=made, outcome=Attempt.Outcome.REACHED, ended_at=timezone.now(),
        claimed_by=by or callback.claimed_by,
    )  # fmt: skip
    case = callback.case
    if case and callback.kind == Kind.AFTER_DELIVERY and case.state in (CaseState.DELIVERED, CaseState.FOLLOW_UP):
        if answer == Survey.Answer.RECEIVED:
            outcomes.confirmed(case, by=by, note=note)
        else:
            outcomes.contradicted(case, answer, by=by)
    elif case and callback.kind == Kind.CONFIRM:
        from cases import freshness

        freshness.answer(case, answer, by=by, note=note)
        if case.is_open:
            _goes_on(case, by)
    elif case:
        _goes_on(case, by)


def _again(callback: Callback, made: int, outcome: str, *, by: User | None) -> None:
    """The next attempt, spread over the day and within the calling hours; it keeps its place in the list."""
    policy = policies.of(callback.case)
    wait = policies.BUSY_AGAIN if outcome in RINGS_AGAIN_SOON else policy.wait_after(made, callback.level)
    at = policy.callable_from(timezone.now() + wait, callback.line, callback.level)
    if callback.level > policies.URGENT and callback.kind != Kind.WELFARE:
        at = policy.callable_from(
            phones.first_time(callback.resident, at, callback.line), callback.line, callback.level
        )
    _move(callback, "try_later", by=by, attempts_made=made, outcome=outcome, due_at=at)
    if callback.case and policy.text_between and people.can_be_dialled(callback.number):
        updates.tell(callback.case, "callback_missed", occasion=f"callback:{callback.pk}:{made}")


def _exhausted(callback: Callback, made: int, outcome: str, *, by: User | None) -> None:
    """Attempts are used up: somebody else has it from here on, in the same transaction."""
    _move(callback, "exhaust", by=by, attempts_made=made, outcome=outcome)
    _move(callback, "escalate", by=by, ended_at=timezone.now())
    case = callback.case
    if case and case.is_open and callback.kind == Kind.CONFIRM:
        from cases import freshness

        freshness.not_confirmed(case, by=by)
    if case is None:
        _into_the_inbox(callback)
    elif case.is_open and callback.kind != Kind.WELFARE and _is_looked_for(case) and _committee_phone(case):
        schedule(
            line=callback.line,
            kind=Kind.WELFARE,
            due_at=timezone.now(),
            case=case,
            number=_committee_phone(case),
            level=min(case.level, policies.URGENT),
            reason=_("not reached: ask the neighbourhood committee to look in"),
        )
    elif case.is_open and not _is_only_put_back(callback, case):
        steps.to_review(case, reason=_("could not be reached by telephone"), by=by)


def _is_only_put_back(callback: Callback, case: Case) -> bool:
    """Nobody could confirm it: the queue keeps it, further down. What waits for this very call is for a supervisor."""
    return callback.kind == Kind.CONFIRM and case.level > 1 and case.state != CaseState.ON_HOLD


def _is_looked_for(case: Case) -> bool:
    if policies.of(case).looks_in or case.level == 1:
        return True
    return bool(LOOKED_FOR.intersection([*case.vulnerabilities, *case.person.vulnerabilities]))


def _committee_phone(case: Case) -> str:
    if case.address is None:
        return ""
    community = case.address.community
    return people.e164(case.address.committee_phone or (community.committee_phone if community else ""))


def _into_the_inbox(callback: Callback) -> None:
    """Nobody answered and there is no case: the call itself lies in the visible inbox until somebody settles it."""
    if callback.call:
        contact, _new = Contact.objects.get_or_create(
            call=callback.call,
            case=None,
            defaults={
                "line": callback.line,
                "resident": callback.resident,
                "taken_as": "not_reached",
                "unread": True,
            },
        )
        unanswered.note_call(callback.call, callback=callback, contact=contact, cause=unanswered.Cause.NOT_REACHED)
    live.publish("inbox")


def _has_no_number_left(callback: Callback) -> bool:
    numbers = {callback.number, *(people.numbers(callback.resident) if callback.resident else [])}
    wrong = callback.attempts.filter(outcome=Attempt.Outcome.WRONG_NUMBER).count()
    return wrong >= len(numbers - {""})


def _goes_on(case: Case, by: User | None) -> None:
    """A case that waited for this call goes on: with the agent who has just spoken to them, else in the queue."""
    if case.state == CaseState.ON_HOLD and case.hold_reason == holds.FOR_THE_RESIDENT:
        holds.resume(case, by=by, reason=_("spoken to by telephone"))
        return
    waited = case.owner == Case.Owner.TIMER and case.next_step in (Case.Step.INTAKE, Case.Step.SOURCE)
    if case.is_open and waited:
        owner = Case.Owner.AGENT if by else Case.Owner.QUEUE
        due_at = case.due_at or timezone.now()
        steps.set_next(case, case.next_step, owner, due_at, agent=by, by=by, reason=_("spoken to by telephone"))


def renew(agent: User) -> int:
    """The agent's page is alive: call-backs in hand stay there."""
    held = Callback.objects.filter(state=C.CLAIMED, claimed_by=agent)
    return held.update(claimed_until=timezone.now() + LEASE)


def hand_back(callback: Callback, agent: User) -> Callback:
    """Puts it back on the list, at its old place."""
    _move(callback, "hand_back", by=agent, claimed_by=None, claimed_until=None)
    _announce(callback)
    return callback


def cancel(callback: Callback, *, by: User | None = None, reason: str) -> Callback:
    """It is no longer owed."""
    _move(callback, "cancel", by=by, reason=reason, outcome="cancelled", ended_at=timezone.now())
    _announce(callback)
    return callback


def cancel_all(case: Case, *, reason: str, kinds: tuple[str, ...] = ()) -> int:
    """Nothing more is owed for this case (of these kinds). Returns how many were cancelled."""
    owed = Callback.objects.filter(case=case, state__in=LIVE_CALLBACK_STATES)
    owed = owed.filter(kind__in=kinds) if kinds else owed
    found = list(owed.select_for_update(no_key=True))
    for callback in found:
        cancel(callback, reason=reason)
    return len(found)


def person_called(number: str, line: Line, *, by: User | None = None) -> int:
    """They got through by themselves: the call-back for their missed call is not made as well."""
    owed = Callback.objects.filter(line=line, number=number, kind=Kind.MISSED_CALL, state__in=LIVE_CALLBACK_STATES)
    found = list(owed.select_for_update(no_key=True))
    for callback in found:
        _move(callback, "finish", by=by, outcome="called_again", ended_at=timezone.now())
    return len(found)


def place_kept(number: str, line: Line) -> datetime | None:
    """Since when we owe this number a call for one that was missed; None when nothing is owed."""
    owed = Callback.objects.filter(line=line, number=number, kind=Kind.MISSED_CALL, state__in=LIVE_CALLBACK_STATES)
    return owed.order_by("first_due_at").values_list("first_due_at", flat=True).first()


def fall_due(limit: int = 500) -> int:
    """The sweep: what has come due goes on the list, and what an agent left lying goes back. Returns how many."""
    now = timezone.now()
    with transaction.atomic():
        come = Callback.objects.filter(state__in=(C.SCHEDULED, C.RETRY), due_at__lte=now).order_by("due_at")
        for callback in (fallen := list(come.select_for_update(no_key=True, skip_locked=True)[:limit])):
            _fall_due(callback)
        left = Callback.objects.filter(state=C.CLAIMED, claimed_until__lte=now)
        for callback in (returned := list(left.select_for_update(no_key=True, skip_locked=True)[:limit])):
            _move(callback, "hand_back", claimed_by=None, claimed_until=None)
        if fallen or returned:
            live.publish("queue", "callbacks")
    return len(fallen) + len(returned)


def _fall_due(callback: Callback) -> None:
    _move(callback, "fall_due")
    case = callback.case
    if case and callback.kind == Kind.AFTER_DELIVERY and case.state == CaseState.DELIVERED:
        steps.move(case, "follow_up", reason=_("the resident is being asked"))


def _move(callback: Callback, name: str, **changes: Any) -> None:
    CALLBACK.apply(callback, name, by=changes.pop("by", None), reason=changes.pop("reason", ""), **changes)


def _write(callback: Callback, **fields: Any) -> Callback:
    Callback.objects.filter(pk=callback.pk).update(**fields)
    for name, value in fields.items():
        setattr(callback, name, value)
    return callback


def _lock(callback: Callback) -> None:
    callback.refresh_from_db(from_queryset=Callback.objects.select_for_update(no_key=True, of=("self",)))


def _announce(callback: Callback) -> None:
    live.publish("queue", "callbacks", callback=callback.pk)
    if callback.claimed_by_id:
        live.publish(f"desk:{callback.claimed_by_id}", "callbacks", callback=callback.pk)


def bring_forward(callback: Callback) -> Callback:
    """Makes it due now where it waits for a later time; one in hand or on the list stays as it is."""
    if callback.state in (C.SCHEDULED, C.RETRY):
        _move(callback, "fall_due", due_at=min(callback.due_at, timezone.now()))
        _announce(callback)
    return callback
