"""Numbers that are not connected for a while."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Callback, Case, Contact, Phone
from hotline import blocking, inbox
from hotline.models import Block, Call, InboundEvent, Line, Message, User
from tests.factories.cases import CaseFactory
from tests.factories.hotline import LINE_NUMBER, CallFactory, MessageFactory, TemplateFactory, UserFactory
from tests.hotline.conftest import Webhook

PERSON = "+8613800000999"


@pytest.fixture
def supervisor(line: Line) -> User:
    return UserFactory(role="supervisor", name="主管")


def blocked(by: User, hours: float = 4, **more: Any) -> Block:
    more = {"reason": "abuse", "until": timezone.now() + timedelta(hours=hours)} | more
    return blocking.block(PERSON, by=by, **more)


def calls(webhook: Webhook, sid: str = "CA1") -> str:
    return webhook("line:call", CallSid=sid, From=PERSON, To=LINE_NUMBER, CallStatus="ringing").content.decode()


def texts(webhook: Webhook, body: str, sid: str = "SM1") -> Message:
    webhook("line:message", MessageSid=sid, From=PERSON, To=LINE_NUMBER, Body=body, NumMedia="0")
    inbox.take(InboundEvent.objects.get(sid=sid).pk)
    return Message.objects.get(sid=sid)


def urgent_case(level: int = 2) -> Case:
    case = CaseFactory(level=level)
    Phone.objects.create(resident=case.person, number=PERSON)
    return case


def test_a_blocked_caller_hears_so_and_is_told_to_dial_120(supervisor: User, webhook: Webhook) -> None:
    block = blocked(supervisor)
    said = calls(webhook)
    assert "120" in said
    assert "<Hangup" in said
    assert "<Gather" not in said
    block.refresh_from_db()
    assert block.calls == 1


def test_the_call_is_on_record_and_nobody_owes_one(supervisor: User, webhook: Webhook) -> None:
    blocked(supervisor)
    calls(webhook)
    webhook("line:call-status", CallSid="CA1", CallStatus="completed", CallDuration="9")
    call = Call.objects.get()
    assert (call.state, call.outcome) == ("completed", "blocked")
    assert Contact.objects.get(call=call).settled_at is not None
    assert not Callback.objects.exists()


def test_a_text_is_kept_and_counted_and_makes_no_case(supervisor: User, webhook: Webhook) -> None:
    TemplateFactory(event="blocked", body="到{until}")
    block = blocked(supervisor)
    message = texts(webhook, "我要十箱牛奶，杨浦区国和路")
    texts(webhook, "快点", "SM2")
    block.refresh_from_db()
    assert (message.state, message.purpose, block.texts) == ("handled", "blocked", 2)
    assert not Case.objects.exists()
    assert Contact.objects.filter(case=None, settled_at=None).count() == 0
    assert Message.objects.filter(direction="out", purpose="blocked").count() == 1  # told once


def test_words_that_speak_of_danger_are_seen_by_somebody(supervisor: User, webhook: Webhook) -> None:
    blocked(supervisor)
    texts(webhook, "我爸胸口剧痛，喘不上气，昏迷了")
    assert Contact.objects.get().settled_at is None
    assert not Case.objects.exists()


def test_it_can_still_opt_out(supervisor: User, webhook: Webhook) -> None:
    blocked(supervisor)
    assert texts(webhook, "退订").purpose == "opt_out"


def test_it_ends_by_itself_and_the_record_stays(supervisor: User, webhook: Webhook) -> None:
    block = blocked(supervisor, hours=1)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert "<Gather" in calls(webhook)
        assert blocking.end_expired() == 1
    block.refresh_from_db()
    assert (block.ended_at, block.ended_by, block.by) == (block.until, None, supervisor)


def test_it_is_lifted_before_its_time(supervisor: User, webhook: Webhook) -> None:
    assert blocking.lift(blocked(supervisor), supervisor)
    assert "<Gather" in calls(webhook)


@pytest.mark.parametrize("level", [1, 2])
def test_a_number_with_an_urgent_case_needs_a_second_word(supervisor: User, level: int) -> None:
    urgent_case(level)
    with pytest.raises(blocking.AskAgain):
        blocked(supervisor)
    assert blocked(supervisor, sure=True).despite_urgent_case


def test_a_number_with_a_case_that_can_wait_needs_one_word(supervisor: User) -> None:
    urgent_case(4)
    assert not blocked(supervisor).despite_urgent_case


def test_an_urgent_case_that_comes_later_opens_the_way_again(supervisor: User, webhook: Webhook) -> None:
    blocked(supervisor)
    urgent_case()
    assert "<Gather" in calls(webhook)
    assert texts(webhook, "药快没有了").purpose != "blocked"


@pytest.mark.parametrize("number", ["anonymous", "10086", LINE_NUMBER])
def test_what_is_no_whole_number_or_our_own_is_not_blocked(supervisor: User, number: str) -> None:
    with pytest.raises(blocking.CannotBlock):
        blocking.block(number, reason="abuse", until=timezone.now() + timedelta(hours=1), by=supervisor)


@pytest.mark.parametrize("hours", [0, 24 * 31])
def test_it_has_an_end_within_a_month(supervisor: User, hours: float) -> None:
    with pytest.raises(blocking.CannotBlock):
        blocked(supervisor, hours=hours)


def test_a_number_is_blocked_once(supervisor: User) -> None:
    blocked(supervisor)
    with pytest.raises(blocking.CannotBlock):
        blocked(supervisor)


def test_a_supervisor_comes_from_a_call_is_asked_twice_and_blocks(supervisor: User, client: Client) -> None:
    urgent_case()
    call = CallFactory(number=PERSON, state="completed")
    client.force_login(supervisor)
    form = client.get(reverse("line:block-call", args=[call.pk]), follow=True)
    assert "…0999" in form.content.decode()
    assert PERSON not in form.redirect_chain[0][0]  # no number in an address
    asked = {"number": PERSON, "reason": "automatic", "hours": "4", "note": ""}
    again = client.post(reverse("line:block"), asked)
    assert again.status_code == 409
    assert 'name="sure"' in again.content.decode()
    client.post(reverse("line:block"), asked | {"sure": "yes"})
    assert Block.objects.get().by == supervisor


def test_the_list_shows_what_they_wrote_with_a_bounded_number_of_questions(
    supervisor: User, client: Client, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        number = f"+86138000001{n:02d}"
        until = timezone.now() + timedelta(hours=1)
        blocking.block(number, reason="abuse", until=until, by=supervisor)
        MessageFactory(direction="in", state="handled", purpose="blocked", number=number, body=f"骂人{n}")
    client.force_login(supervisor)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("line:blocked")).content.decode()
    assert "骂人11" in page


def test_agents_block_nobody(supervisor: User, client: Client) -> None:
    client.force_login(UserFactory(role="agent"))
    assert client.get(reverse("line:blocked")).status_code == 403
    assert client.post(reverse("line:block"), {"number": PERSON}).status_code == 403


def test_a_case_and_the_inbox_lead_there(supervisor: User, client: Client) -> None:
    case = urgent_case()
    message = MessageFactory(direction="in", state="handled", number=PERSON, idempotency_key=None)
    Contact.objects.create(line=message.line, message=message, unread=True)
    client.force_login(supervisor)
    phone = case.person.phones.get(number=PERSON)
    page = client.get(reverse("cases:case", args=[case.number])).content.decode()
    assert reverse("cases:case-block", args=[case.number, phone.pk]) in page
    assert (
        "…0999" in client.get(reverse("cases:case-block", args=[case.number, phone.pk]), follow=True).content.decode()
    )
    assert reverse("line:block-text", args=[message.pk]) in client.get(reverse("cases:inbox")).content.decode()
