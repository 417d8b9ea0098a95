"""The list of calls we owe."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Callback
from hotline.models import Call, User
from tests.factories.cases import CallbackFactory, CaseFactory
from tests.factories.hotline import CallFactory, UserFactory


@pytest.fixture
def lead(desk: Client, supervisor: User) -> User:
    """Somebody who takes every call-back, whatever its category."""
    desk.force_login(supervisor)
    return supervisor


@pytest.fixture
def mine(lead: User) -> Callback:
    return CallbackFactory(state="claimed", claimed_by=lead, claimed_until=timezone.now() + timedelta(minutes=5))


def act(desk: Client, owed: Callback, what: str, **fields: str):
    answer = desk.post(reverse("cases:callback-act", args=[owed.pk, what]), fields)
    owed.refresh_from_db()
    return answer


def test_the_list_is_in_its_order_and_hides_numbers(desk: Client, lead: User) -> None:
    later = CallbackFactory(level=3, number="+8613799998888", case=None)
    first = CallbackFactory(level=1)
    page = desk.get(reverse("cases:callback-rows")).content.decode()
    assert page.index(f"open={first.pk}") < page.index(f"open={later.pk}")
    assert "13799998888" not in page


def test_taking_the_next_gives_it_to_one_agent(desk: Client, lead: User) -> None:
    owed = CallbackFactory()
    page = desk.post(reverse("cases:callback-next")).content.decode()
    owed.refresh_from_db()
    assert (owed.state, owed.claimed_by) == ("claimed", lead)
    assert f'data-callback="{owed.pk}"' in page


def test_with_none_due_it_says_so(desk: Client, lead: User, said: Callable[..., str]) -> None:
    assert said(desk.post(reverse("cases:callback-next")))


def test_one_click_takes_and_dials(desk: Client, lead: User) -> None:
    owed = CallbackFactory()
    act(desk, owed, "dial")
    call = Call.objects.get()
    assert (call.direction, call.topic, call.agent, call.number) == ("out", f"callback:{owed.pk}", lead, owed.number)
    assert (owed.state, owed.claimed_by) == ("claimed", lead)


def test_what_a_colleague_took_cannot_be_dialled(desk: Client, lead: User) -> None:
    owed = CallbackFactory(
        state="claimed", claimed_by=UserFactory(), claimed_until=timezone.now() + timedelta(minutes=5)
    )
    assert act(desk, owed, "dial").status_code == 409
    assert not Call.objects.exists()


@pytest.mark.parametrize(("outcome", "state"), [("reached", "done"), ("no_answer", "retry"), ("busy", "retry")])
def test_the_outcome_is_one_press(desk: Client, mine: Callback, outcome: str, state: str) -> None:
    act(desk, mine, "outcome", outcome=outcome, note="说明")
    assert mine.state == state
    assert mine.attempts.get().note == "说明"


def test_the_attempt_names_the_call_that_was_made(desk: Client, mine: Callback, lead: User) -> None:
    call = CallFactory(direction="out", state="wrap_up", agent=lead, topic=f"callback:{mine.pk}")
    act(desk, mine, "outcome", outcome="reached")
    assert mine.attempts.get().call == call


def test_called_later_comes_back_at_the_time_asked(desk: Client, mine: Callback) -> None:
    act(desk, mine, "outcome", outcome="call_later", when="2")
    assert mine.state == "retry"
    assert timezone.now() + timedelta(minutes=110) < mine.due_at < timezone.now() + timedelta(minutes=130)


@pytest.mark.parametrize(("outcome", "state"), [("reached-1", "closed"), ("reached-2", "follow_up")])
def test_what_was_said_about_a_delivery_closes_or_is_looked_at(
    desk: Client, lead: User, outcome: str, state: str
) -> None:
    case = CaseFactory(
        state="follow_up", next_step="follow_up", owner="timer", delivered_at=timezone.now() - timedelta(hours=2)
    )
    owed = CallbackFactory(
        case=case, kind="after_delivery", state="claimed", claimed_by=lead, claimed_until=timezone.now()
    )
    act(desk, owed, "outcome", outcome=outcome)
    case.refresh_from_db()
    assert owed.state == "done"
    assert case.state == state
    assert case.next_step == ("" if state == "closed" else "review")


def test_giving_it_back_keeps_its_place(desk: Client, mine: Callback) -> None:
    first = mine.first_due_at
    act(desk, mine, "hand-back")
    assert (mine.state, mine.first_due_at) == ("due", first)


def test_the_page_asks_a_bounded_number_of_times(desk: Client, mine: Callback, django_assert_max_num_queries) -> None:
    for _i in range(20):
        CallbackFactory()
    with django_assert_max_num_queries(24):
        desk.get(reverse("cases:callbacks"))
