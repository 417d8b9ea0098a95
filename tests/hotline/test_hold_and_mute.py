"""Hold and mute are the carrier's, and the desk shows what it was last told."""

import pytest
from django.test import Client

from hotline import calls
from hotline.carriers.loopback.client import Loopback
from hotline.models import Call, CallLeg, Line, User
from hotline.presence import NotNow
from tests.factories.hotline import CallFactory, PresenceFactory

PERSON, AGENT = "CA" + "1" * 32, "CA" + "2" * 32

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(line: Line) -> User:
    return PresenceFactory(state="on_call").user


@pytest.fixture
def talk(agent: User) -> Call:
    call = CallFactory(state="connected", agent=agent, sid=PERSON)
    CallLeg.objects.create(call=call, party="person", sid=PERSON, status="in-conference")
    CallLeg.objects.create(call=call, party="agent", user=agent, sid=AGENT, status="in-progress")
    return call


def test_a_carrier_that_does_not_do_it_leaves_everything_and_says_so(
    talk: Call, agent: User, carrier: Loopback
) -> None:
    for act in (calls.hold, calls.mute):
        with pytest.raises(NotNow):
            act(talk, agent, True)
    assert not CallLeg.objects.filter(held=True).exists()
    assert not CallLeg.objects.filter(muted=True).exists()


def test_a_reload_shows_hold_and_mute(talk: Call, agent: User, client: Client) -> None:
    talk.legs.filter(party="person").update(held=True)
    talk.legs.filter(party="agent").update(muted=True)
    client.force_login(agent)
    page = client.get("/desk/call/").content.decode()
    assert f"/desk/call/{talk.pk}/unhold/" in page
    assert f"/desk/call/{talk.pk}/unmute/" in page


def test_whom_somebody_else_talks_with_nobody_mutes(talk: Call) -> None:
    with pytest.raises(NotNow):
        calls.mute(talk, PresenceFactory().user, True)
