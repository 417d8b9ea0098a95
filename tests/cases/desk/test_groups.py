"""The table of people and needs, and the page where they are handled together."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, CaseGroup, Community, Draft
from hotline.models import User
from tests.factories.hotline import CallFactory


def table(community: Community, *lines: dict[str, str], **head: str) -> dict[str, Any]:
    posted: dict[str, Any] = {
        "key": "k1",
        "caller_name": "楼组长",
        "caller_number": "13800009999",
        "address-community": str(community.pk),
        "building": "7",
        **head,
    }
    for i, line in enumerate(lines):
        posted |= {f"row-{i}-{name}": value for name, value in line.items()}
    return posted


ONE = {"room": "101", "name": "王阿姨", "item": "阿卡波糖", "quantity": "2", "unit": "盒"}
TWO = {"room": "102", "name": "李爷爷", "item": "缬沙坦", "quantity": "1", "unit": "盒"}


@pytest.fixture
def group(desk: Client, community: Community) -> CaseGroup:
    desk.post(reverse("cases:group-save"), table(community, ONE, TWO))
    return CaseGroup.objects.get()


def test_an_empty_table_is_offered_and_is_in_the_menu(desk: Client, city: object) -> None:
    page = desk.get(reverse("cases:group-new"), headers={"HX-Request": ""}).content.decode()
    assert "row-0-item" in page
    assert reverse("cases:groups") in page


def test_the_form_that_is_open_brings_along_who_calls_and_where(
    desk: Client, agent: User, community: Community
) -> None:
    address = {"community": str(community.pk), "community_name": community.name, "building": "7"}
    Draft.objects.create(
        key="d1", agent=agent, data={"caller": {"name": "楼组长", "number": "13800009999"}, "address": address}
    )
    page = desk.get(reverse("cases:group-new"), {"draft": "d1"}).content.decode()
    assert "楼组长" in page
    assert community.name in page


def test_saved_it_is_a_page_with_everybody(desk: Client, group: CaseGroup) -> None:
    page = desk.get(reverse("cases:group", args=[group.pk]), headers={"HX-Request": ""}).content.decode()
    assert all(case.number in page for case in group.cases.all())
    assert "王**" in page
    assert "王阿姨" not in page


def test_a_line_that_cannot_be_written_stays_in_the_table_with_the_reason(desk: Client, community: Community) -> None:
    wrong = {"room": "103", "name": "赵先生"}
    answer = desk.post(reverse("cases:group-save"), table(community, ONE, wrong))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "say what is needed" in page
    assert "赵先生" in page
    assert 'value="王阿姨"' not in page
    assert 'data-next="2"' in page
    assert Case.objects.count() == 1


def test_the_form_that_led_here_is_put_away_and_its_call_is_on_everybody(
    desk: Client, agent: User, community: Community
) -> None:
    call = CallFactory(number="+8613800009999", agent=agent)
    draft = Draft.objects.create(key="d1", agent=agent, call=call)
    desk.post(reverse("cases:group-save"), table(community, ONE, TWO, draft="d1"))
    draft.refresh_from_db()
    assert draft.ended_at
    assert {contact.case.case_group for contact in call.contacts.all()} == {CaseGroup.objects.get()}


def test_a_pasted_list_comes_back_as_lines(desk: Client, city: object) -> None:
    answer = desk.post(reverse("cases:group-read"), {"text": "502室 王阿姨 阿卡波糖2盒", "after": "4"})
    page = answer.content.decode()
    assert 'name="row-5-item" value="阿卡波糖"' in page
    assert 'name="row-5-room" value="502"' in page


def test_an_act_on_those_marked_is_answered_row_by_row(desk: Client, group: CaseGroup) -> None:
    marked = [str(pk) for pk in group.cases.values_list("pk", flat=True)]
    act = reverse("cases:group-act", args=[group.pk])
    page = desk.post(act, {"what": "received", "case": marked}).content.decode()
    assert page.count("nothing was delivered yet") == 2
    desk.post(act, {"what": "source", "case": marked})
    assert set(group.cases.values_list("state", flat=True)) == {"sourcing"}


def test_each_row_can_have_its_own_answer(desk: Client, group: CaseGroup) -> None:
    one, two = group.cases.order_by("id")
    answers = {f"answer-{one.pk}": "no-longer", f"answer-{two.pk}": "still"}
    desk.post(reverse("cases:group-act", args=[group.pk]), answers)
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.state == "cancelled"
    assert two.confirmed_at


def test_nothing_said_is_nothing_done(desk: Client, group: CaseGroup) -> None:
    assert desk.post(reverse("cases:group-act", args=[group.pk]), {}).status_code == 409


def test_the_group_stands_on_the_page_of_each_case(desk: Client, group: CaseGroup) -> None:
    case = group.cases.order_by("id")[0]
    page = desk.get(reverse("cases:case", args=[case.number])).content.decode()
    assert reverse("cases:group", args=[group.pk]) in page
    assert "of the same group" in page
