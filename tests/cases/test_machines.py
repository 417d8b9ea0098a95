"""A machine answers our call: the agent is told and muted, and nobody counts as reached."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import callbacks
from cases.models import Attempt, Callback
from hotline import calls, machines, outgoing, presence, routing
from hotline.carriers.loopback.client import Loopback
from hotline.carriers.twilio import client as carrier_client
from hotline.models import Call, CallLeg, Line, User
from tests.factories.cases import CallbackFactory, CaseFactory
from tests.factories.hotline import LINE_NUMBER, LineFactory, PresenceFactory, UserFactory
from tests.hotline.conftest import Webhook, carrier, loopback_server, webhook  # noqa: F401 fixtures
from tests.waiting import until

PERSON = "+8613800000333"


@pytest.fixture
def agent(line: Line) -> User:
    return PresenceFactory(user=UserFactory(role="agent")).user


@pytest.fixture
def talk(line: Line, agent: User) -> Call:
    """An agent who has dialled for a call-back, connected to whoever has picked up."""
    case = CaseFactory(line=line, contacted_at=None)
    owed = CallbackFactory(line=line, case=case, resident=case.person, number=PERSON, state="due")
    call = callbacks.dial(owed, agent)
    leg = call.legs.get()
    outgoing.agent_answers(leg.pk, "CA1")
    person = CallLeg.objects.create(call=call, party="person")
    outgoing.person_answers(person.pk, "CA2")
    call.refresh_from_db()
    return call


def says(webhook: Webhook, call: Call, who: str) -> CallLeg:  # noqa: F811
    leg = call.legs.get(party="person")
    answer = webhook("line:picked-up-by", leg.pk, CallSid="CA2", AnsweredBy=who, MachineDetectionDuration="2400")
    assert answer.status_code == 200
    leg.refresh_from_db()
    return leg


def silenced(call: Call) -> bool:
    """What the task does: again while the agent is on the way into the conference."""
    try:
        machines.silence_agent(call.pk)
    except presence.NotNow:
        return False
    return True


def callback_of(call: Call) -> Callback:
    return Callback.objects.get(pk=call.topic.split(":")[1])


def test_the_outcome_is_filled_in(talk: Call, webhook: Webhook) -> None:  # noqa: F811
    says(webhook, talk, "machine_start")
    talk.refresh_from_db()
    assert talk.outcome == machines.VOICEMAIL


def test_a_tape_is_nobody_who_was_spoken_to(talk: Call, webhook: Webhook) -> None:  # noqa: F811
    case = callback_of(talk).case
    assert case
    assert case.contacted_at
    says(webhook, talk, "machine_end_beep")
    case.refresh_from_db()
    assert case.contacted_at is None


def test_the_policy_counts_it_as_not_reached_without_a_word_of_the_agent(talk: Call, webhook: Webhook) -> None:  # noqa: F811
    says(webhook, talk, "machine_start")
    assert talk.agent
    calls.hang_up(talk, talk.agent)
    presence.finish_wrap_up(talk.agent)
    owed = callback_of(talk)
    assert (owed.state, owed.attempts_made, owed.outcome) == ("retry", 1, "voicemail")
    assert Attempt.objects.get(call=talk).outcome == "voicemail"


def test_what_the_agent_says_about_it_stands(talk: Call, webhook: Webhook) -> None:  # noqa: F811
    says(webhook, talk, "machine_start")
    assert talk.agent
    calls.hang_up(talk, talk.agent)
    callbacks.record(callback_of(talk), "reached", by=talk.agent, call=talk)
    calls.set_outcome(talk, "reached", talk.agent)
    presence.finish_wrap_up(talk.agent)
    assert callback_of(talk).state == "done"


@pytest.mark.parametrize("who", ["human", "unknown"])
def test_who_is_no_machine_changes_nothing(talk: Call, webhook: Webhook, who: str) -> None:  # noqa: F811
    says(webhook, talk, who)
    talk.refresh_from_db()
    assert talk.outcome == ""
    assert not talk.is_machine


def test_the_desk_says_so_and_offers_to_hang_up_or_to_speak(talk: Call, webhook: Webhook, client: Client) -> None:  # noqa: F811
    says(webhook, talk, "machine_start")
    assert talk.agent
    client.force_login(talk.agent)
    shown = client.get(reverse("cases:desk-call")).content.decode()
    assert reverse("cases:call-act", args=[talk.pk, "person"]) in shown
    client.post(reverse("cases:call-act", args=[talk.pk, "machine"]), headers={"HX-Request": "true"})
    talk.refresh_from_db()
    assert talk.state == "wrap_up"


@pytest.mark.django_db(transaction=True)
def test_through_the_carrier_a_machine_is_heard_the_agent_is_muted_and_one_press_says_that_it_is_a_person(
    live_server: Any,
    carrier: Loopback,  # noqa: F811
    settings: Any,
) -> None:
    settings.HOTLINE_BASE_URL = live_server.url
    line = LineFactory()
    agent = PresenceFactory(user=UserFactory(role="agent")).user
    carrier_client.configure_number(LINE_NUMBER, sms_url="/nowhere/", voice_url="/nowhere/")
    carrier.phone(agent.desk_phone).behave(voice="answer", after=0.5)
    carrier.phone(PERSON).behave(voice="machine", after=0.5)
    call = outgoing.call_person(line=line, number=PERSON, agent=agent, topic="")
    routing.ring_desk(call.legs.get().pk)
    until(lambda: CallLeg.objects.filter(call=call, party="agent", answered_at__isnull=False), "the agent")
    outgoing.ring_person(call.pk)
    until(lambda: Call.objects.get(pk=call.pk).is_machine, "the machine to be heard")
    until(lambda: silenced(call), "the agent to be muted")
    agents_leg = CallLeg.objects.get(call=call, party="agent")
    conference = carrier_client.client().conferences.list(friendly_name=call.conference, limit=1)[0]
    assert conference.participants(agents_leg.sid).fetch().muted
    machines.is_a_person(Call.objects.get(pk=call.pk), agent)
    assert not conference.participants(agents_leg.sid).fetch().muted
    assert Call.objects.get(pk=call.pk).outcome == ""
    calls.hang_up(Call.objects.get(pk=call.pk), agent)
    calls.end_legs(call.pk)
