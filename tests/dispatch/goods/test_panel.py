"""The agent's panel: who is nearest, who was asked, what they said."""

from datetime import time

import pytest
from django.urls import reverse
from django.utils import timezone

from dispatch import searching
from tests.factories.cases import CaseFactory, NeedFactory
from tests.factories.dispatch import PickupPointFactory, SourcingFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client):
    client.force_login(UserFactory(role="agent"))
    return client


@pytest.fixture
def case():
    case = CaseFactory(state="triaged", next_step="source")
    NeedFactory(case=case)
    return case


def shown(agent, case):
    return agent.get(reverse("dispatch:goods", args=[case.pk])).content.decode()


def test_the_nearest_pickup_point_comes_first(agent, case):
    PickupPointFactory(name="远药房", lon=121.10, lat=31.05)
    PickupPointFactory(name="近药房", lon=121.531, lat=31.281)
    words = shown(agent, case)
    assert words.index("近药房") < words.index("远药房")


def test_a_point_of_another_category_is_not_offered(agent, case):
    from tests.factories.cases import CategoryFactory

    PickupPointFactory(name="奶粉店", categories=[CategoryFactory(slug="infant")])
    assert "奶粉店" not in shown(agent, case)


def test_asking_a_point_puts_the_case_into_sourcing(agent, case):
    point = PickupPointFactory()
    answer = agent.post(reverse("dispatch:goods-ask", args=[case.pk]), {"point": point.pk, "said": "link"})
    assert answer.status_code == 200
    case.refresh_from_db()
    assert (case.state, case.sourcings.get().state) == ("sourcing", "asked")


def test_yes_on_the_telephone_makes_the_case_ready_in_one_press(agent, case):
    point = PickupPointFactory()
    agent.post(reverse("dispatch:goods-ask", args=[case.pk]), {"point": point.pk, "said": "yes"})
    case.refresh_from_db()
    assert (case.state, case.sourcings.get().state) == ("ready", "confirmed")


def test_a_point_that_was_asked_is_not_offered_again(agent, case):
    point = PickupPointFactory(name="问过的药房")
    agent.post(reverse("dispatch:goods-ask", args=[case.pk]), {"point": point.pk, "said": "link"})
    assert shown(agent, case).count("问过的药房") == 1


@pytest.mark.parametrize(("said", "state"), [("no", "refused"), ("part", "part"), ("substitute", "substitute")])
def test_what_a_point_says_by_telephone_is_written_down(agent, case, said, state):
    asked = SourcingFactory()
    url = reverse("dispatch:goods-answer", args=[asked.pk])
    assert agent.post(url, {"said": said, "words": "只有一盒"}).status_code == 200
    asked.refresh_from_db()
    assert asked.state == state


def test_an_answer_to_what_was_answered_is_refused_in_words(agent):
    asked = SourcingFactory(state="refused")
    answer = agent.post(reverse("dispatch:goods-answer", args=[asked.pk]), {"said": "no"})
    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()


def test_a_case_that_is_on_its_way_is_not_searched_for(agent):
    case = CaseFactory(state="en_route", owner="trip", next_step="drive")
    assert shown(agent, case) == ""


@pytest.mark.parametrize(
    ("opens", "closes", "hour", "is_open"),
    [
        ("08:00", "20:00", 9, True),
        ("08:00", "20:00", 21, False),
        ("20:00", "08:00", 2, True),
        ("00:00", "00:00", 3, True),
    ],
)
def test_a_counter_is_open_by_its_hours(opens, closes, hour, is_open):
    point = PickupPointFactory(opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
    at = timezone.localtime().replace(hour=hour, minute=0)
    assert searching.is_open(point, at) is is_open


def test_the_panel_asks_the_database_a_fixed_number_of_times(agent, case, django_assert_max_num_queries):
    for _ in range(12):
        PickupPointFactory()
    SourcingFactory(case=case)
    with django_assert_max_num_queries(10):
        shown(agent, case)
