"""The desk as a whole: landing, claim next, presence, the call in the head."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import queue
from cases.desk import work
from cases.models import Callback, Case, Draft
from cases.triage import red_flags
from hotline.models import Call, CallLeg, Presence, User
from tests.factories.cases import CallbackFactory, CaseFactory, ResidentFactory
from tests.factories.hotline import CallFactory, UserFactory

Said = Callable[..., str]


@pytest.mark.parametrize(
    ("role", "name"), [("agent", "cases:desk"), ("supervisor", "cases:queue"), ("administrator", "admin:index")]
)
def test_a_log_in_lands_where_its_role_works(client: Client, city: object, role: str, name: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.get("/").url == reverse(name)


def test_claim_next_opens_the_form_of_the_most_urgent_case(desk: Client, supervisor: User, client: Client) -> None:
    CaseFactory(level=3)
    urgent = CaseFactory(level=1, due_at=timezone.now() + timedelta(hours=5))
    client.force_login(supervisor)
    page = client.post(reverse("cases:claim-next")).content.decode()
    urgent.refresh_from_db()
    assert urgent.owner_agent == supervisor
    assert f'action="{reverse("cases:draft-save", args=[f"case:{urgent.pk}:{supervisor.pk}"])}"' in page


def test_a_claimed_case_shows_its_red_flag_at_once_and_its_twins_with_the_first_keeping(
    desk: Client, supervisor: User
) -> None:
    desk.force_login(supervisor)  # takes every category
    person = ResidentFactory(number="+8613812345678")
    twin = CaseFactory(person=person, owner="agent", owner_agent=supervisor, claimed_until=timezone.now())
    flag = {"slug": next(iter(red_flags.catalogue())), "words": "喘不过气"}
    claimed = CaseFactory(person=person, language="en", red_flags=[flag])
    shown = desk.post(reverse("cases:claim-next")).content.decode()
    assert f"<mark>{flag['words']}</mark>" in shown
    assert "data-twin" not in shown
    key = f"case:{claimed.pk}:{supervisor.pk}"
    kept = desk.post(reverse("cases:draft-keep", args=[key]), {"caller-number": "13812345678"}).content.decode()
    assert f'data-twin="{twin.number}"' in kept
    assert f"<mark>{flag['words']}</mark>" in kept


def test_a_claim_asks_the_database_a_bounded_number_of_times(
    desk: Client, supervisor: User, django_assert_max_num_queries
) -> None:
    desk.force_login(supervisor)  # takes every category
    for _i in range(3):
        CaseFactory()
    desk.post(reverse("cases:claim-next"))
    with django_assert_max_num_queries(15):
        desk.post(reverse("cases:claim-next"))


def test_a_case_claimed_again_has_the_form_that_was_put_away_filled_anew(desk: Client, supervisor: User) -> None:
    desk.force_login(supervisor)  # takes every category
    case = CaseFactory(words="")
    desk.post(reverse("cases:claim-next"))
    key = f"case:{case.pk}:{supervisor.pk}"
    desk.post(reverse("cases:draft-keep", args=[key]), {"words": "typed and dropped"})
    desk.post(reverse("cases:draft-close", args=[key]))
    case.refresh_from_db()
    queue.hand_back(case, supervisor)
    desk.post(reverse("cases:claim-next"))
    draft = Draft.objects.get(key=key)
    assert (draft.ended_at, draft.saved_at, draft.data["words"]) == (None, None, "")


def test_claim_next_with_nothing_waiting_says_so(desk: Client, said: Said) -> None:
    answer = desk.post(reverse("cases:claim-next"))
    assert answer.status_code == 204
    assert said(answer)


def test_a_case_that_a_colleague_holds_cannot_be_claimed(desk: Client, supervisor: User, said: Said) -> None:
    case = CaseFactory(owner="agent", owner_agent=supervisor, claimed_until=timezone.now() + timedelta(hours=1))
    answer = desk.post(reverse("cases:claim", args=[case.number]))
    assert answer.status_code == 409
    assert answer.headers["HX-Reswap"] == "none"
    assert str(supervisor) in said(answer)


def test_a_break_needs_its_reason(desk: Client, agent: User) -> None:
    where = reverse("cases:presence-change", args=["break"])
    assert desk.post(where).status_code == 409
    assert desk.post(where, {"reason": "lunch"}).status_code == 200
    assert Presence.objects.get(user=agent).state == "break"


def test_the_open_desk_keeps_the_agent_on_duty_and_the_case_in_hand(desk: Client, agent: User) -> None:
    long_ago = timezone.now() - timedelta(minutes=14)
    Presence.objects.filter(user=agent).update(heartbeat_at=long_ago)
    case = CaseFactory(owner="agent", owner_agent=agent, claimed_until=timezone.now() + timedelta(minutes=1))
    desk.post(reverse("cases:beat"))
    case.refresh_from_db()
    assert Presence.objects.get(user=agent).heartbeat_at > long_ago
    assert case.claimed_until > timezone.now() + timedelta(minutes=10)


@pytest.fixture
def ringing(agent: User) -> Call:
    ResidentFactory(name="李建国", number="+8613512345678")
    return CallFactory(state="offered", agent=agent, number="+8613512345678", offered_at=timezone.now(), level=1)


def call_part(desk: Client) -> str:
    return desk.get(reverse("cases:desk-call")).content.decode()


def test_a_ringing_call_shows_who_calls_and_hides_the_number(desk: Client, ringing: Call) -> None:
    page = call_part(desk)
    assert 'data-ringing="1"' in page
    assert "李建国" in page
    assert "135 **** 5678" in page
    assert "13512345678" not in page


def test_declining_needs_a_reason_and_keeps_the_callers_place(desk: Client, ringing: Call, agent: User) -> None:
    since = ringing.waiting_since
    CallLeg.objects.create(call=ringing, party="agent", user=agent, status="ringing")
    Presence.objects.update(state="ringing")
    where = reverse("cases:call-act", args=[ringing.pk, "decline"])
    assert desk.post(where, {"reason": "because"}).status_code == 409
    assert desk.post(where, {"reason": "technical"}).status_code == 200
    ringing.refresh_from_db()
    assert (ringing.state, ringing.waiting_since) == ("waiting", since)


def test_an_answered_call_opens_its_form(desk: Client, ringing: Call) -> None:
    Call.objects.filter(pk=ringing.pk).update(state="connected", connected_at=timezone.now())
    assert f'data-opens-draft="{reverse("cases:draft-of-call", args=[ringing.pk])}"' in call_part(desk)


@pytest.fixture
def wrapping(ringing: Call, agent: User) -> Call:
    Call.objects.filter(pk=ringing.pk).update(state="connected", connected_at=timezone.now())
    Call.objects.filter(pk=ringing.pk).update(state="wrap_up", ended_at=timezone.now())
    Presence.objects.filter(user=agent).update(state="wrap_up", until=timezone.now() + timedelta(seconds=30))
    return ringing


def test_the_outcome_of_a_call_is_one_press(desk: Client, wrapping: Call) -> None:
    page = call_part(desk)
    assert 'data-key="Alt+1"' in page
    desk.post(reverse("cases:call-act", args=[wrapping.pk, "outcome"]), {"outcome": "answered"})
    wrapping.refresh_from_db()
    assert wrapping.outcome == "answered"


def test_more_time_is_given_once(desk: Client, wrapping: Call) -> None:
    where = reverse("cases:call-act", args=[wrapping.pk, "more-time"])
    assert desk.post(where).status_code == 200
    assert desk.post(where).status_code == 409


def test_wrap_up_done_makes_the_agent_available(desk: Client, wrapping: Call, agent: User) -> None:
    desk.post(reverse("cases:call-act", args=[wrapping.pk, "wrap-up-done"]))
    assert Presence.objects.get(user=agent).state == "available"


def test_the_outcome_of_a_call_back_is_the_outcome_of_its_attempt(desk: Client, agent: User) -> None:
    owed: Callback = CallbackFactory(state="claimed", claimed_by=agent, claimed_until=timezone.now())
    call = CallFactory(direction="out", state="wrap_up", agent=agent, topic=f"callback:{owed.pk}")
    desk.post(reverse("cases:call-act", args=[call.pk, "outcome"]), {"outcome": "reached"})
    owed.refresh_from_db()
    assert owed.state == "done"
    assert owed.attempts.get().call == call


def test_the_left_column_shows_what_is_mine(desk: Client, agent: User) -> None:
    mine: Case = CaseFactory(owner="agent", owner_agent=agent, claimed_until=timezone.now())
    other = CaseFactory()
    page = desk.get(reverse("cases:desk-work")).content.decode()
    assert mine.number in page
    assert other.number not in page


def test_call_backs_that_an_agent_has_taken_come_before_those_that_wait(desk: Client, agent: User) -> None:
    waiting = CallbackFactory(level=1)
    taken = CallbackFactory(level=3, state="claimed", claimed_by=agent, claimed_until=timezone.now())
    CallbackFactory(state="claimed", claimed_by=UserFactory(), claimed_until=timezone.now())
    shown = work.callbacks(agent)
    assert (shown.entries, shown.count) == ([taken, waiting], 2)


def test_the_left_column_asks_a_bounded_number_of_times(
    desk: Client, agent: User, django_assert_max_num_queries
) -> None:
    for _i in range(8):
        CaseFactory(owner="agent", owner_agent=agent, claimed_until=timezone.now())
        CallbackFactory()
    with django_assert_max_num_queries(14):
        desk.get(reverse("cases:desk-work"))
    with django_assert_max_num_queries(9):
        call_part(desk)


def test_the_words_of_the_scripts_are_chinese_too(client: Client) -> None:
    page = client.get(reverse("javascript-catalog"), headers={"Accept-Language": "zh-hans"}).content.decode()
    assert json.dumps("撤销") in page
