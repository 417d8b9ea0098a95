"""A pharmacy or an interpreter in the talk."""

import pytest

from hotline import third_party
from hotline.carriers.loopback.client import Loopback
from hotline.models import Call, CallLeg, Line, User
from hotline.presence import NotNow
from tests.factories.hotline import CallFactory, PresenceFactory
from tests.hotline.conftest import Webhook

PHARMACY = "+862165430001"

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(line: Line) -> User:
    return PresenceFactory(state="on_call").user


@pytest.fixture
def talk(agent: User) -> Call:
    return CallFactory(state="connected", agent=agent)


def test_an_outside_number_is_called_into_the_conference(talk: Call, agent: User, carrier: Loopback) -> None:
    leg = third_party.bring_in(talk, agent, "021 6543 0001")
    third_party.ring(leg.pk)
    leg.refresh_from_db()
    assert (leg.number, leg.sid[:2]) == (PHARMACY, "CA")
    assert carrier.call(leg.sid)["to"] == PHARMACY


def test_it_is_rung_once(talk: Call, agent: User, carrier: Loopback) -> None:
    leg = third_party.bring_in(talk, agent, PHARMACY)
    third_party.ring(leg.pk)
    third_party.ring(leg.pk)
    assert len(carrier.phone(PHARMACY).state()["calls"]) == 1


def test_its_leg_is_on_the_record_with_its_times_and_its_leaving_ends_nothing(
    talk: Call, agent: User, webhook: Webhook
) -> None:
    leg = third_party.bring_in(talk, agent, PHARMACY)
    webhook("line:leg-status", leg.pk, CallSid="CA9", CallStatus="in-progress")
    webhook("line:leg-status", leg.pk, CallSid="CA9", CallStatus="completed")
    leg.refresh_from_db()
    talk.refresh_from_db()
    assert leg.answered_at
    assert leg.ended_at
    assert talk.state == "connected"


def test_one_third_party_at_a_time(talk: Call, agent: User) -> None:
    third_party.bring_in(talk, agent, PHARMACY)
    with pytest.raises(NotNow):
        third_party.bring_in(talk, agent, "+862165430002")


@pytest.mark.parametrize("typed", ["", "120x", "12"])
def test_what_is_no_number_is_not_called(talk: Call, agent: User, typed: str) -> None:
    with pytest.raises(NotNow):
        third_party.bring_in(talk, agent, typed)
    assert not CallLeg.objects.filter(party="outside").exists()


def test_only_who_has_the_call_brings_somebody_in(talk: Call) -> None:
    with pytest.raises(NotNow):
        third_party.bring_in(talk, PresenceFactory().user, PHARMACY)
