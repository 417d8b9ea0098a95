"""The place of a first call is kept through the call-back and through the person's own later call; never both."""

import pytest
from django.utils import timezone

from cases import callbacks
from cases.models import Callback
from hotline import calls_in, outgoing, presence, routing
from hotline.models import Call, Line
from tests.factories.hotline import LINE_NUMBER, CallFactory, PresenceFactory
from tests.hotline.conftest import Webhook

NUMBER = "+8613800000788"

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed(line: Line) -> Callback:
    """Somebody who had waited ten minutes and asked to be called back."""
    PresenceFactory(state="break")
    first = CallFactory(number=NUMBER, waited=600)
    assert calls_in.asks_callback(first.sid)
    callbacks.fall_due()
    return Callback.objects.get(number=NUMBER)


def calls_again(webhook: Webhook) -> Call:
    said = {"CallSid": "CA" + "8" * 32, "From": NUMBER, "To": LINE_NUMBER}
    webhook("line:call", **said)
    webhook("line:menu", query="step=menu&try=3", **said)
    return Call.objects.get(sid=said["CallSid"])


def test_who_calls_again_has_the_old_place(owed: Callback, webhook: Webhook) -> None:
    between = CallFactory(waited=300)
    again = calls_again(webhook)
    assert again.place_at == owed.first_due_at
    assert list(routing.in_order()) == [again, between]
    assert again.waiting_since > owed.first_due_at, "the figures count the wait of this call"


def test_while_they_wait_on_the_line_nobody_is_given_the_call_back(owed: Callback, webhook: Webhook) -> None:
    agent = PresenceFactory().user
    again = calls_again(webhook)
    assert callbacks.claim_next(agent) is None
    with pytest.raises(outgoing.NotNow):
        outgoing.call_person(line=again.line, number=NUMBER, agent=agent, topic="")
    assert presence.of(agent).state == "available"
    assert not Call.objects.filter(direction="out").exists()


def test_having_spoken_with_them_ends_the_call_back(owed: Callback, webhook: Webhook) -> None:
    PresenceFactory()
    again = calls_again(webhook)
    routing.offer_waiting()
    routing.agent_answers(again.legs.get(party="agent").pk, "CA" + "9" * 32)
    owed.refresh_from_db()
    assert (owed.state, owed.outcome) == ("done", "called_again")


def test_who_gives_up_again_is_owed_one_call_from_the_first_time(owed: Callback, webhook: Webhook) -> None:
    since, again = owed.first_due_at, calls_again(webhook)
    calls_in.hung_up(again.sid)
    assert Callback.objects.get(number=NUMBER).first_due_at == since
    assert since < timezone.now()
