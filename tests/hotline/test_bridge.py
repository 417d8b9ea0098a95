"""Two people at work speak through the line's number: neither sees the other's."""

import pytest

from hotline import bridge
from hotline.bridge import Target
from hotline.carriers.loopback.client import Loopback
from hotline.models import BridgedCall, Call, Line
from tests.factories.hotline import LINE_NUMBER, PresenceFactory
from tests.hotline.conftest import Webhook

DRIVER, RESIDENT = "+8613600000001", "+8613800000001"

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(line: Line) -> BridgedCall:
    return bridge.connect(line, topic="trip:1", first=DRIVER, second=RESIDENT)


@pytest.fixture
def driver_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller at work with somebody to be connected with."""

    def known(line: Line, number: str) -> Target | None:
        return Target("trip:1", RESIDENT) if number == DRIVER else None

    monkeypatch.setattr(bridge, "_known", [known])


def test_the_first_telephone_is_rung_from_the_lines_number(asked: BridgedCall, carrier: Loopback) -> None:
    bridge.ring(asked.pk)
    bridge.ring(asked.pk)
    asked.refresh_from_db()
    rung = carrier.call(asked.sid)
    assert (rung["to"], rung["from"]) == (DRIVER, LINE_NUMBER)
    assert len(carrier.phone(DRIVER).state()["calls"]) == 1


def test_pressing_twice_is_one_call(asked: BridgedCall, line: Line) -> None:
    assert bridge.connect(line, topic="trip:1", first=DRIVER, second=RESIDENT) == asked


def test_the_second_sees_the_lines_number(asked: BridgedCall, webhook: Webhook) -> None:
    heard = webhook("line:bridge", asked.pk, CallSid="CA1").content.decode()
    assert f'callerId="{LINE_NUMBER}"' in heard
    assert RESIDENT in heard
    assert DRIVER not in heard


def test_what_became_of_it_is_on_the_record(asked: BridgedCall, webhook: Webhook) -> None:
    webhook("line:bridge-dialled", asked.pk, CallSid="CA1", DialCallStatus="completed")
    webhook("line:bridge-status", asked.pk, CallSid="CA1", CallStatus="completed")
    asked.refresh_from_db()
    assert (asked.state, bool(asked.answered_at), bool(asked.ended_at)) == ("over", True, True)


def test_who_does_not_pick_up_makes_it_a_failed_one(asked: BridgedCall, webhook: Webhook) -> None:
    webhook("line:bridge-status", asked.pk, CallSid="CA1", CallStatus="no-answer")
    asked.refresh_from_db()
    assert asked.state == "failed"
    assert asked.ended_at


def test_a_caller_at_work_is_asked_and_connected_by_one_key(
    line: Line, webhook: Webhook, driver_is_known: None
) -> None:
    said = {"CallSid": "CA5", "From": DRIVER, "To": LINE_NUMBER}
    assert "<Gather" in webhook("line:call", CallStatus="ringing", **said).content.decode()
    heard = webhook("line:worker-key", Digits="1", **said).content.decode()
    assert f'callerId="{LINE_NUMBER}"' in heard
    assert RESIDENT in heard
    assert not Call.objects.exists()


def test_without_that_key_they_are_a_caller_like_any_other(line: Line, webhook: Webhook, driver_is_known: None) -> None:
    PresenceFactory(state="break")
    said = {"CallSid": "CA6", "From": DRIVER, "To": LINE_NUMBER}
    webhook("line:call", CallStatus="ringing", **said)
    webhook("line:worker-key", query="silent=1", **said)
    assert Call.objects.get().state == "menu"
