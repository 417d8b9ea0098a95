"""An agent has at most so many cases in hand; the rest waits in its order, and whoever has room gets the first of them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import claim_caps, queue
from cases.models import ClaimCap
from hotline.lifecycle import MoveRefused
from hotline.models import Line, User
from tests.factories.cases import CaseFactory
from tests.factories.hotline import PresenceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(line: Line) -> User:
    ClaimCap.objects.create(cases=2)
    return UserFactory(role="supervisor")  # takes every category


def waiting(minutes: int, **fields: object):
    return CaseFactory(due_at=timezone.now() + timedelta(minutes=minutes), **fields)


def test_over_the_limit_nothing_is_given_and_what_waits_keeps_its_order(agent: User) -> None:
    first, second, third, fourth = (waiting(n) for n in (1, 2, 3, 4))
    assert [queue.claim_next(agent), queue.claim_next(agent), queue.claim_next(agent)] == [first, second, None]
    with pytest.raises(MoveRefused, match="2"):
        queue.claim(third, agent)
    queue.hand_back(first, agent)
    assert queue.claim_next(agent) == first
    second.refresh_from_db()
    queue.hand_back(second, agent)
    queue.claim(fourth, agent)


def test_whoever_has_room_gets_the_oldest_of_the_backlog(agent: User) -> None:
    for n in (1, 2):
        waiting(n)
        queue.claim_next(agent)
    later, earlier = waiting(9), waiting(5)
    assert queue.claim_next(agent) is None
    assert queue.claim_next(UserFactory(role="supervisor")) == earlier
    assert later.owner == "queue"


def test_level_1_waits_behind_no_limit(agent: User) -> None:
    waiting(1), waiting(2)
    queue.claim_next(agent), queue.claim_next(agent)
    waiting(3)
    urgent = waiting(60, level=1)
    assert queue.claim_next(agent) == urgent
    queue.claim(waiting(5, level=1), agent)


def test_ones_own_limit_goes_over_that_of_everybody(agent: User) -> None:
    ClaimCap.objects.create(agent=agent, cases=1)
    waiting(1), waiting(2)
    queue.claim_next(agent)
    assert claim_caps.hands(agent).full
    assert queue.claim_next(agent) is None


def test_without_a_limit_there_is_none(line: Line) -> None:
    agent = UserFactory(role="supervisor")
    for n in range(5):
        waiting(n)
        assert queue.claim_next(agent)
    assert claim_caps.words(agent) == ""


def test_there_is_one_limit_for_everybody_and_none_of_nothing(agent: User) -> None:
    with pytest.raises(IntegrityError):
        ClaimCap.objects.create(cases=3)


def test_the_desk_says_why_nothing_is_given(agent: User, client: Client) -> None:
    PresenceFactory(user=agent)
    client.force_login(agent)
    waiting(1), waiting(2), waiting(3)
    queue.claim_next(agent), queue.claim_next(agent)
    answer = client.post(reverse("cases:claim-next"), headers={"accept-language": "en", "hx-request": "true"})
    assert "2 at once is the limit" in answer.headers["HX-Trigger"]
