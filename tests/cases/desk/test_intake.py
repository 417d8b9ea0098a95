"""The intake form on the desk."""

import html
import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from cases import intake
from cases.models import Case, Community, Draft, PersonalDataAccess
from hotline.models import Call, User
from tests.cases.desk.form_data import filled
from tests.factories.cases import AddressFactory, CaseFactory, NeedFactory, ResidentFactory
from tests.factories.hotline import CallFactory, UserFactory


@pytest.fixture
def draft(desk: Client, agent: User) -> Draft:
    desk.post(reverse("cases:draft-new"))
    return Draft.objects.get(agent=agent)


def keep(desk: Client, draft: Draft, **fields: object):
    return desk.post(reverse("cases:draft-keep", args=[draft.key]), filled(**fields))


def save(desk: Client, draft: Draft, **fields: object):
    return desk.post(reverse("cases:draft-save", args=[draft.key]), filled(**fields))


def test_an_untouched_form_is_taken_up_again(desk: Client, draft: Draft) -> None:
    desk.post(reverse("cases:draft-new"))
    assert Draft.objects.count() == 1


def test_what_is_typed_is_kept_by_the_server(desk: Client, draft: Draft) -> None:
    assert keep(desk, draft).status_code == 200
    draft.refresh_from_db()
    assert draft.data["needs"][0]["item"] == "门冬胰岛素"
    assert draft.saved_at
    assert "门冬胰岛素" in desk.get(reverse("cases:desk"), headers={"HX-Request": ""}).content.decode()


def test_nobody_elses_form_is_found(client: Client, draft: Draft) -> None:
    client.force_login(UserFactory())
    assert client.get(reverse("cases:draft", args=[draft.key])).status_code == 404
    assert client.post(reverse("cases:draft-keep", args=[draft.key]), filled()).status_code == 404


def test_keeping_answers_what_the_system_thinks(desk: Client, draft: Draft) -> None:
    page = keep(desk, draft, category="").content.decode()
    assert 'data-into="side"' in page
    assert 'class="level level-2"' in page
    assert 'data-key="A Alt+Y"' in page


def test_a_red_flag_covers_the_column_until_120_was_called(desk: Client, draft: Draft) -> None:
    words = "爸爸胸痛，喘不上气"
    assert 'class="flag"' in keep(desk, draft, words=words).content.decode()
    calmed = keep(desk, draft, words=words, **{"answer-called_120": "yes"}).content.decode()
    assert 'class="flag"' not in calmed


def test_the_questions_of_the_category_come_with_it(desk: Client, draft: Draft) -> None:
    assert 'name="answer-' in keep(desk, draft, category="infant").content.decode()


def test_saving_makes_the_case_and_offers_the_next_step(desk: Client, draft: Draft, agent: User) -> None:
    answer = save(desk, draft)
    case = Case.objects.get()
    assert case.state == "triaged"
    assert case.owner_agent == agent
    assert case.needs.get().item == "门冬胰岛素"
    assert case.address.community.name == "杏林新村"
    assert "next/dispatch" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.ended_at
    assert draft.case == case


def test_pressing_save_twice_makes_one_case(desk: Client, draft: Draft) -> None:
    save(desk, draft)
    assert save(desk, draft).status_code == 200
    assert Case.objects.count() == 1
    assert Case.objects.get().needs.count() == 1


def test_a_form_of_a_call_knows_who_calls(desk: Client, agent: User) -> None:
    ResidentFactory(name="李建国", number="+8613512345678")
    call = CallFactory(state="connected", agent=agent, number="+8613512345678", choice="medicine")
    page = desk.get(reverse("cases:draft-of-call", args=[call.pk])).content.decode()
    assert 'value="李建国"' in page
    assert Draft.objects.get(call=call).data["category"] == "medicine"


def test_somebody_elses_call_opens_nothing(desk: Client) -> None:
    call = CallFactory(state="connected", agent=UserFactory())
    assert desk.get(reverse("cases:draft-of-call", args=[call.pk])).status_code == 404


def test_the_call_is_on_the_case_it_became(desk: Client, agent: User) -> None:
    call: Call = CallFactory(state="connected", agent=agent)
    desk.get(reverse("cases:draft-of-call", args=[call.pk]))
    save(desk, Draft.objects.get(call=call))
    assert Case.objects.get().contacts.get().call == call


def test_a_case_changed_meanwhile_shows_both(desk: Client, agent: User) -> None:
    case = CaseFactory(owner="agent", owner_agent=agent, claimed_until="2099-01-01T00:00Z")
    desk.get(reverse("cases:draft-of-case", args=[case.number]))
    draft = Draft.objects.get(case=case)
    Case.objects.filter(pk=case.pk).update(words="别人写的")
    answer = save(desk, draft, version=draft.data["version"], words="新的话")
    assert answer.status_code == 409
    case.refresh_from_db()
    seen = intake.what_is_edited(case)
    assert f'data-set-version="{seen}"' in answer.content.decode()
    assert case.words == "别人写的"
    assert save(desk, draft, version=seen, words="新的话").status_code == 200
    case.refresh_from_db()
    assert case.words == "新的话"


def test_opening_the_form_of_a_case_is_written_down(desk: Client, agent: User) -> None:
    case = CaseFactory()
    desk.get(reverse("cases:draft-of-case", args=[case.number]))
    assert PersonalDataAccess.objects.get().case_id == case.pk


def test_putting_a_form_away_can_be_undone(desk: Client, draft: Draft) -> None:
    where = reverse("cases:draft-close", args=[draft.key])
    desk.post(where)
    draft.refresh_from_db()
    assert draft.ended_at
    desk.post(f"{where}?undo=1")
    draft.refresh_from_db()
    assert draft.ended_at is None


def test_a_community_brings_its_zone_and_gate(desk: Client, community: Community) -> None:
    page = desk.get(reverse("cases:communities"), {"q": "杏林"}).content.decode()
    assert "杏林新村" in page
    assert "02165430000" in page


def test_items_are_offered_as_others_wrote_them(desk: Client) -> None:
    NeedFactory(item="缬沙坦胶囊", specification="80mg", unit="盒")
    page = desk.get(reverse("cases:items"), {"q": "缬沙"}).content.decode()
    assert "缬沙坦胶囊" in page
    assert "80mg" in page


def test_the_desk_asks_the_database_a_bounded_number_of_times(
    desk: Client, draft: Draft, django_assert_max_num_queries
) -> None:
    save(desk, draft)
    for _i in range(5):
        CaseFactory()
    page = reverse("cases:desk")
    with django_assert_max_num_queries(28):
        desk.get(page, {"case": Case.objects.first().number}, headers={"HX-Request": ""})
    other = Draft.objects.filter(ended_at=None).first()
    with django_assert_max_num_queries(15):
        keep(desk, other)


def test_an_open_case_of_the_same_number_is_shown_while_typing_and_takes_the_call_in_one_press(
    desk: Client, draft: Draft, agent: User
) -> None:
    case = CaseFactory(person=ResidentFactory(number="+8613812345678"), words="")
    shown = keep(desk, draft, **{"caller-number": "13812345678"}).content.decode()
    assert f'data-twin="{case.number}"' in shown
    press = reverse("cases:draft-join", args=[draft.key, case.number])
    answer = desk.post(press, filled(words="还要一盒", **{"caller-number": "13812345678"}))
    assert f"It is on case {case.number}" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.ended_at
    assert "还要一盒" in case.notes.get().text
    assert Case.objects.count() == 1


def test_the_press_can_be_undone_and_the_form_is_back(desk: Client, draft: Draft) -> None:
    case = CaseFactory()
    press = reverse("cases:draft-join", args=[draft.key, case.number])
    desk.post(press, filled())
    assert desk.post(f"{press}?undo=1").headers["HX-Redirect"].endswith(draft.key)
    draft.refresh_from_db()
    assert (draft.ended_at, draft.case) == (None, None)
    assert draft.data["needs"][0]["item"] == "门冬胰岛素"


def test_a_form_that_has_become_a_case_is_not_added_to_another(desk: Client, draft: Draft) -> None:
    save(desk, draft)
    other = CaseFactory()
    assert desk.post(reverse("cases:draft-join", args=[draft.key, other.number]), filled()).status_code == 409
    assert not other.notes.exists()


def test_of_several_people_under_a_number_one_press_says_who_it_is(
    desk: Client, draft: Draft, community: Community
) -> None:
    people = [ResidentFactory(name=name, number="+8613812345678") for name in ("王秀英", "王强")]
    people[0].address = AddressFactory(community=community, building="7", room="301")
    people[0].save()
    shown = keep(desk, draft, **{"caller-number": "13812345678", "caller-name": ""}).content.decode()
    assert "maybe" in shown
    fills = [json.loads(html.unescape(found)) for found in re.findall(r'data-fill="([^"]*caller-name[^"]*)"', shown)]
    assert {fill["caller-name"] for fill in fills} == {"王秀英", "王强"}
    at = next(fill for fill in fills if fill["caller-name"] == "王秀英")
    assert (at["address-community"], at["address-room"]) == (str(community.pk), "301")


def test_what_was_asked_for_by_text_is_taken_over_and_dealt_with_when_the_form_is_saved(
    desk: Client, agent: User, text_in
) -> None:
    case = CaseFactory(person=ResidentFactory(number="+8613812345678"))
    text_in("+8613812345678", "地址改为9号楼903室")
    desk.post(reverse("cases:claim", args=[case.number]))
    draft = Draft.objects.get(case=case, ended_at=None)
    seen = {"version": draft.data["version"]}
    column = html.unescape(keep(desk, draft, **seen).content.decode())
    wish = case.contacts.get(taken_as="address_change")
    assert '"address-building": "9", "address-room": "903"' in column
    assert f'name="amended" value="{wish.pk}"' in column
    save(desk, draft, **seen, amended=[str(wish.pk)])
    wish.refresh_from_db()
    assert wish.settled_by == agent
