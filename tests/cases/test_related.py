"""What belongs together without being the same."""

import pytest

from cases import related
from tests.factories.cases import AddressFactory, CaseFactory, CommunityFactory, ResidentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(line):
    return CaseFactory(address__building="3", address__room="502")


def circles(case):
    return {circle.slug: circle.cases for circle in related.of(case)}


def test_people_door_and_building_are_told_apart_and_each_case_stands_once(case):
    same_person = CaseFactory(person=case.person, address__building="3", address__room="502")
    same_door = CaseFactory(address__building="3", address__room="502")
    same_building = CaseFactory(address__building="3", address__room="101")
    CaseFactory(address__building="4", address__room="502")
    assert circles(case) == {"people": [same_person], "door": [same_door], "building": [same_building]}


def test_of_a_building_only_what_is_open_is_shown_and_open_ones_come_first(case):
    ended = {"state": "closed", "outcome": "received", "next_step": "", "owner": "", "due_at": None}
    old = CaseFactory(person=case.person, **ended)
    new = CaseFactory(person=case.person)
    newest_ended = CaseFactory(person=case.person, **ended)
    CaseFactory(address__building="3", address__room="101", **ended)
    assert circles(case) == {"people": [new, newest_ended, old]}


def test_another_community_has_other_buildings(case):
    elsewhere = AddressFactory(community=CommunityFactory(name="别处"), building="3", room="502")
    CaseFactory(address=elsewhere)
    assert circles(case) == {}


def test_who_asked_for_somebody_else_belongs_to_it(case):
    helper = ResidentFactory()
    case.reporter = helper
    case.save()
    theirs = CaseFactory(person=helper, address__room="900", address__building="9")
    assert circles(case) == {"people": [theirs]}


def test_it_asks_a_bounded_number_of_queries(case, django_assert_max_num_queries):
    for n in range(30):
        CaseFactory(address__building="3", address__room=str(n))
    with django_assert_max_num_queries(2):
        related.of(case)
