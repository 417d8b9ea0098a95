from datetime import timedelta

import pytest
from django.utils import timezone

from cases import callbacks, merging, prescriptions, steps
from cases.models import Attempt, Callback, Case, Transition
from hotline import integrity
from hotline.models import Message
from tests.factories.cases import CallbackFactory, CaseFactory
from tests.factories.hotline import CallFactory, MessageFactory, UserFactory

pytestmark = pytest.mark.django_db


def violated():
    return [(violation.number, violation.row) for violation in integrity.check()]


def ago(**time):
    return timezone.now() - timedelta(**time)


def test_a_case_made_by_the_rules_breaks_nothing(text_in):
    text_in("+8613812345678", "需要胰岛素")
    assert violated() == []


def test_a_handled_text_that_is_nowhere_is_named(line):
    lost = MessageFactory(direction="in", state="handled", purpose="", idempotency_key=None)
    assert violated() == [(1, f"message {lost.pk}")]


def test_a_call_that_was_talked_over_and_is_nowhere_is_named(line):
    lost = CallFactory(state="completed", connected_at=ago(minutes=9))
    assert violated() == [(1, f"call {lost.pk}")]


def test_a_missed_caller_whom_nobody_owes_a_call_is_named(line):
    lost = CallFactory(state="abandoned")
    assert violated() == [(1, f"call {lost.pk}")]
    callbacks.schedule(line=line, kind="missed_call", due_at=timezone.now(), number=lost.number)
    assert violated() == []


def test_a_lease_that_ran_out_long_ago_is_named(line):
    case = CaseFactory(owner="agent", owner_agent=UserFactory(), claimed_until=ago(hours=1))
    assert violated() == [(3, f"case {case.pk}")]


def test_a_timer_that_rang_unheard_is_named(line):
    case = CaseFactory(owner="timer", due_at=ago(hours=1))
    assert violated() == [(2, f"case {case.pk}")]
    steps.wake_timers()
    assert violated() == []


def test_a_call_back_nobody_swept_is_named(line):
    owed = CallbackFactory(state="scheduled", due_at=ago(hours=1))
    assert violated() == [(7, f"callback {owed.pk}")]


def test_a_hold_nobody_ended_is_named(line):
    case = CaseFactory(
        state="on_hold", next_step="resume", owner="timer", due_at=timezone.now(), held_until=ago(hours=1)
    )
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() + timedelta(hours=1))
    assert violated() == [(7, f"case {case.pk}")]


def test_a_call_owed_for_a_settled_case_is_named(line):
    case = CaseFactory(
        state="closed", next_step="", owner="", due_at=None, outcome="received", closed_at=timezone.now()
    )
    owed = CallbackFactory(case=case)
    assert violated() == [(2, f"callback {owed.pk}")]


def test_a_state_without_a_move_is_named(line):
    case = CaseFactory()
    Transition.objects.filter(case=case).delete()
    assert (6, f"case {case.pk}") in violated()


def test_a_level_one_call_back_that_waits_as_less_urgent_is_named(line):
    owed = CallbackFactory(case__level=1, level=3)
    assert violated() == [(5, f"callback {owed.pk}")]


def test_raising_a_case_raises_its_call_backs(line):
    owed = CallbackFactory(case__level=3, level=3)
    steps.reckon_again(owed.case, level=1)
    assert Callback.objects.get().level == 1
    assert violated() == []


def test_a_case_merged_again_is_told_so_again_and_that_breaks_nothing(text_in, line):
    supervisor = UserFactory(role="supervisor")
    text_in("+8613812345678", "需要胰岛素")
    case, other = Case.objects.get(), CaseFactory()
    merging.merge(case, other, by=supervisor)
    merging.unmerge(case, by=supervisor, reason="two people")
    merging.merge(case, other, by=supervisor)
    assert Message.objects.filter(purpose="merged").count() == 2
    assert violated() == []


def test_an_ending_told_more_often_than_it_came_about_is_named(line):
    case = CaseFactory()
    for key in ("one", "two"):
        MessageFactory(direction="out", purpose="cancelled", topic=f"case:{case.pk}", idempotency_key=key)
    assert violated() == [(4, f"case {case.pk}")]


def test_a_photo_asked_for_again_at_a_press_breaks_nothing(line):
    case = CaseFactory()
    case.needs.create(item="奥施康定", prescription_needed=True)
    prescriptions.ask_photo(case)
    prescriptions.ask_photo(case, again=True)
    assert Message.objects.filter(purpose="photo_asked").count() == 2
    assert violated() == []


def test_a_photo_asked_for_more_often_than_anybody_wanted_is_named(line):
    case = CaseFactory()
    for key in ("one", "two"):
        MessageFactory(direction="out", purpose="photo_asked", topic=f"case:{case.pk}", idempotency_key=key)
    assert violated() == [(4, f"case {case.pk}")]


def test_a_missed_call_back_is_told_again_with_the_same_words_when_somebody_tried_again(line):
    callback = CallbackFactory(case=CaseFactory())
    for key in ("one", "two"):
        Attempt.objects.create(callback=callback, outcome="no_answer")
        tell_missed(callback.case, key)
    assert violated() == []


def test_a_missed_call_back_told_more_often_than_somebody_tried_is_named(line):
    callback = CallbackFactory(case=CaseFactory())
    Attempt.objects.create(callback=callback, outcome="no_answer")
    tell_missed(callback.case, "one")
    tell_missed(callback.case, "two")
    assert violated() == [(4, f"case {callback.case.pk}")]


def tell_missed(case, key):
    MessageFactory(direction="out", purpose="callback_missed", topic=f"case:{case.pk}", idempotency_key=key)
