"""Where goods come from: points are asked, answer, and the case goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import outcomes
from dispatch import sourcing
from dispatch.models import Plan, Sourcing
from hotline.models import Message
from tests.factories.cases import AddressFactory, CaseFactory, NeedFactory
from tests.factories.dispatch import PickupPointFactory, SourcingFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UserFactory()


@pytest.fixture
def case():
    case = CaseFactory(state="triaged", next_step="source")
    NeedFactory(case=case)
    return case


def test_asking_moves_the_case_to_sourcing_with_a_time_for_the_answer(case, agent):
    asked = sourcing.ask(case, PickupPointFactory(), by=agent)
    case.refresh_from_db()
    assert (case.state, case.next_step, case.owner) == ("sourcing", "confirm_goods", "timer")
    assert case.due_at == asked.due_at


def test_the_point_gets_a_link_by_text(case, agent, templates):
    point = PickupPointFactory(phone="+8613511112222")
    sourcing.ask(case, point, by=agent)
    text = Message.objects.get(number="+8613511112222")
    assert "/p/" in text.body


def test_asking_twice_is_asking_once(case, agent):
    point = PickupPointFactory()
    assert sourcing.ask(case, point, by=agent) == sourcing.ask(case, point, by=agent)


def test_goods_are_not_looked_for_when_the_case_is_ready(agent):
    with pytest.raises(sourcing.Refused):
        sourcing.ask(CaseFactory(state="ready", next_step="plan", owner="dispatch"), PickupPointFactory(), by=agent)


def test_a_yes_makes_the_case_ready_and_asks_for_a_plan(case, agent):
    asked = sourcing.ask(case, PickupPointFactory(), by=agent)
    sourcing.confirm(asked)
    case.refresh_from_db()
    assert (case.state, case.owner) == ("ready", "dispatch")
    assert Plan.objects.filter(state="asked").count() == 1


def test_the_first_yes_wins_and_the_others_are_withdrawn(case, agent):
    first, second = (sourcing.ask(case, PickupPointFactory(), by=agent) for _ in range(2))
    sourcing.confirm(first)
    second.refresh_from_db()
    assert second.state == "withdrawn"
    with pytest.raises(sourcing.Refused):
        sourcing.confirm(second)


def test_a_yes_without_a_place_on_the_map_goes_to_an_agent(agent):
    case = CaseFactory(state="triaged", address=AddressFactory(community=None, district=None), district=None)
    NeedFactory(case=case)
    asked = sourcing.ask(case, PickupPointFactory(), by=agent)
    sourcing.confirm(asked)
    case.refresh_from_db()
    asked.refresh_from_db()
    assert (asked.state, case.state, case.owner) == ("confirmed", "sourcing", "queue")


def test_the_last_no_gives_the_case_back(case, agent):
    first, second = (sourcing.ask(case, PickupPointFactory(), by=agent) for _ in range(2))
    sourcing.refuse(first)
    case.refresh_from_db()
    assert case.owner == "timer"
    sourcing.refuse(second, words="没有货")
    case.refresh_from_db()
    assert (case.state, case.next_step, case.owner) == ("sourcing", "source", "queue")


def test_part_of_it_is_for_an_agent_to_settle(case, agent):
    asked = sourcing.ask(case, PickupPointFactory(), by=agent)
    sourcing.part(asked, words="只有一盒")
    case.refresh_from_db()
    assert (case.next_step, case.owner) == ("source", "queue")
    sourcing.confirm(asked, by=agent)
    case.refresh_from_db()
    assert case.state == "ready"


def test_a_substitute_is_for_an_agent_to_settle(case, agent):
    asked = sourcing.ask(case, PickupPointFactory(), by=agent)
    sourcing.substitute(asked, words="同成分另一厂家")
    asked.refresh_from_db()
    assert (asked.state, asked.words) == ("substitute", "同成分另一厂家")


def test_no_answer_in_time_gives_the_case_back(case, agent):
    asked = sourcing.ask(case, PickupPointFactory(), by=agent)
    Sourcing.objects.filter(pk=asked.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    assert sourcing.expire_unanswered() == 1
    asked.refresh_from_db()
    case.refresh_from_db()
    assert (asked.state, case.owner) == ("expired", "queue")


def test_a_late_yes_still_counts(case, agent):
    asked = sourcing.ask(case, PickupPointFactory(), by=agent)
    Sourcing.objects.filter(pk=asked.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    sourcing.expire_unanswered()
    sourcing.confirm(asked)
    case.refresh_from_db()
    assert case.state == "ready"


def test_a_yes_for_a_cancelled_case_is_refused_in_words(case, agent):
    asked = sourcing.ask(case, PickupPointFactory(), by=agent)
    outcomes.cancel(case, reason="邻居已经给了")
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    with pytest.raises(sourcing.Refused):
        sourcing.confirm(asked)


def test_goods_not_kept_any_longer_are_looked_for_again(case, agent):
    asked = sourcing.ask(case, PickupPointFactory(), by=agent)
    sourcing.confirm(asked)
    Sourcing.objects.update(reserved_until=timezone.now() - timedelta(minutes=1))
    assert sourcing.lapse_reservations() == 1
    case.refresh_from_db()
    assert (case.state, case.next_step, case.owner) == ("sourcing", "source", "queue")


def test_points_are_offered_nearest_first(case):
    far = PickupPointFactory(lon=121.2, lat=31.0)
    near = PickupPointFactory(lon=121.531, lat=31.281)
    assert sourcing.points_for(case) == [near, far]


def test_a_point_that_mostly_refuses_falls_behind_one_a_little_farther(case):
    refuses = PickupPointFactory(lon=121.535, lat=31.28)
    farther = PickupPointFactory(lon=121.545, lat=31.28)
    for _ in range(4):
        SourcingFactory(pickup_point=refuses, state="refused")
    assert sourcing.points_for(case) == [farther, refuses]


def test_points_of_other_categories_are_not_offered(case):
    PickupPointFactory(categories=[])
    assert sourcing.points_for(case) == []
