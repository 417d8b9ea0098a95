"""Several people's requests at once: read from a list, a case each, handled together with an outcome each."""

from decimal import Decimal

import pytest

from cases import categories, groups, steps, updates
from cases.groups import Row
from cases.models import Case, CaseGroup, Contact
from tests.factories.cases import CommunityFactory
from tests.factories.hotline import CallFactory, PresenceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(line):
    categories.load()
    return PresenceFactory(user=UserFactory()).user


@pytest.fixture
def head():
    community = CommunityFactory(name="杏林新村")
    return {
        "caller_name": "楼组长",
        "caller_number": "13800009999",
        "community": str(community.pk),
        "building": "7",
        "relation": "neighbour",
    }


def rows(*lines):
    names = ("room", "name", "number", "item", "quantity", "unit", "remarks")
    return [Row(id=str(i), **dict(zip(names, line, strict=False))) for i, line in enumerate(lines)]


THREE = rows(
    ("101", "王阿姨", "13800000101", "阿卡波糖", "2", "盒"),
    ("102", "李爷爷", "", "缬沙坦", "1", "盒", "92岁独居"),
    ("103", "", "", "门冬胰岛素", "3", "支"),
)


@pytest.fixture
def group(agent, head):
    return groups.save("k1", head, THREE, agent=agent)[0]


# reading


def test_a_copied_table_is_read_by_its_head():
    found = groups.read("姓名\t房号\t药品\t数量\n王阿姨\t502\t阿卡波糖\t2\n李爷爷\t503\t缬沙坦\t1")
    assert [(row.name, row.room, row.item, row.quantity) for row in found] == [
        ("王阿姨", "502", "阿卡波糖", "2"),
        ("李爷爷", "503", "缬沙坦", "1"),
    ]


def test_a_list_in_words_is_read_as_neighbours_send_it_round():
    first, second = groups.read("1、502室 王阿姨 13800001111 阿卡波糖 2盒\n2、601 李建国 缬沙坦3盒")
    assert (first.room, first.name, first.number, first.item) == ("502", "王阿姨", "13800001111", "阿卡波糖")
    assert (first.quantity, first.unit) == ("2", "盒")
    assert (second.room, second.name, second.item, second.quantity) == ("601", "李建国", "缬沙坦", "3")


def test_nothing_of_a_line_in_words_is_lost():
    [row] = groups.read("我楼上那家好像有困难，没人管")
    assert row.remarks == "我楼上那家好像有困难，没人管"


# writing


def test_each_person_has_a_case_of_their_own_in_the_queue_at_one_community(group):
    cases = groups.cases_of(group)
    assert [(case.person.name, case.address.building, case.address.room) for case in cases] == [
        ("王阿姨", "7", "101"),
        ("李爷爷", "7", "102"),
        ("", "7", "103"),
    ]
    assert {case.owner for case in cases} == {"queue"}
    assert {case.address.community.name for case in cases} == {"杏林新村"}
    assert {case.reporter for case in cases} == {group.contact}
    assert {case.category.slug for case in cases} == {"medicine"}


def test_each_is_judged_by_what_is_said_of_them(group):
    old_man = groups.cases_of(group)[1]
    assert {"over_80", "lives_alone"} <= set(old_man.vulnerabilities)


def test_two_lines_of_one_person_are_one_case_with_two_needs(agent, head):
    lines = rows(("101", "王阿姨", "", "阿卡波糖"), ("101", "王阿姨", "", "缬沙坦"))
    group, done = groups.save("k", head, lines, agent=agent)
    assert group.cases.get().needs.count() == 2
    assert [one.why_not for one in done] == ["", ""]


def test_pressed_twice_is_one_group_and_one_case_each(agent, head, group):
    again, _done = groups.save("k1", head, THREE, agent=agent)
    assert again == group
    assert Case.objects.count() == 3


def test_a_line_that_cannot_be_written_says_why_and_the_others_are(agent, head):
    lines = [*THREE, *[Row(id="9", room="104", name="赵"), Row(id="10", room="105", number="12", item="米")]]
    group, done = groups.save("k", head, lines, agent=agent)
    assert group.cases.count() == 3
    assert [one.row.room for one in done if one.why_not] == ["104", "105"]


def test_who_speaks_for_them_gets_one_text_and_who_has_a_telephone_their_own(group, told):
    assert told("+8613800009999") == ["group_received"]
    assert told("+8613800000101") == ["received"]


def test_news_of_one_goes_to_themselves_where_they_can_read_it(group):
    with_phone, without, _third = groups.cases_of(group)
    assert updates.number_for(with_phone) == "+8613800000101"
    assert updates.number_for(without) == "+8613800009999"


def test_the_call_is_on_every_case_and_no_longer_in_the_inbox(agent, head):
    call = CallFactory(number="+8613800009999", agent=agent)
    Contact.objects.create(line=call.line, call=call, taken_as="call")
    group, _done = groups.save("k", head, THREE, agent=agent, call=call)
    assert not Contact.objects.filter(call=call, case=None).exists()
    assert Contact.objects.filter(call=call).count() == group.cases.count()


# together


def test_an_act_on_all_says_of_each_what_became_of_it(group, agent):
    first = groups.cases_of(group)[0]
    steps.move(first, "cancel", reason="x", outcome="no_longer_needed")
    done = groups.act(group, {case.pk: "source" for case in groups.cases_of(group)}, by=agent)
    assert [bool(one.why_not) for one in done] == [True, False, False]
    assert sorted(group.cases.values_list("state", flat=True)) == ["cancelled", "sourcing", "sourcing"]


def test_one_call_settles_each_by_what_is_said_of_them(group, agent):
    for case in groups.cases_of(group):
        case.address.lon, case.address.lat = 121.5, 31.2
        case.address.save()
        for name in ("source", "make_ready", "plan", "depart", "deliver"):
            steps.move(case, name, reason="x")
    call = CallFactory(number="+8613800009999", agent=agent, direction="out", topic=groups.topic_of(group))
    one, two, three = groups.cases_of(group)
    chosen = {one.pk: "received", two.pk: "not-received", three.pk: "received"}
    groups.act(group, chosen, by=agent, call=groups.call_about(group, call))
    for case in (one, two, three):
        case.refresh_from_db()
    assert [case.state for case in (one, two, three)] == ["closed", "follow_up", "closed"]
    assert two.next_step == "review"
    assert Contact.objects.filter(call=call).count() == 3
    assert not one.callbacks.filter(state__in=("scheduled", "due")).exists()


def test_a_call_with_somebody_else_is_not_theirs(group, agent):
    assert groups.call_about(group, CallFactory(number="+8613700000000", agent=agent)) is None


def test_the_table_asks_a_bounded_number_of_queries(group, agent, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        for case in groups.cases_of(group):
            _ = case.person.name, case.address.room, [need.item for need in case.needs.all()]


def test_what_was_asked_is_on_the_need(group):
    need = groups.cases_of(group)[0].needs.get()
    assert (need.quantity, need.unit, need.prescription_needed) == (Decimal(2), "盒", True)
    assert CaseGroup.objects.get().name == "杏林新村 7"
