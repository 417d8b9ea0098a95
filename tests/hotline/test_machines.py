"""On calls out the carrier listens whether an answering machine has picked up, and the agent is told."""

import pytest
from django.test import Client

from hotline import outgoing
from hotline.carriers.loopback.client import Loopback, wait_until
from hotline.models import Call, CallLeg, Line, User
from tests.factories.hotline import LINE_NUMBER, CallFactory, PresenceFactory
from tests.hotline.conftest import Webhook

NUMBER = "+8613800000770"

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(line: Line) -> User:
    return PresenceFactory(state="ringing").user


@pytest.fixture
def dialled(agent: User) -> Call:
    """The agent has picked up; the person is rung next."""
    return CallFactory(direction="out", state="ringing", sid="", number=NUMBER, agent=agent, waiting_since=None)


def test_the_carrier_is_asked_to_listen_and_the_talk_does_not_wait_for_it(dialled: Call, carrier: Loopback) -> None:
    outgoing.ring_person(dialled.pk)
    asked = [entry["params"] for entry in carrier.log(kind="rest") if entry["operation"] == "calls.create"][-1]
    assert (asked["MachineDetection"], asked["AsyncAmd"]) == ("Enable", "true")
    assert asked["AsyncAmdStatusCallback"].endswith("/picked-up-by/")


def test_a_machine_is_reported_to_where_we_asked(dialled: Call, carrier: Loopback) -> None:
    carrier.phone(NUMBER).behave(voice="machine", after=0)
    outgoing.ring_person(dialled.pk)

    def reported() -> list[dict[str, str]]:
        entries = [entry for entry in carrier.log(kind="callback") if entry["url"].endswith("/picked-up-by/")]
        return [entry["params"] for entry in entries]

    said = wait_until(reported, 20, "the report")[0]
    assert (said["AnsweredBy"], said["To"]) == ("machine_start", NUMBER)


def test_switched_off_nobody_listens(dialled: Call, carrier: Loopback, settings: object) -> None:
    settings.DETECT_MACHINES = False  # type: ignore[attr-defined]
    outgoing.ring_person(dialled.pk)
    asked = [entry["params"] for entry in carrier.log(kind="rest") if entry["operation"] == "calls.create"][-1]
    assert "MachineDetection" not in asked


def test_the_desk_says_that_it_seems_to_be_a_machine(
    dialled: Call, agent: User, webhook: Webhook, client: Client
) -> None:
    leg = CallLeg.objects.create(call=dialled, party="person", sid="CA" + "5" * 32)
    webhook("line:person-answers", leg.pk, CallSid=leg.sid, From=LINE_NUMBER, To=NUMBER)
    webhook("line:picked-up-by", leg.pk, CallSid=leg.sid, AnsweredBy="machine_start")
    client.force_login(agent)
    assert "data-machine" in client.get("/desk/call/").content.decode()
    webhook("line:picked-up-by", leg.pk, CallSid=leg.sid, AnsweredBy="human")
    assert "data-machine" not in client.get("/desk/call/").content.decode()
