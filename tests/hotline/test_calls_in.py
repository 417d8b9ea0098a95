"""What a caller hears and what is left behind, webhook by webhook, as the carrier would tell it."""

import pytest

from hotline.models import Call, CallLeg, InboundEvent, Line
from tests.factories.hotline import LINE_NUMBER, CallFactory, PresenceFactory
from tests.hotline.conftest import Webhook

CALLER = "+8613800000789"
SID = "CA" + "7" * 32

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def somebody_at_work(line: Line) -> None:
    """On a break: callers wait, and nobody takes them."""
    PresenceFactory(state="break")


def arrive(webhook: Webhook, from_: str = CALLER) -> str:
    return webhook("line:call", CallSid=SID, From=from_, To=LINE_NUMBER, CallStatus="ringing").content.decode()


def press(webhook: Webhook, key: str, step: str = "menu", attempt: int = 1) -> str:
    query = f"step={step}&try={attempt}"
    return webhook("line:menu", query=query, CallSid=SID, From=CALLER, To=LINE_NUMBER, Digits=key).content.decode()


def call() -> Call:
    return Call.objects.get(sid=SID)


def test_a_caller_is_greeted_and_asked(line: Line, webhook: Webhook) -> None:
    heard = arrive(webhook)
    assert "您好，这里是上海求助热线。" in heard
    assert "120" in heard
    assert "<Gather" in heard
    assert call().state == "menu"


def test_the_same_call_twice_is_one_row(line: Line, webhook: Webhook) -> None:
    arrive(webhook)
    arrive(webhook)
    assert Call.objects.count() == CallLeg.objects.count() == 1


@pytest.mark.parametrize("from_", ["anonymous", "+266696687", ""])
def test_a_withheld_number_is_answered_all_the_same(line: Line, webhook: Webhook, from_: str) -> None:
    assert "<Gather" in arrive(webhook, from_)
    assert call().number == ""


def test_the_fourth_wrong_key_leads_to_somebody_after_all(line: Line, webhook: Webhook) -> None:
    arrive(webhook)
    assert "没有这个选项" in press(webhook, "8")
    assert "<Enqueue" in press(webhook, "8", attempt=3)
    assert call().state == "waiting"


def test_nine_is_english(line: Line, webhook: Webhook) -> None:
    arrive(webhook)
    assert "press" in press(webhook, "9")
    assert call().language == "en"


def test_while_waiting_place_and_estimate_are_true(line: Line, webhook: Webhook) -> None:
    CallFactory(waited=600)
    arrive(webhook)
    press(webhook, "7", attempt=3)
    heard = webhook("line:wait", CallSid=SID, From=CALLER, To=LINE_NUMBER).content.decode()
    assert "前面还有1位" in heard
    assert "没有客服在线" in heard
    PresenceFactory()
    assert "分钟" in webhook("line:wait", CallSid=SID, From=CALLER, To=LINE_NUMBER).content.decode()


def test_who_asks_to_be_called_back_leaves_the_queue(line: Line, webhook: Webhook) -> None:
    arrive(webhook)
    press(webhook, "7", attempt=3)
    heard = webhook("line:wait-key", CallSid=SID, From=CALLER, To=LINE_NUMBER, Digits="1").content.decode()
    assert "<Leave" in heard
    assert call().state == "callback_asked"


def test_who_hangs_up_before_an_agent_is_abandoned_once(line: Line, webhook: Webhook) -> None:
    arrive(webhook)
    press(webhook, "7", attempt=3)
    for _ in range(2):
        webhook("line:queue-left", CallSid=SID, From=CALLER, To=LINE_NUMBER, QueueResult="hangup")
        webhook("line:call-status", CallSid=SID, From=CALLER, To=LINE_NUMBER, CallStatus="completed")
    assert call().state == "abandoned"


def test_a_call_is_kept_as_an_event(line: Line, webhook: Webhook) -> None:
    arrive(webhook)
    assert InboundEvent.objects.get(kind="call").state == "processed"


def test_a_webhook_about_an_unknown_call_is_answered_with_words(line: Line, webhook: Webhook) -> None:
    assert "<Say" in press(webhook, "1")


def test_a_webhook_without_a_call_is_kept_for_a_person(line: Line, webhook: Webhook) -> None:
    assert webhook("line:call", From=CALLER, To=LINE_NUMBER).status_code == 200
    assert InboundEvent.objects.get().state == "malformed"


def test_the_agent_who_picks_up_talks_with_the_caller(line: Line, webhook: Webhook) -> None:
    from hotline import presence, routing

    arrive(webhook)
    press(webhook, "7", attempt=3)
    agent = PresenceFactory().user
    routing.offer_waiting()
    leg = CallLeg.objects.get(party="agent")
    heard = webhook("line:agent-answers", leg.pk, CallSid="CA2", From=LINE_NUMBER, To=agent.desk_phone).content.decode()
    assert f">{call().conference}</Conference>" in heard
    assert (call().state, presence.of(agent).state) == ("connected", "on_call")
    joined = webhook("line:join", call().pk, CallSid=SID, From=CALLER, To=LINE_NUMBER).content.decode()
    assert call().conference in joined
    webhook("line:call-status", CallSid=SID, From=CALLER, To=LINE_NUMBER, CallStatus="completed")
    assert (call().state, presence.of(agent).state) == ("wrap_up", "wrap_up")


def test_a_caller_who_is_gone_when_the_agent_picks_up(line: Line, webhook: Webhook) -> None:
    from hotline import presence, routing

    arrive(webhook)
    press(webhook, "7", attempt=3)
    agent = PresenceFactory().user
    routing.offer_waiting()
    webhook("line:call-status", CallSid=SID, From=CALLER, To=LINE_NUMBER, CallStatus="completed")
    leg = CallLeg.objects.get(party="agent")
    heard = webhook("line:agent-answers", leg.pk, CallSid="CA2", From=LINE_NUMBER, To=agent.desk_phone).content.decode()
    assert "<Hangup" in heard
    assert (call().state, presence.of(agent).state) == ("abandoned", "available")


def known_caller(webhook: Webhook) -> str:
    """A caller with an open case hears how it stands."""
    from tests.factories.cases import CaseFactory

    case = CaseFactory()
    case.person.phones.create(number=CALLER)
    assert case.number in arrive(webhook)
    return str(case.number)


def hang_up(webhook: Webhook, seconds: str) -> None:
    over = {"CallStatus": "completed", "CallDuration": seconds}
    webhook("line:call-status", CallSid=SID, From=CALLER, To=LINE_NUMBER, **over)


def test_who_hears_how_the_case_stands_and_hangs_up_is_served_and_the_call_is_on_the_case(
    line: Line, webhook: Webhook
) -> None:
    number = known_caller(webhook)
    hang_up(webhook, "25")
    assert call().state == "completed"
    assert call().contacts.get().case.number == number


def test_who_hangs_up_before_hearing_anything_is_owed_a_call(line: Line, webhook: Webhook) -> None:
    known_caller(webhook)
    hang_up(webhook, "2")
    assert call().state == "abandoned"


def test_who_asks_for_something_new_and_gives_up_is_owed_a_call(line: Line, webhook: Webhook) -> None:
    known_caller(webhook)
    press(webhook, "2", step="known")
    hang_up(webhook, "40")
    assert call().state == "abandoned"
