from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cases import callbacks, freshness, replies, status, steps
from cases.models import Callback, StillNeeded
from tests.factories.cases import CaseFactory, NeedFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db
NUMBER = "+8613812345678"


@pytest.fixture
def agent(line):
    return UserFactory()


@pytest.fixture
def old(line):
    """A case whose person was last heard two days ago."""
    two_days_ago = timezone.now() - timedelta(days=2)
    case = CaseFactory(person__number=NUMBER, level=3, state="triaged", next_step="source", created_at=two_days_ago)
    NeedFactory(case=case)
    return case


def unanswered(case, agent):
    """Neither the text nor any call is answered."""
    freshness.ask(case)
    StillNeeded.objects.update(call_at=timezone.now())
    freshness.call_unanswered()
    owed = Callback.objects.get(kind="confirm")
    for _attempt in range(owed.max_attempts):
        callbacks.bring_forward(owed)
        callbacks.claim(owed, agent)
        callbacks.record(owed, "no_answer", by=agent)
    case.refresh_from_db()
    return case


def test_before_goods_are_bought_an_old_request_is_asked_about(old, agent, told):
    steps.move(old, "source", by=agent)
    assert told(NUMBER) == ["still_needed"]
    assert old.state == "sourcing"


def test_a_fresh_request_is_not_asked_about(line, agent, told):
    case = CaseFactory(person__number=NUMBER, state="triaged")
    NeedFactory(case=case)
    steps.move(case, "source", by=agent)
    assert told(NUMBER) == []


def test_before_loading_it_is_asked_again(old, told):
    steps.write(old, confirmed_at=timezone.now() - timedelta(hours=13))
    old = CaseFactory(person=old.person, state="ready", created_at=old.created_at)
    steps.move(old, "plan")
    assert told(NUMBER) == ["still_needed"]
    assert StillNeeded.objects.get().why == "loading"


def test_1_keeps_it_and_is_answered(old, text_in, told):
    freshness.ask(old)
    text_in(NUMBER, "1")
    old.refresh_from_db()
    assert (old.state, StillNeeded.objects.get().answer) == ("triaged", "1")
    assert old.confirmed_at
    assert told(NUMBER) == ["still_needed", "still_needed_noted"]


@pytest.mark.parametrize(("said", "outcome"), [("2", "no_longer_needed"), ("３。", "met_otherwise")])
def test_2_and_3_end_it_with_their_outcome(old, text_in, said, outcome):
    freshness.ask(old)
    text_in(NUMBER, said)
    old.refresh_from_db()
    assert (old.state, old.outcome) == ("cancelled", outcome)


def test_a_question_after_a_delivery_asked_later_gets_the_digit(old, text_in):
    freshness.ask(old)
    delivered = CaseFactory(person=old.person, state="en_route", next_step="drive", owner="trip")
    StillNeeded.objects.update(asked_at=timezone.now() - timedelta(minutes=5))
    steps.move(delivered, "deliver", reason="PIN")
    text_in(NUMBER, "1")
    old.refresh_from_db()
    delivered.refresh_from_db()
    assert (delivered.state, old.confirmed_at) == ("closed", None)


def test_no_answer_becomes_a_call(old):
    freshness.ask(old)
    assert freshness.call_unanswered() == 0
    with time_machine.travel(timezone.now() + timedelta(hours=3)):
        assert freshness.call_unanswered() == 1
        assert freshness.call_unanswered() == 0
    assert Callback.objects.get().kind == "confirm"


def test_somebody_without_texts_is_called(line):
    case = CaseFactory(person__number="")
    freshness.ask(case)
    assert Callback.objects.get().kind == "confirm"


def test_said_to_the_call_it_ends_the_same(old, agent):
    freshness.ask(old)
    StillNeeded.objects.update(call_at=timezone.now())
    freshness.call_unanswered()
    owed = Callback.objects.get()
    callbacks.bring_forward(owed)
    callbacks.claim(owed, agent)
    callbacks.record(owed, "reached", by=agent, answer="3")
    old.refresh_from_db()
    assert (old.state, old.outcome) == ("cancelled", "met_otherwise")


def test_what_nobody_can_confirm_moves_down_and_says_so(old, agent):
    before = steps.reckon(old, old.next_step).due_at
    case = unanswered(old, agent)
    assert case.due_at == before + timedelta(hours=24)
    assert "unconfirmed" in [part["slug"] for part in case.due_sum]
    assert "确认" in status.words(case, "zh-hans")
    assert (case.state, case.next_step) == ("triaged", "source")


def test_any_later_word_takes_that_back(old, agent, text_in):
    before = steps.reckon(old, old.next_step).due_at
    unanswered(old, agent)
    text_in(NUMBER, "我在家，还在等")
    old.refresh_from_db()
    assert (old.unconfirmed_since, old.due_at) == (None, before)


def test_a_digit_is_no_answer_while_nothing_is_asked(old, text_in):
    text_in(NUMBER, "2")
    old.refresh_from_db()
    assert old.state == "triaged"


def test_whole_replies_only():
    assert freshness.read("2盒阿司匹林") == ""
    assert replies.read_command("1") == ("", "")
