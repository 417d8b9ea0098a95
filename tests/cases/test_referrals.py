from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cases import outcomes, referrals, status, steps
from cases.models import Survey
from hotline.lifecycle import MoveRefused
from tests.factories.cases import CaseFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db
NUMBER = "+8613812345678"


@pytest.fixture
def agent(line):
    return UserFactory()


@pytest.fixture
def case(line):
    return CaseFactory(person__number=NUMBER, state="triaged", next_step="source", level=3)


def test_a_referral_is_the_next_step_with_its_due_time_and_is_told(case, agent, told):
    asked = referrals.refer(case, "committee", by=agent)
    assert (case.state, case.next_step, case.owner, case.due_at) == ("triaged", "referral", "timer", asked.due_at)
    assert told(NUMBER) == ["referred"]
    assert "回音" in status.words(case, "zh-hans")


def test_pressed_twice_is_asked_once(case, agent, told):
    assert referrals.refer(case, "hospital", by=agent) == referrals.refer(case, "hospital", by=agent)
    assert told(NUMBER) == ["referred"]


def test_without_an_answer_in_time_it_lies_in_the_queue(case, agent):
    referrals.refer(case, "volunteer", by=agent)
    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        assert steps.wake_timers() == 1
    case.refresh_from_db()
    assert (case.next_step, case.owner) == ("referral", "queue")


def test_who_accepts_reports_back_by_a_later_time(case, agent):
    asked = referrals.refer(case, "committee", by=agent)
    first = asked.due_at
    referrals.accept(asked, by=agent)
    assert asked.due_at > first
    assert case.due_at != first or asked.case.due_at == asked.due_at


def test_who_refuses_gives_it_back_to_the_agents(case, agent):
    asked = referrals.refer(case, "committee", by=agent)
    referrals.refuse(asked, by=agent, words="没有人手")
    case.refresh_from_db()
    assert (case.next_step, case.owner) == ("source", "queue")


def test_while_somebody_else_is_asked_too_it_waits_on(case, agent):
    refused = referrals.refer(case, "committee", by=agent)
    other = referrals.refer(case, "volunteer", by=agent, due_at=timezone.now() + timedelta(hours=9))
    referrals.refuse(refused, by=agent)
    case.refresh_from_db()
    assert (case.next_step, case.due_at) == ("referral", other.due_at)


def test_what_helped_is_asked_of_the_resident(case, agent, told):
    referrals.report(referrals.refer(case, "committee", by=agent), helped=True, by=agent, words="送了两盒")
    case.refresh_from_db()
    assert case.state == "follow_up"
    assert "送了两盒" in case.outcome_note
    assert Survey.objects.get().case == case


def test_what_did_not_help_goes_on(case, agent):
    referrals.report(referrals.refer(case, "12345", by=agent), helped=False, by=agent)
    case.refresh_from_db()
    assert (case.state, case.next_step) == ("triaged", "source")


def test_advice_that_was_enough_needs_no_answer(case, agent, told):
    asked = referrals.refer(case, "advice", by=agent, words="附近药店有货")
    assert (asked.state, case.state) == ("helped", "follow_up")
    assert "referred" not in told(NUMBER)


def test_an_answer_given_is_not_given_again(case, agent):
    asked = referrals.refer(case, "committee", by=agent)
    referrals.refuse(asked, by=agent)
    with pytest.raises(MoveRefused):
        referrals.accept(asked, by=agent)


def test_a_case_that_ends_waits_for_nobody(case, agent):
    asked = referrals.refer(case, "committee", by=agent)
    outcomes.cancel(case, by=agent, reason="sorted out")
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_what_is_on_its_way_is_not_referred(line, agent):
    with pytest.raises(MoveRefused):
        referrals.refer(CaseFactory(state="en_route", owner="trip", next_step="drive"), "committee", by=agent)
