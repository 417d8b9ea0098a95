"""A supervisor listens, whispers and joins."""

import pytest
from django.test import Client
from django.urls import reverse

from hotline import presence, supervision
from hotline.models import Call, CallLeg, Line, User
from hotline.presence import NotNow
from tests.factories.hotline import LINE_NUMBER, CallFactory, PresenceFactory, UserFactory
from tests.hotline.conftest import Webhook

AGENT, SUPERVISOR = "CA" + "2" * 32, "CA" + "4" * 32

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(line: Line) -> Call:
    call = CallFactory(state="connected", agent=PresenceFactory(state="on_call").user)
    CallLeg.objects.create(call=call, party="agent", user=call.agent, sid=AGENT, status="in-progress")
    return call


@pytest.fixture
def supervisor(line: Line) -> User:
    return PresenceFactory(user=UserFactory(role="supervisor")).user


def picks_up(webhook: Webhook, leg: CallLeg) -> str:
    return webhook("line:agent-answers", leg.pk, CallSid=SUPERVISOR, From=LINE_NUMBER, To="x").content.decode()


def test_who_listens_is_not_heard(talk: Call, supervisor: User, webhook: Webhook) -> None:
    heard = picks_up(webhook, supervision.begin(talk, supervisor, "listen"))
    assert 'muted="true"' in heard
    assert 'endConferenceOnExit="false"' in heard


def test_who_whispers_is_heard_by_the_agent_alone(talk: Call, supervisor: User, webhook: Webhook) -> None:
    assert f'coach="{AGENT}"' in picks_up(webhook, supervision.begin(talk, supervisor, "whisper"))


def test_without_the_agents_telephone_a_whisper_is_silence(talk: Call, supervisor: User, webhook: Webhook) -> None:
    talk.legs.all().delete()
    assert 'muted="true"' in picks_up(webhook, supervision.begin(talk, supervisor, "whisper"))


def test_who_joins_is_heard_by_all(talk: Call, supervisor: User, webhook: Webhook) -> None:
    heard = picks_up(webhook, supervision.begin(talk, supervisor, "join"))
    assert "coach" not in heard
    assert "muted" not in heard


def test_meanwhile_no_caller_is_offered_and_afterwards_again(talk: Call, supervisor: User, webhook: Webhook) -> None:
    leg = supervision.begin(talk, supervisor, "listen")
    picks_up(webhook, leg)
    assert presence.of(supervisor).state == "break"
    webhook("line:leg-status", leg.pk, CallSid=SUPERVISOR, CallStatus="completed")
    talk.refresh_from_db()
    assert (presence.of(supervisor).state, talk.state) == ("available", "connected")


def test_leaving_is_on_the_record(talk: Call, supervisor: User, webhook: Webhook) -> None:
    leg = supervision.begin(talk, supervisor, "listen")
    picks_up(webhook, leg)
    supervision.stop(supervisor)
    leg.refresh_from_db()
    assert (leg.party, leg.user, leg.ended_at is not None) == ("supervisor", supervisor, True)


def test_one_call_at_a_time(talk: Call, supervisor: User) -> None:
    supervision.begin(talk, supervisor, "listen")
    with pytest.raises(NotNow):
        supervision.begin(CallFactory(state="connected"), supervisor, "listen")


def test_a_talk_that_is_over_is_not_listened_to(talk: Call, supervisor: User) -> None:
    Call.objects.filter(pk=talk.pk).update(state="wrap_up")
    with pytest.raises(NotNow):
        supervision.begin(talk, supervisor, "listen")


def test_the_list_of_calls_shows_who_is_in_and_offers_the_ways(talk: Call, supervisor: User, client: Client) -> None:
    client.force_login(supervisor)
    shown = client.get(reverse("cases:live-calls"), headers={"accept-language": "en"}).content.decode()
    assert str(talk.agent) in shown
    assert talk.number not in shown
    answer = client.post(reverse("cases:live-call-act", args=[talk.pk, "whisper"]), headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert supervision.leg_of(supervisor).aim == "whisper"  # type: ignore[union-attr]
    client.post(reverse("cases:live-call-act", args=[talk.pk, "join"]), headers={"HX-Request": "true"})
    assert supervision.leg_of(supervisor).aim == "join"  # type: ignore[union-attr]
    client.post(reverse("cases:live-call-act", args=[talk.pk, "leave"]), headers={"HX-Request": "true"})
    assert supervision.leg_of(supervisor) is None


def test_an_agent_listens_to_nobody(talk: Call, client: Client) -> None:
    client.force_login(UserFactory(role="agent"))
    assert client.get(reverse("cases:live-calls")).status_code == 403
    assert client.post(reverse("cases:live-call-act", args=[talk.pk, "listen"])).status_code == 403


def test_the_list_takes_as_many_queries_for_many_calls(
    talk: Call, supervisor: User, client: Client, django_assert_max_num_queries: object
) -> None:
    for _ in range(20):
        CallFactory(state="connected", agent=PresenceFactory(state="on_call").user)
    client.force_login(supervisor)
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get(reverse("cases:live-calls"))
