"""Somebody says on the telephone that a life is in danger: told to dial 120, on the record, before everybody else."""

import pytest

from hotline import routing
from hotline.models import Call, Line
from tests.factories.hotline import LINE_NUMBER, CallFactory, PresenceFactory
from tests.hotline.conftest import Webhook

SID = "CA" + "7" * 32
DIAL_120 = "立即挂机，拨打120"

pytestmark = pytest.mark.django_db


@pytest.fixture
def arrived(line: Line, webhook: Webhook) -> Call:
    webhook("line:call", CallSid=SID, From="+8613800000789", To=LINE_NUMBER)
    return Call.objects.get(sid=SID)


def says(webhook: Webhook, **said: str) -> str:
    return webhook("line:menu", query="step=menu&try=1", CallSid=SID, To=LINE_NUMBER, **said).content.decode()


def test_the_key_tells_to_dial_120_and_whoever_stays_comes_first(arrived: Call, webhook: Webhook) -> None:
    CallFactory(waited=900)
    heard = says(webhook, Digits="0")
    assert DIAL_120 in heard
    assert "<Enqueue" in heard, "nobody is put off to a voicemail"
    arrived.refresh_from_db()
    assert (arrived.level, arrived.state) == (1, "waiting")
    assert arrived.emergency_at is not None
    assert routing.in_order().first() == arrived


def test_the_key_works_while_waiting_too(line: Line, webhook: Webhook) -> None:
    call = CallFactory()
    heard = webhook("line:wait-key", CallSid=call.sid, To=LINE_NUMBER, Digits="0").content.decode()
    call.refresh_from_db()
    assert DIAL_120 in heard
    assert (call.level, call.state) == (1, "waiting")


@pytest.mark.parametrize("words", ["救命", "我爸没有呼吸了", "he is dying"])
def test_a_line_that_listens_understands_words(arrived: Call, webhook: Webhook, words: str) -> None:
    Line.objects.update(listen_for_emergencies=True)
    assert DIAL_120 in says(webhook, SpeechResult=words)


def test_other_words_are_no_emergency(arrived: Call, webhook: Webhook) -> None:
    Line.objects.update(listen_for_emergencies=True)
    heard = says(webhook, SpeechResult="我想买点菜")
    assert DIAL_120 not in heard
    assert 'input="dtmf speech"' in heard


def test_without_the_switch_only_keys_are_taken(arrived: Call, webhook: Webhook) -> None:
    assert "speech" not in says(webhook, Digits="7")


def test_who_hangs_up_to_dial_120_is_called_back_first_with_the_reason(arrived: Call, webhook: Webhook) -> None:
    from cases.models import Callback

    says(webhook, Digits="0")
    webhook("line:call-status", CallSid=SID, CallStatus="completed", CallDuration="30")
    owed = Callback.objects.get()
    assert owed.level == 1
    assert "120" in owed.reason


def test_the_desk_says_so(arrived: Call, webhook: Webhook, client) -> None:  # type: ignore[no-untyped-def]
    agent = PresenceFactory().user
    says(webhook, Digits="0")
    routing.offer_waiting()
    client.force_login(agent)
    assert "120" in client.get("/desk/call/").content.decode()
