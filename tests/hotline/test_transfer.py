"""A caller goes from one agent to another and never falls out, whoever leaves when."""

import pytest

from hotline import calls, presence, routing, transfer
from hotline.models import Call, CallLeg, Line, User
from hotline.presence import NotNow
from tests.factories.hotline import LINE_NUMBER, CallFactory, PresenceFactory
from tests.hotline.conftest import Webhook

PERSON, FIRST, SECOND = "CA" + "1" * 32, "CA" + "2" * 32, "CA" + "3" * 32

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(line: Line) -> User:
    return PresenceFactory(state="on_call").user


@pytest.fixture
def second(line: Line) -> User:
    return PresenceFactory().user


@pytest.fixture
def talk(first: User) -> Call:
    """The first agent and a caller talk."""
    call = CallFactory(state="connected", agent=first, sid=PERSON, waited=300)
    CallLeg.objects.create(call=call, party="person", sid=PERSON, status="in-conference")
    CallLeg.objects.create(call=call, party="agent", user=first, sid=FIRST, status="in-progress")
    return call


def picks_up(webhook: Webhook, leg: CallLeg) -> str:
    return webhook("line:agent-answers", leg.pk, CallSid=SECOND, From=LINE_NUMBER, To="x").content.decode()


def puts_down(webhook: Webhook, leg: CallLeg, status: str = "completed") -> None:
    webhook("line:leg-status", leg.pk, CallSid=leg.sid or SECOND, CallStatus=status)


def states(*users: User) -> list[str]:
    return [presence.of(user).state for user in users]


def test_a_colleague_who_is_asked_has_a_telephone_that_ends_nothing(
    talk: Call, first: User, second: User, webhook: Webhook
) -> None:
    leg = transfer.ask(talk, first, second)
    assert states(second) == ["ringing"]
    heard = picks_up(webhook, leg)
    assert 'endConferenceOnExit="false"' in heard
    talk.refresh_from_db()
    assert (talk.state, talk.agent) == ("connected", first)
    assert states(first, second) == ["on_call", "on_call"]


def test_handing_over_gives_the_call_and_frees_the_first(
    talk: Call, first: User, second: User, webhook: Webhook
) -> None:
    picks_up(webhook, transfer.ask(talk, first, second))
    transfer.hand_over(talk, first)
    talk.refresh_from_db()
    assert (talk.state, talk.agent) == ("connected", second)
    assert states(first, second) == ["wrap_up", "on_call"]
    puts_down(webhook, talk.legs.get(user=first))
    talk.refresh_from_db()
    assert talk.state == "connected", "the first agent's leaving ends nothing"
    assert calls.live_call_of(second) == talk


def test_nothing_is_handed_to_a_telephone_that_still_rings(talk: Call, first: User, second: User) -> None:
    transfer.ask(talk, first, second)
    with pytest.raises(NotNow):
        transfer.hand_over(talk, first)


def test_one_colleague_at_a_time(talk: Call, first: User, second: User) -> None:
    transfer.ask(talk, first, second)
    with pytest.raises(NotNow):
        transfer.ask(talk, first, PresenceFactory().user)


def test_a_colleague_who_is_busy_is_not_rung(talk: Call, first: User) -> None:
    with pytest.raises(NotNow):
        transfer.ask(talk, first, PresenceFactory(state="on_call").user)


def test_back_to_the_caller_frees_the_colleague(talk: Call, first: User, second: User, webhook: Webhook) -> None:
    picks_up(webhook, transfer.ask(talk, first, second))
    transfer.back(talk, first)
    assert states(first, second) == ["on_call", "available"]
    assert transfer.question(talk) is None


def test_a_colleague_who_does_not_pick_up_is_away_and_the_talk_goes_on(
    talk: Call, first: User, second: User, webhook: Webhook
) -> None:
    puts_down(webhook, transfer.ask(talk, first, second), "no-answer")
    talk.refresh_from_db()
    assert (talk.state, *states(first, second)) == ("connected", "on_call", "break")


def test_the_first_agent_hangs_up_after_asking_and_the_colleague_has_the_call(
    talk: Call, first: User, second: User, webhook: Webhook
) -> None:
    picks_up(webhook, transfer.ask(talk, first, second))
    puts_down(webhook, talk.legs.get(user=first))
    talk.refresh_from_db()
    assert (talk.state, talk.agent, *states(first, second)) == ("connected", second, "wrap_up", "on_call")


def test_the_first_agent_hangs_up_while_it_rings_and_the_caller_is_offered_to_the_colleague(
    talk: Call, first: User, second: User, webhook: Webhook
) -> None:
    leg = transfer.ask(talk, first, second)
    puts_down(webhook, talk.legs.get(user=first))
    talk.refresh_from_db()
    assert (talk.state, talk.agent) == ("offered", second)
    assert 'endConferenceOnExit="true"' in picks_up(webhook, leg)
    talk.refresh_from_db()
    assert talk.state == "connected"


def test_the_caller_hangs_up_while_two_agents_speak_and_both_are_free_of_it(
    talk: Call, first: User, second: User, webhook: Webhook
) -> None:
    picks_up(webhook, transfer.ask(talk, first, second))
    webhook("line:call-status", CallSid=PERSON, CallStatus="completed")
    talk.refresh_from_db()
    assert (talk.state, *states(first, second)) == ("wrap_up", "wrap_up", "available")


def test_passed_on_at_once_the_caller_keeps_the_place_and_the_colleague_is_rung(
    talk: Call, first: User, second: User, webhook: Webhook
) -> None:
    since = talk.waiting_since
    transfer.pass_on(talk, first, second)
    talk.refresh_from_db()
    assert (talk.state, talk.agent, talk.waiting_since) == ("offered", second, since)
    assert states(first, second) == ["wrap_up", "ringing"]
    heard = webhook("line:back-to-queue", talk.pk, CallSid=PERSON).content.decode()
    assert "<Enqueue" in heard
    assert talk.legs.get(party="person").status == "in-progress"


def test_passed_on_to_nobody_in_particular_it_is_offered_to_who_can(talk: Call, first: User, second: User) -> None:
    transfer.pass_on(talk, first)
    assert routing.offer_waiting() == 1
    talk.refresh_from_db()
    assert (talk.state, talk.agent) == ("offered", second)


def test_a_caller_who_hangs_up_while_passed_on_is_called_back(
    talk: Call, first: User, second: User, webhook: Webhook
) -> None:
    transfer.pass_on(talk, first, second)
    webhook("line:call-status", CallSid=PERSON, CallStatus="completed")
    talk.refresh_from_db()
    assert (talk.state, *states(second)) == ("abandoned", "available")


def test_when_the_line_forgot_to_lead_the_caller_the_sweep_does(talk: Call, first: User, webhook: Webhook) -> None:
    transfer.pass_on(talk, first)
    assert transfer.lead_forgotten() == 1
    webhook("line:back-to-queue", talk.pk, CallSid=PERSON)
    assert transfer.lead_forgotten() == 0


def test_only_who_has_the_call_transfers_it(talk: Call, second: User) -> None:
    with pytest.raises(NotNow):
        transfer.pass_on(talk, second)


def test_the_next_agent_of_a_caller_passed_on_is_in_a_conference_of_their_own(
    talk: Call, first: User, second: User, webhook: Webhook
) -> None:
    before = talk.conference
    transfer.pass_on(talk, first, second)
    heard = picks_up(webhook, talk.legs.get(user=second))
    talk.refresh_from_db()
    assert talk.conference != before
    assert f">{talk.conference}</Conference>" in heard


def test_a_caller_led_to_the_queue_after_the_next_agent_picked_up_waits_to_be_led_on(
    talk: Call, first: User, second: User, webhook: Webhook
) -> None:
    transfer.pass_on(talk, first, second)
    picks_up(webhook, talk.legs.get(user=second))
    assert "<Enqueue" in webhook("line:back-to-queue", talk.pk, CallSid=PERSON).content.decode()
    webhook("line:join", talk.pk, CallSid=PERSON)
    webhook("line:back-to-queue", talk.pk, CallSid=PERSON)  # said late
    assert talk.legs.get(party="person").status == "in-conference"
    puts_down(webhook, talk.legs.get(user=first))
    talk.refresh_from_db()
    assert (talk.state, talk.agent) == ("connected", second)


def test_a_late_word_about_an_old_leg_ends_no_new_offer(talk: Call, first: User, webhook: Webhook) -> None:
    transfer.pass_on(talk, first)
    presence.go_available(first)
    routing.offer_waiting()
    talk.refresh_from_db()
    assert (talk.state, talk.agent) == ("offered", first)
    puts_down(webhook, talk.legs.filter(user=first).earliest("pk"))
    talk.refresh_from_db()
    assert (talk.state, *states(first)) == ("offered", "ringing")
