"""Goods are looked for by themselves: in order, several at once, the next one when one refuses or is silent."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases.models import Callback
from dispatch import searching, sourcing
from dispatch.models import GoodsSearch, Sourcing
from hotline.models import Message
from tests.factories.cases import CaseFactory, NeedFactory
from tests.factories.dispatch import PickupPointFactory, SourcingFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return UserFactory()


@pytest.fixture
def case():
    case = CaseFactory(state="triaged", next_step="source")
    NeedFactory(case=case, item="甘精胰岛素")
    return case


@pytest.fixture
def points():
    """Three, from near to far."""
    return [PickupPointFactory(lon=121.531 + n / 20, lat=31.281) for n in range(3)]


def asked(case):
    return list(case.sourcings.order_by("id").values_list("pickup_point_id", "state"))


def test_the_nearest_is_asked_first_by_text(case, points, agent, templates):
    searching.start(case, by=agent)
    assert asked(case) == [(points[0].pk, "asked")]
    assert Message.objects.filter(number=str(points[0].phone), purpose="pharmacy_asked").count() == 1


def test_a_refusal_brings_the_next_one(case, points, agent):
    searching.start(case, by=agent)
    sourcing.refuse(case.sourcings.get())
    assert asked(case) == [(points[0].pk, "refused"), (points[1].pk, "asked")]
    case.refresh_from_db()
    assert case.owner == "timer"


def test_no_answer_in_time_brings_the_next_one(case, points, agent):
    searching.start(case, by=agent)
    Sourcing.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    sourcing.expire_unanswered()
    assert asked(case) == [(points[0].pk, "expired"), (points[1].pk, "asked")]


def test_several_are_asked_at_once_and_the_first_yes_ends_it(case, points, agent):
    searching.start(case, by=agent, at_once=2)
    assert [pk for pk, _state in asked(case)] == [points[0].pk, points[1].pk]
    sourcing.confirm(case.sourcings.get(pickup_point=points[1]))
    assert asked(case) == [(points[0].pk, "withdrawn"), (points[1].pk, "confirmed")]
    assert GoodsSearch.objects.get().outcome == "found"


def test_when_nobody_is_left_the_case_is_with_the_agents(case, points, agent):
    searching.start(case, by=agent, at_once=3)
    for row in case.sourcings.all():
        sourcing.refuse(row)
    case.refresh_from_db()
    assert (case.owner, case.next_step) == ("queue", "source")
    assert GoodsSearch.objects.get().outcome == "exhausted"


def test_an_offer_stops_the_asking_until_the_resident_has_spoken(case, points, agent):
    searching.start(case, by=agent)
    offered = case.sourcings.get()
    sourcing.substitute(offered, words="同成分另一厂家")
    assert len(asked(case)) == 1
    assert "另一厂家" in Callback.objects.get(case=case, kind="clarify").reason
    sourcing.refuse(offered, by=agent, words="居民不要")
    assert [state for _pk, state in asked(case)] == ["refused", "asked"]


def test_a_closed_counter_is_passed_over(case, points, agent):
    now = timezone.localtime()
    points[0].opens, points[0].closes = (now + timedelta(hours=2)).time(), (now + timedelta(hours=3)).time()
    points[0].save()
    searching.start(case, by=agent)
    assert asked(case) == [(points[1].pk, "asked")]


def test_with_nobody_open_it_says_so_and_nothing_is_left_behind(case, agent):
    with pytest.raises(sourcing.Refused):
        searching.start(case, by=agent)
    assert not GoodsSearch.objects.exists()


def test_two_who_start_at_once_start_one(case, points, agent):
    searching.start(case, by=agent)
    with pytest.raises(sourcing.Refused):
        searching.start(case, by=UserFactory())
    assert len(asked(case)) == 1


def test_stopped_it_asks_nobody_more(case, points, agent):
    searching.start(case, by=agent)
    searching.stop(case, by=agent)
    sourcing.refuse(case.sourcings.get())
    assert len(asked(case)) == 1
    case.refresh_from_db()
    assert case.owner == "queue"


def test_who_had_this_very_item_is_asked_before_one_a_little_nearer(case, points):
    for _ in range(3):
        other = SourcingFactory(pickup_point=points[1], state="collected")
        NeedFactory(case=other.case, item="甘精胰岛素")
        other = SourcingFactory(pickup_point=points[0], state="collected")
        NeedFactory(case=other.case, item="奶粉")
        other = SourcingFactory(pickup_point=points[0], state="refused")
        NeedFactory(case=other.case, item="甘精胰岛素")
    assert sourcing.points_for(case)[0] == points[1]
    assert sourcing.learned_of(case) == {points[0].pk: (0, 3), points[1].pk: (3, 0)}


def test_the_agent_starts_and_stops_it_on_the_panel(client, case, points, agent):
    client.force_login(agent)
    client.post(reverse("dispatch:goods-search", args=[case.pk]), {"at_once": "2"})
    assert len(asked(case)) == 2
    client.post(reverse("dispatch:goods-search", args=[case.pk]), {"at_once": "0"})
    assert GoodsSearch.objects.get().outcome == "stopped"


def test_the_list_shows_offers_questions_and_what_lapses(client, agent, django_assert_max_num_queries):
    client.force_login(agent)
    for state, fields in {
        "substitute": {"case__state": "sourcing"},
        "asked": {},
        "confirmed": {"case__state": "ready", "reserved_until": timezone.now() + timedelta(hours=1)},
    }.items():
        for _ in range(3):
            NeedFactory(case=SourcingFactory(state=state, words="有另一种", **fields).case)
    with django_assert_max_num_queries(16):
        words = client.get(reverse("dispatch:goods-list")).content.decode()
    assert words.count("<tr>") - 4 == 12


@pytest.mark.parametrize(("level", "first"), [(1, 1), (2, 1), (3, 0)])
def test_an_urgent_case_is_asked_for_where_the_counter_is_still_open_when_a_vehicle_comes(case, points, level, first):
    points[0].opens, points[0].closes = time(8), time(21)
    points[0].save()
    case.level, zone = level, timezone.get_current_timezone()
    with time_machine.travel(datetime(2026, 3, 4, 19, 30, tzinfo=zone)):
        assert searching.next_points(case)[0] == points[first]
    with time_machine.travel(datetime(2026, 3, 4, 15, 30, tzinfo=zone)):
        assert searching.next_points(case)[0] == points[0]
