"""The same matter twice: proposed with its reasons while it is typed, joined in one press, never without a person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import duplicates, holds
from cases.models import Case, Contact
from hotline.lifecycle import MoveRefused
from tests.factories.cases import AddressFactory, CaseFactory, NeedFactory, ResidentFactory
from tests.factories.hotline import CallFactory, PresenceFactory, UserFactory

pytestmark = pytest.mark.django_db
WORDS = "我妈妈92岁一个人住，阿卡波糖只剩两天，楼里封着出不去"


@pytest.fixture
def agent(line):
    return PresenceFactory(user=UserFactory()).user


def form(number="", words="", item="", community=None, building="", room=""):
    return {
        "caller": {"number": number, "name": "沈先生"},
        "words": words,
        "needs": [{"item": item}],
        "address": {"community": str(community or ""), "building": building, "room": room},
    }


def found(data):
    return [(twin.case, twin.why) for twin in duplicates.of_form(data)]


def test_a_number_that_has_an_open_case_is_shown_it(line):
    case = CaseFactory(person__number="+8613812345678")
    CaseFactory(person__number="+8613812345679", address__room="9")
    assert found(form("138 1234 5678")) == [(case, ("number",))]


def test_the_same_door_and_need_under_another_number_is_shown(line):
    case = CaseFactory(address__room="101")
    NeedFactory(case=case, item="阿卡波糖片")
    at = case.address
    data = form("+8613900000001", item="阿卡波糖", community=at.community_id, building=at.building, room="101")
    assert found(data) == [(case, ("door", "item"))]


def test_the_same_need_alone_says_nothing(line):
    NeedFactory(item="阿卡波糖")
    assert found(form("+8613900000001", item="阿卡波糖")) == []


def test_words_that_were_passed_on_are_known_again_from_another_number(line):
    case = CaseFactory(words=WORDS)
    assert found(form("+8613900000001", words=f"转发：{WORDS}！！")) == [(case, ("words",))]
    assert found(form("+8613900000001", words="我爸爸需要降压药，还能撑一个礼拜左右，住徐汇")) == []


def test_the_same_words_after_two_days_are_a_new_request(line):
    CaseFactory(words=WORDS, created_at=timezone.now() - timedelta(hours=49))
    assert found(form(words=WORDS)) == []


def test_what_has_ended_is_not_proposed(line):
    person = ResidentFactory(number="+8613812345678")
    CaseFactory(person=person, state="closed", outcome="received", next_step="", owner="", due_at=None)
    assert found(form("+8613812345678")) == []


def test_the_one_with_the_most_signs_comes_first_and_only_a_few_are_shown(line):
    person = ResidentFactory(number="+8613812345678")
    both = CaseFactory(person=person, words=WORDS)
    for _ in range(6):
        CaseFactory(person=person, words="")
    twins = duplicates.of_form(form("+8613812345678", words=WORDS))
    assert twins[0].case == both
    assert len(twins) == duplicates.SHOWN


def test_the_same_people_or_door_are_proposed_for_a_case_and_nothing_else(line):
    person = ResidentFactory()
    case = CaseFactory(person=person, words="", address__room="101")
    same_person = CaseFactory(person=person, words="", address__room="999")
    same_door = CaseFactory(words="", address__room="101")
    CaseFactory(words="", address__room="202")
    assert {twin.case for twin in duplicates.of_case(case)} == {same_person, same_door}


def test_looking_asks_a_bounded_number_of_queries(line, django_assert_max_num_queries):
    person = ResidentFactory(number="+8613812345678")
    for n in range(12):
        NeedFactory(case=CaseFactory(person=person, words=WORDS, address=AddressFactory(room=str(n))))
    data = form("+8613812345678", words=WORDS, community=1, building="3", room="1")
    with django_assert_max_num_queries(4):
        duplicates.of_form(data)


def test_a_call_added_to_a_case_is_on_its_time_line_and_makes_no_second_one(agent):
    case = CaseFactory(person__number="+8613812345678")
    call = CallFactory(number="+8613812345678", agent=agent)
    Contact.objects.create(line=call.line, call=call, taken_as="call")
    data = form("+8613812345678", words="还要两盒", item="阿卡波糖")
    for _ in range(2):
        duplicates.add_to(case, data, agent=agent, call=call)
    assert Contact.objects.get(call=call).case == case
    assert "还要两盒" in case.notes.get().text
    assert "阿卡波糖" in case.notes.get().text
    assert Case.objects.count() == 1


def test_worse_words_make_it_more_urgent_and_better_ones_do_not(agent):
    case = CaseFactory(level=3, words="药快没了")
    duplicates.add_to(case, form(words="他胸口疼，喘不上气"), agent=agent)
    case.refresh_from_db()
    assert case.level == 1
    duplicates.add_to(case, form(words="现在好一些"), agent=agent)
    case.refresh_from_db()
    assert case.level == 1


def test_a_hold_for_the_resident_ends_when_they_call_again(agent):
    case = CaseFactory()
    holds.hold(case, until=timezone.now() + timedelta(hours=3), reason="resident", by=agent)
    duplicates.add_to(case, form(words="我回来了"), agent=agent)
    case.refresh_from_db()
    assert case.state == "new"


def test_a_merged_case_hands_on_to_its_heir_and_a_settled_one_refuses(agent):
    heir = CaseFactory()
    gone = CaseFactory(
        state="duplicate",
        merged_into=heir,
        outcome="duplicate",
        next_step="",
        owner="",
        due_at=None,
        closed_at=timezone.now(),
    )
    assert duplicates.add_to(gone, form(words="还有一件"), agent=agent) == heir
    done = CaseFactory(state="closed", outcome="received", next_step="", owner="", due_at=None)
    with pytest.raises(MoveRefused):
        duplicates.add_to(done, form(words="还有一件"), agent=agent)


def test_taken_back_the_call_lies_where_it_lay(agent):
    case, call = CaseFactory(), CallFactory(number="+8613812345678", agent=agent)
    duplicates.add_to(case, form(), agent=agent, call=call)
    duplicates.take_back(case, call)
    assert Contact.objects.get(call=call).case is None
