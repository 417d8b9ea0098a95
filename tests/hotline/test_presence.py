"""Whether an agent can take a call."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from hotline import presence
from hotline.models import Line, Presence
from tests.factories.hotline import CallFactory, PresenceFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_agent_without_a_desk_phone_cannot_go_on_duty(line: Line) -> None:
    with pytest.raises(presence.NotNow, match=r"座机|phone"):
        presence.go_available(UserFactory(desk_phone=""))


def test_a_new_day_begins_available(line: Line) -> None:
    agent = UserFactory()
    presence.go_available(agent)
    assert presence.of(agent).state == "available"


def test_on_a_call_nobody_takes_a_break(line: Line) -> None:
    agent = PresenceFactory(state="on_call").user
    with pytest.raises(presence.NotNow):
        presence.take_break(agent, "lunch")


def test_a_silent_desk_is_signed_off(line: Line) -> None:
    gone = PresenceFactory(heartbeat_at=timezone.now() - timedelta(minutes=10))
    here = PresenceFactory()
    assert presence.sign_off_silent() == 1
    assert presence.of(gone.user).state == "offline"
    assert presence.of(here.user).state == "available"


def test_a_silent_desk_on_a_call_is_left_alone(line: Line) -> None:
    PresenceFactory(state="on_call", heartbeat_at=timezone.now() - timedelta(minutes=10))
    assert presence.sign_off_silent() == 0


def test_wrap_up_ends_by_itself(line: Line) -> None:
    agent = PresenceFactory(state="wrap_up", until=timezone.now() - timedelta(seconds=1)).user
    call = CallFactory(state="wrap_up", agent=agent)
    assert presence.end_wrap_ups() == 1
    call.refresh_from_db()
    assert (presence.of(agent).state, call.state) == ("available", "completed")


def test_more_time_is_given_once(line: Line) -> None:
    agent = PresenceFactory(state="wrap_up", until=timezone.now()).user
    presence.more_time(agent)
    assert Presence.objects.get(user=agent).until > timezone.now()
    with pytest.raises(presence.NotNow):
        presence.more_time(agent)


def test_of_two_who_want_the_same_agent_one_wins(line: Line) -> None:
    agent = PresenceFactory().user
    taken = [presence.change(agent, "ringing", sources=["available"]) for _ in range(2)]
    assert taken == [True, False]


def test_the_end_of_a_wrap_up_is_no_sign_of_life_of_a_desk_that_was_closed(line: Line) -> None:
    gone = timezone.now() - timedelta(minutes=5)
    agent = PresenceFactory(state="wrap_up", heartbeat_at=gone).user
    Presence.objects.filter(user=agent).update(until=timezone.now())
    assert presence.end_wrap_ups() == 1
    assert presence.sign_off_silent() == 1
    assert presence.of(agent).state == "offline"


def test_who_passed_a_caller_on_can_end_the_wrap_up_and_have_more_time_once(line: Line, client: Client) -> None:
    agent = PresenceFactory(state="wrap_up").user
    Presence.objects.filter(user=agent).update(until=timezone.now() + timedelta(seconds=9))
    client.force_login(agent)
    assert "more-time" in client.get("/desk/call/").content.decode()
    client.post("/desk/presence/more-time/")
    page = client.get("/desk/call/").content.decode()
    assert "more-time" not in page
    assert "wrap-up-done" in page
    client.post("/desk/presence/wrap-up-done/")
    assert presence.of(agent).state == "available"
