from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases import steps
from cases.models import Case, Transition
from hotline.lifecycle import MoveRefused
from tests.factories.cases import CaseFactory, NeedFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UserFactory()


def test_a_judged_case_goes_back_to_the_queue_to_have_its_goods_found(line):
    case = steps.move(CaseFactory(), "triage")
    assert (case.state, case.next_step, case.owner) == ("triaged", "source", "queue")
    assert case.due_at is not None


def test_a_move_by_the_agent_who_holds_it_leaves_it_with_them(line, agent):
    until = timezone.now() + timedelta(minutes=5)
    case = CaseFactory(owner="agent", owner_agent=agent, claimed_until=until)
    steps.move(case, "triage", by=agent)
    assert (case.owner, case.owner_agent, case.claimed_until) == ("agent", agent, until)


def test_a_lease_that_has_run_out_does_not_keep_the_case(line, agent):
    case = CaseFactory(owner="agent", owner_agent=agent, claimed_until=timezone.now() - timedelta(seconds=1))
    steps.move(case, "triage", by=agent)
    assert (case.owner, case.owner_agent, case.claimed_until) == ("queue", None, None)


def test_a_ready_case_belongs_to_dispatch(line):
    case = steps.move(CaseFactory(state="sourcing", next_step="confirm_goods"), "make_ready")
    assert (case.next_step, case.owner) == ("plan", "dispatch")


def test_goods_that_are_not_there_after_all_are_an_agents_work_again(line):
    case = CaseFactory(state="ready", next_step="plan", owner="dispatch")
    steps.move(case, "back_to_sourcing", reason="sold out")
    assert (case.state, case.next_step, case.owner) == ("sourcing", "source", "queue")


def test_every_move_is_in_the_history_with_who_and_why(line, agent):
    case = CaseFactory()
    steps.move(case, "triage", by=agent, reason="insulin")
    row = Transition.objects.filter(case=case).last()
    assert (row.move, row.from_state, row.to_state, row.by, row.reason) == (
        "triage",
        "new",
        "triaged",
        agent,
        "insulin",
    )
    changed = case.history.latest()
    assert (changed.history_user, changed.history_change_reason, changed.state) == (agent, "insulin", "triaged")


def test_a_refused_move_says_why_and_changes_nothing(line):
    case = CaseFactory(category=None)
    with pytest.raises(MoveRefused) as refused:
        steps.move(case, "triage")
    assert str(refused.value)
    case.refresh_from_db()
    assert case.state == "new"
    assert Transition.objects.filter(case=case).count() == 1


def test_goods_are_looked_for_only_when_something_is_needed(line):
    case = CaseFactory(state="triaged")
    with pytest.raises(MoveRefused):
        steps.move(case, "source")
    NeedFactory(case=case)
    assert steps.move(case, "source").state == "sourcing"


def test_a_settled_case_is_on_nobodys_list(line, agent):
    case = CaseFactory(owner="agent", owner_agent=agent, claimed_until=timezone.now() + timedelta(hours=1))
    steps.move(case, "cancel", by=agent, reason="not needed", outcome="no_longer_needed")
    assert (case.next_step, case.owner, case.owner_agent, case.due_at) == ("", "", None, None)
    assert case.closed_at is not None


def test_reopening_takes_the_ending_back(line):
    lead = UserFactory(role="supervisor")
    case = CaseFactory()
    steps.move(case, "cancel", reason="x", outcome="no_longer_needed")
    steps.move(case, "reopen", by=lead, reason="they called again")
    assert (case.state, case.outcome, case.closed_at, case.owner) == ("triaged", "", None, "queue")


def test_an_agent_may_not_reopen(line, agent):
    case = CaseFactory()
    steps.move(case, "cancel", reason="x", outcome="no_longer_needed")
    with pytest.raises(MoveRefused):
        steps.move(case, "reopen", by=agent, reason="they called again")


def test_the_database_refuses_a_state_that_no_move_leads_to(line):
    case = CaseFactory()
    with pytest.raises(Exception, match="Invalid transition"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(state="delivered")


def test_the_database_refuses_an_open_case_without_a_next_step(line):
    with pytest.raises(IntegrityError), transaction.atomic():
        CaseFactory(next_step="")


def test_a_promise_is_kept_when_it_was_there_before_the_window_ended(line):
    now = timezone.now()
    case = CaseFactory(
        state="en_route",
        next_step="drive",
        owner="trip",
        promised_from=now - timedelta(hours=1),
        promised_until=now + timedelta(hours=1),
    )
    assert steps.move(case, "deliver").promise_kept is True


def test_a_timer_that_has_rung_gives_the_case_to_the_queue(line):
    past = timezone.now() - timedelta(minutes=1)
    case = CaseFactory(state="sourcing", next_step="confirm_goods", owner="timer", due_at=past)
    assert steps.wake_timers() == 1
    case.refresh_from_db()
    assert (case.owner, case.next_step) == ("queue", "confirm_goods")


def test_open_pages_are_told_of_a_move(line, agent, django_capture_on_commit_callbacks):
    case = CaseFactory()
    with django_capture_on_commit_callbacks() as after_commit:
        steps.move(case, "triage", by=agent)
    assert after_commit
