"""Whoever was not answered is a row with a named cause until somebody has acted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import callbacks, inbox, integrity, unanswered
from cases.handlers import CaseHandlers
from cases.models import Callback, Contact, Unanswered
from hotline import blocking, calls_in
from hotline.models import Call, Line, Message, User
from tests.factories.hotline import (
    LINE_NUMBER,
    AgentSkillFactory,
    CallFactory,
    PresenceFactory,
    SkillFactory,
    UserFactory,
)
from tests.hotline.conftest import Webhook, webhook  # noqa: F401 a fixture

PERSON = "+8613800000555"


def gave_up(line: Line, **more: Any) -> Unanswered:
    """A caller who waited for 30 s and hung up."""
    call = CallFactory(line=line, number=PERSON, **more)
    calls_in.hung_up(call.sid)
    return Unanswered.objects.get(call=call)


def called_back(agent: User, outcome: str) -> Callback:
    """The call-back that is due is taken by this agent and noted with the outcome."""
    callbacks.fall_due()
    owed = callbacks.claim_next(agent)
    assert owed
    callbacks.record(owed, outcome, by=agent)
    return owed


def test_who_hangs_up_while_waiting_is_named_with_the_seconds(line: Line) -> None:
    PresenceFactory(state="on_call")
    row = gave_up(line, waited=42)
    assert (row.cause, row.acted_at) == ("abandoned", None)
    assert 41 <= (row.waited_seconds or 0) <= 60
    assert row.callback == Callback.objects.get()


def test_nobody_on_duty_is_a_cause_of_its_own(line: Line) -> None:
    assert gave_up(line).cause == "nobody"


def test_so_is_nobody_who_speaks_the_language(line: Line) -> None:
    PresenceFactory(state="on_call")
    assert gave_up(line, language="en").cause == "no_language"


def test_so_is_nobody_with_the_subject(line: Line) -> None:
    agent = PresenceFactory(state="on_call").user
    AgentSkillFactory(user=agent, skill=SkillFactory(slug="elderly"))
    assert gave_up(line, skill=SkillFactory(slug="infant")).cause == "no_subject"


def test_so_is_the_menu(line: Line) -> None:
    call = CallFactory(line=line, number=PERSON, state="menu", waiting_since=None)
    calls_in.hung_up(call.sid)
    assert Unanswered.objects.get().cause == "in_menu"


def test_so_is_the_wish_to_be_called_back(line: Line) -> None:
    calls_in.asks_callback(CallFactory(line=line, number=PERSON).sid)
    assert Unanswered.objects.get().cause == "callback_asked"


def test_so_is_a_system_that_was_away(line: Line) -> None:
    calls_in.missed({"CallSid": "CA77", "From": PERSON, "To": LINE_NUMBER})
    assert Unanswered.objects.get().cause == "system_away"


@pytest.mark.parametrize("why", ["closed", "nobody", "full"])
def test_why_a_message_was_asked_for_stays_the_cause_when_one_is_left(line: Line, why: str) -> None:
    call = CallFactory(line=line, number=PERSON, state="menu", waiting_since=None)
    calls_in.chose(call.sid, "", None, why)
    calls_in.hung_up(call.sid)
    assert Unanswered.objects.get().cause == why
    from hotline import voicemail

    voicemail.left(call.sid, "RE1", 9)
    assert Unanswered.objects.get().cause == why


def test_a_blocked_caller_is_on_record_and_nobody_has_to_act(line: Line, webhook: Webhook) -> None:  # noqa: F811
    supervisor = UserFactory(role="supervisor")
    blocking.block(PERSON, reason="abuse", until=timezone.now() + timedelta(hours=1), by=supervisor)
    webhook("line:call", CallSid="CA5", From=PERSON, To=LINE_NUMBER)
    row = Unanswered.objects.get()
    assert (row.cause, row.act, row.acted_by) == ("blocked", "blocked", supervisor)


def test_a_text_nobody_could_place_is_one_until_it_is_settled(text_in: Callable[..., Message]) -> None:
    text_in(PERSON, "？？？")
    row = unanswered.open_ones().get()
    assert row.cause == "unplaced"
    agent = UserFactory()
    inbox.settle(Contact.objects.get(), agent)
    unanswered.close_acted()
    row.refresh_from_db()
    assert (row.act, row.acted_by) == ("settled", agent)


def test_a_text_that_became_a_case_was_answered(text_in: Callable[..., Message]) -> None:
    text_in(PERSON, "我爸的胰岛素明天就没有了，浦东新区")
    assert not Unanswered.objects.exists()


def test_the_call_back_that_reaches_them_ends_it(line: Line) -> None:
    row = gave_up(line)
    agent = UserFactory()
    owed = called_back(agent, "no_answer")
    unanswered.close_acted()
    row.refresh_from_db()
    assert row.acted_at is None  # tried, and not reached: still there
    Callback.objects.filter(pk=owed.pk).update(due_at=timezone.now())
    called_back(agent, "reached")
    unanswered.close_acted()
    row.refresh_from_db()
    assert (row.act, row.acted_by) == ("reached", agent)


def test_so_does_getting_through_by_themselves(line: Line) -> None:
    row = gave_up(line)
    callbacks.person_called(PERSON, line)
    unanswered.close_acted()
    row.refresh_from_db()
    assert row.act == "called_again"


def test_attempts_used_up_without_a_case_open_it_again_as_not_reached(line: Line) -> None:
    row = gave_up(line)
    agent = UserFactory()
    for _ in range(3):
        Callback.objects.update(due_at=timezone.now())
        called_back(agent, "no_answer")
    unanswered.close_acted()
    row.refresh_from_db()
    assert (row.cause, row.acted_at) == ("not_reached", None)


def test_who_has_no_row_gets_one_and_is_named_by_the_integrity_check(line: Line) -> None:
    gave_up(line)
    Unanswered.objects.all().delete()
    assert [v.why for v in integrity.unanswered_have_a_cause()] == []  # it may still come
    Callback.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert len(list(integrity.unanswered_have_a_cause())) == 1
    assert unanswered.close_acted() == 1
    assert list(integrity.unanswered_have_a_cause()) == []


def test_an_answered_call_that_waits_to_be_written_down_is_none(line: Line) -> None:
    call = CallFactory(line=line, number="", state="connected", connected_at=timezone.now())
    CaseHandlers().call_connected(Call.objects.get(pk=call.pk))
    unanswered.close_acted()
    assert not Unanswered.objects.exists()


def test_a_supervisor_filters_by_cause_and_age_and_acts(line: Line, client: Client) -> None:
    row = gave_up(line)
    Unanswered.objects.update(at=timezone.now() - timedelta(hours=2))
    client.force_login(UserFactory(role="supervisor"))
    here = reverse("cases:unanswered")
    mark = f'data-unanswered="{row.pk}"'
    assert mark in client.get(here, {"cause": "nobody", "age": "1"}).content.decode()
    assert mark not in client.get(here, {"cause": "full"}).content.decode()
    assert mark not in client.get(here, {"age": "4"}).content.decode()
    hx = {"HX-Request": "true"}
    client.post(reverse("cases:unanswered-act", args=[row.pk, "cancel"]), {"reason": "家属已联系"}, headers=hx)
    row.refresh_from_db()
    assert row.act == "cancelled"
    assert mark in client.get(here, {"acted": "1"}).content.decode()


def test_agents_do_not_see_the_board(line: Line, client: Client) -> None:
    client.force_login(UserFactory(role="agent"))
    assert client.get(reverse("cases:unanswered")).status_code == 403


def test_the_board_asks_a_bounded_number_of_times(
    line: Line, client: Client, django_assert_max_num_queries: Any
) -> None:
    for n in range(30):
        call = CallFactory(line=line, number=f"+86138000010{n:02d}")
        calls_in.hung_up(call.sid)
    client.force_login(UserFactory(role="supervisor"))
    with django_assert_max_num_queries(10):
        client.get(reverse("cases:unanswered"))
