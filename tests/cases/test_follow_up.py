from datetime import timedelta

import pytest
from django.utils import timezone

from cases import callbacks, outcomes, steps, survey
from cases.models import Callback, Case, Survey
from tests.factories.cases import CaseFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(line):
    return UserFactory()


@pytest.fixture
def number():
    return "+8613812345678"


@pytest.fixture
def delivered(line, number):
    case = CaseFactory(person__number=number, state="en_route", next_step="drive", owner="trip")
    return steps.move(case, "deliver", reason="PIN")


def test_a_delivery_is_told_asked_about_and_owed_a_call(delivered, number, told):
    assert told(number) == ["delivered", "survey"]
    owed = Callback.objects.get(case=delivered)
    assert (owed.kind, owed.state, owed.due_at) == ("after_delivery", "scheduled", delivered.due_at)
    assert delivered.next_step == "follow_up"
    assert timedelta(hours=3) < owed.due_at - timezone.now() < timedelta(hours=16)


def test_when_the_call_falls_due_the_resident_is_being_asked(delivered):
    Callback.objects.update(due_at=timezone.now())
    callbacks.fall_due()
    delivered.refresh_from_db()
    assert (delivered.state, delivered.next_step) == ("follow_up", "follow_up")


def test_the_call_that_reaches_them_closes_the_case(delivered, agent):
    owed = Callback.objects.get()
    callbacks.bring_forward(owed)
    callbacks.claim(owed, agent)
    callbacks.record(owed, "reached", by=agent)
    delivered.refresh_from_db()
    assert (delivered.state, delivered.outcome) == ("closed", "received")
    assert delivered.transitions.last().by == agent
    assert not Survey.objects.filter(closed_at=None).exists()


def test_not_received_by_telephone_goes_to_a_supervisor(delivered, agent):
    owed = Callback.objects.get()
    callbacks.bring_forward(owed)
    callbacks.claim(owed, agent)
    callbacks.record(owed, "reached", by=agent, answer="2")
    delivered.refresh_from_db()
    assert (delivered.state, delivered.next_step) == ("follow_up", "review")


def test_received_by_text_cancels_the_call(delivered):
    survey.answer(Survey.objects.get(), "1")
    assert Callback.objects.get().state == "cancelled"
    assert Case.objects.get(pk=delivered.pk).state == "closed"


def test_a_second_answer_changes_nothing(delivered):
    asked = Survey.objects.get()
    survey.answer(asked, "1")
    survey.answer(asked, "2")
    assert Survey.objects.get().answer == "1"


def test_not_received_by_text_is_looked_at_while_nobody_calls_as_well(delivered):
    survey.answer(Survey.objects.get(), "2")
    assert not Callback.objects.filter(state__in=("scheduled", "due")).exists()


def test_a_delivery_taken_back_is_not_asked_about(delivered, number, told):
    steps.move(delivered, "undo_delivery", reason="wrong door")
    assert Callback.objects.get().state == "cancelled"
    assert not Survey.objects.filter(closed_at=None).exists()
    assert delivered.delivered_at is None


def test_a_second_delivery_is_told_and_asked_about_again(delivered, number, told):
    steps.move(delivered, "undo_delivery", reason="wrong door")
    steps.move(delivered, "deliver", reason="PIN")
    assert told(number) == ["delivered", "survey", "delivered", "survey"]
    assert Callback.objects.filter(state="scheduled").count() == 1


def test_met_another_way_is_asked_about_too(line, agent, number, told):
    case = CaseFactory(person__number=number, state="triaged", next_step="source")
    outcomes.met_otherwise(case, by=agent, reason="the committee had some")
    assert case.state == "follow_up"
    assert Callback.objects.get().kind == "after_delivery"
    survey.answer(Survey.objects.get(), "1")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "met_otherwise")


def test_what_cannot_be_served_is_told_with_its_reason_and_not_with_an_agents_note(line, agent, number, told):
    case = CaseFactory(person__number=number)
    outcomes.give_up(case, "not_available", by=agent, reason="called six pharmacies, rude one in Wujiaochang")
    assert told(number) == ["unmet"]
    assert "rude" not in case.line.messages.get(direction="out").body


def test_a_wrong_number_is_not_texted_again(line, agent, number, told):
    case = CaseFactory(person__number=number)
    outcomes.cancel(case, by=agent, reason="somebody else's number", outcome="wrong_number")
    assert told(number) == []


def test_ending_a_case_ends_what_was_owed_for_it(line, agent):
    case = CaseFactory()
    callbacks.schedule(line=line, kind="clarify", due_at=timezone.now(), case=case)
    outcomes.cancel(case, by=agent, reason="sorted out")
    assert Callback.objects.get().state == "cancelled"


def test_a_claimed_call_back_of_a_case_that_ends_is_cancelled_too(delivered, agent):
    owed = Callback.objects.get()
    callbacks.bring_forward(owed)
    callbacks.claim(owed, agent)
    survey.answer(Survey.objects.get(), "1")
    owed.refresh_from_db()
    assert owed.state == "cancelled"


def test_somebody_without_a_number_is_not_asked_by_text(line):
    case = CaseFactory(person__number="", state="en_route", next_step="drive", owner="trip")
    steps.move(case, "deliver", reason="PIN")
    assert not Survey.objects.exists()
    assert Callback.objects.get().number == ""
