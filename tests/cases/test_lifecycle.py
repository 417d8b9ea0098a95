"""Any sequence of actions, by anybody, keeps the invariants; and the database refuses what the declaration does not allow."""

import contextlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import callbacks, duplicates, holds, merging, outcomes, quantities, queue, steps, survey
from cases.lifecycle import CASE, FINAL_STATES
from cases.models import Callback, Case, Survey, Transition
from hotline import integrity
from hotline.lifecycle import MoveRefused
from tests.factories.cases import CaseFactory, NeedFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db
ROLES = ("agent", "supervisor", "dispatcher", "administrator")


def plain(name):
    def act(case, by):
        now = timezone.now()
        fields = {
            "hold": {"held_until": now + timedelta(hours=1)},
            "give_up": {"outcome": "not_available"},
            "cancel": {"outcome": "no_longer_needed"},
            "close": {"outcome": "received"},
        }
        steps.move(case, name, by=by, reason="because", **fields.get(name, {}))

    act.__name__ = f"move {name}"
    return act


def claim_next(case, by):
    queue.claim_next(by)


def claim(case, by):
    queue.claim(case, by)


def hand_back(case, by):
    queue.hand_back(case, by)


def hold(case, by):
    holds.hold(case, until=timezone.now() + timedelta(hours=1), reason="stock", by=by)


def resume(case, by):
    holds.resume(case, by=by)


def answer_yes(case, by):
    answered(case, "1")


def answer_no(case, by):
    answered(case, "2")


def answered(case, digit):
    asked = Survey.objects.filter(case=case, closed_at=None).first()
    if asked:
        survey.answer(asked, digit)


def owe_a_call(case, by):
    case.refresh_from_db()
    if case.is_open:
        callbacks.schedule(line=case.line, kind="clarify", due_at=timezone.now(), case=case)


def call_reached(case, by):
    called(case, by, "reached")


def call_missed(case, by):
    called(case, by, "no_answer")


def called(case, by, outcome):
    owed = Callback.objects.filter(case=case, state__in=("scheduled", "due", "retry")).first()
    if owed:
        callbacks.bring_forward(owed)
        callbacks.claim(owed, by)
        callbacks.record(owed, outcome, by=by)


def merge(case, by):
    merging.merge(case, by.other, by=by)


def merge_crosswise(case, by):
    merging.merge(by.other, case, by=by)


def unmerge(case, by):
    merging.unmerge(case, by=by, reason="because")


def one_more_call(case, by):
    duplicates.add_to(case, {"words": "再问一次", "caller": {}}, agent=by)


def part_is_handed_over(case, by):
    steps.move(case, "deliver", by=by, reason="because")
    quantities.delivered(case, {case.needs.get().pk: Decimal(1)}, by=by)


def hand_over_is_taken_back(case, by):
    steps.move(case, "undo_delivery", by=by, reason="because")
    quantities.take_back(case, by=by, reason="because")


def give_up(case, by):
    outcomes.give_up(case, "no_vehicle", by=by, reason="no vehicle")


def time_passes(case, by):
    Case.objects.filter(claimed_until__isnull=False).update(claimed_until=timezone.now() - timedelta(seconds=1))
    Case.objects.filter(held_until__isnull=False).update(held_until=timezone.now() - timedelta(seconds=1))
    callbacks.fall_due()
    holds.resume_ended()
    queue.release_expired()
    steps.wake_timers()


# merging has its own rules (cases.merging), and is called by them alone
ACTIONS = [plain(name) for name in CASE.moves if name != "merge"] + [
    claim_next,
    claim,
    hand_back,
    hold,
    resume,
    answer_yes,
    answer_no,
    owe_a_call,
    call_reached,
    call_missed,
    merge,
    merge_crosswise,
    unmerge,
    one_more_call,
    part_is_handed_over,
    hand_over_is_taken_back,
    give_up,
    time_passes,
]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from(ROLES)), min_size=1, max_size=18))
def test_any_sequence_of_actions_by_anybody_keeps_the_invariants(line, actions):
    case, other = CaseFactory(), CaseFactory()
    NeedFactory(case=case)
    people = {role: UserFactory(role=role) for role in ROLES}
    for act, role in actions:
        people[role].other = other
        with contextlib.suppress(MoveRefused):
            act(case, people[role])
        for every in Case.objects.all():  # with what was merged, and what was left over
            check(every)
    assert integrity.check() == []


def check(case):
    if case.state in FINAL_STATES:
        assert (case.next_step, case.owner, case.due_at, case.claimed_until) == ("", "", None, None)
        assert case.outcome
        assert case.closed_at
    else:
        assert case.next_step
        assert case.owner
        assert case.due_at
        assert case.closed_at is None
    assert (case.owner == "agent") == (case.claimed_until is not None)
    assert (case.owner == "agent") <= (case.owner_agent is not None)  # one claimant
    assert (case.state == "duplicate") == (case.merged_into is not None)
    if case.merged_into:  # no ring of duplicates, and no way through two of them
        assert case.merged_into.state != "duplicate"
    if case.state == "delivered":
        assert case.delivered_at
    assert Transition.objects.filter(case=case).order_by("id").last().to_state == case.state


def test_every_move_of_the_declaration_says_who_may_make_it():
    for move in CASE.moves.values():
        assert move.roles, move.name
        assert str(move.label)


def test_every_open_state_has_a_way_to_an_end():
    for state in set(Case.State) - set(FINAL_STATES):
        assert "cancel" in [move.name for move in CASE.moves.values() if state in move.sources]
