import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from cases import categories, intake, queue, triage
from cases.handlers import CaseHandlers
from cases.intake import judging
from cases.models import Case, Contact, Need, Phone, Resident
from hotline.lifecycle import MoveRefused
from hotline.locks import hold_number
from hotline.models import Message
from tests.factories.cases import CaseFactory, CommunityFactory, DistrictFactory, NeedFactory, ResidentFactory
from tests.factories.hotline import CallFactory, LineFactory, UserFactory

pytestmark = pytest.mark.django_db
NUMBER = "+8613812345678"


@pytest.fixture
def agent(line):
    categories.load()
    return UserFactory()


def form(**said):
    return {
        "words": "",
        "for_whom": "caller",
        "caller": {"name": "李某", "number": NUMBER},
        "person": {},
        "category": "medicine",
        "needs": [{"item": "缬沙坦", "quantity": "3", "unit": "盒", "left_until": "2030-01-01T10:00"}],
        "address": {},
        "household": [],
        "answers": {},
    } | said


def save(agent, key="desk:1", **said):
    return intake.save(form(**said), agent=agent, key=key)


# from texts


def test_a_text_is_read_judged_and_given_its_times(text_in, agent):
    CommunityFactory()
    text_in(NUMBER, "杨浦区杏林新村3号502室，82岁独居老人，胰岛素笔芯还剩两天，要2盒")
    case = Case.objects.get()
    assert case.category in categories.active()
    assert case.judged_by.category == case.category
    assert {"over_80", "lives_alone"} <= set(case.vulnerabilities)
    assert case.supply_ends_at is not None
    assert case.level <= 2
    assert case.level_reasons
    assert case.needed_by >= case.due_at
    assert case.due_sum
    assert case.needs.exists()
    assert (case.address.community.name, case.address.building, case.address.room) == ("杏林新村", "3", "502")
    assert case.district.slug == "yangpu"


def test_an_unsure_category_is_left_to_the_agent(text_in, agent):
    text_in(NUMBER, "在吗，想问一下")
    case = Case.objects.get()
    assert case.category is None or case.suggestion["confidence"] >= intake.SURE_ENOUGH
    assert case.suggestion["category"] is not None


def test_a_red_flag_makes_it_level_one(text_in, agent):
    text_in(NUMBER, "爸爸突然胸口剧烈疼痛，喘不上气")
    case = Case.objects.get()
    assert case.level == 1
    assert case.red_flags[0]["say_zh"]


def test_the_same_message_is_the_same_case(text_in, agent):
    message = text_in(NUMBER, "需要胰岛素")
    assert intake.from_message(message) == Case.objects.get()


def test_words_added_later_raise_the_level_and_never_lower_it(text_in, agent):
    text_in(NUMBER, "需要降压药，还有半个月")
    before = Case.objects.get()
    text_in(NUMBER, "她现在昏迷了，叫不醒")
    case = Case.objects.get()
    assert case.level == 1 < before.level
    text_in(NUMBER, "没事了，不急")
    assert Case.objects.get().level == 1


def test_a_second_text_from_the_same_person_makes_no_second_resident(text_in, agent):
    text_in(NUMBER, "需要胰岛素")
    text_in(NUMBER, "地址是杨浦区")
    assert Resident.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_texts_at_the_same_instant_from_a_new_number_make_one_case():
    line = LineFactory()
    categories.load()
    ready = threading.Barrier(2)

    def come_in(body: str) -> None:
        try:
            ready.wait(timeout=20)
            with transaction.atomic():
                hold_number(NUMBER)
                message = Message.objects.create(line=line, direction="in", number=NUMBER, body=body, state="received")
                CaseHandlers().message_received(message)
        finally:
            connection.close()

    threads = [threading.Thread(target=come_in, args=(words,)) for words in ("需要胰岛素", "只剩一天了，在杨浦区")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert Case.objects.count() == 1
    assert Resident.objects.count() == 1
    assert Contact.objects.filter(case=Case.objects.get()).count() == 2


# from the form


def test_saving_makes_a_judged_case_in_the_agents_hands(agent, told):
    case = save(agent)
    assert (case.state, case.owner, case.owner_agent, case.channel) == ("triaged", "agent", agent, "entered")
    assert case.person.name == "李某"
    assert case.needs.get().item == "缬沙坦"
    assert case.contacted_at is not None
    assert told(NUMBER) == ["received"]


def test_a_second_press_of_save_is_the_same_case(agent, told):
    first = save(agent)
    second = save(agent)
    assert first == second
    assert second.needs.count() == 1
    assert told(NUMBER) == ["received"]


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one_case():
    LineFactory()
    categories.load()
    agent = UserFactory()
    ready, made = threading.Barrier(2), []

    def press() -> None:
        try:
            ready.wait(timeout=20)
            made.append(save(agent).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(made) == 2
    assert len(set(made)) == 1
    assert Case.objects.count() == 1


def test_nothing_is_mandatory_that_a_caller_cannot_know_yet(agent):
    case = save(agent, category="", needs=[{}], caller={"name": "", "number": ""})
    assert (case.state, case.next_step, case.owner) == ("new", "intake", "agent")
    assert not Phone.objects.exists()


def test_a_number_is_kept_as_the_carrier_knows_it(agent):
    case = save(agent, caller={"name": "李某", "number": "138 1234 5678"})
    assert str(case.person.phones.get().number) == NUMBER


def test_a_relative_elsewhere_asks_for_somebody_else(agent):
    case = save(
        agent,
        for_whom="other",
        relation="女儿",
        person={"name": "李老太", "number": "+8613900000002", "age": "88"},
    )
    assert (case.reporter.name, case.person.name, case.relation) == ("李某", "李老太", "女儿")
    assert "over_80" in case.vulnerabilities
    assert case.person.birth_year == timezone.localdate().year - 88


def test_the_agents_level_is_final_and_the_proposed_one_stays_beside_it(agent):
    proposed = save(agent, key="desk:0", caller={"name": "", "number": ""}).level
    chosen = 4 if proposed != 4 else 3
    case = save(agent, level=str(chosen), level_reason="family has a spare box")
    assert (case.level, case.level_is_judged) == (chosen, True)
    assert case.suggestion["overridden"] == {"level": proposed, "by": agent.pk}
    again = save(agent)
    assert again.level == chosen


def test_the_call_is_on_the_case_and_no_longer_in_the_inbox(agent):
    call = CallFactory(state="connected", agent=agent, number=NUMBER, connected_at=timezone.now())
    CaseHandlers().call_connected(call)
    assert Contact.objects.get(call=call).case is None
    case = intake.save(form(), agent=agent, key="call:1", call=call)
    assert Contact.objects.get(call=call).case == case
    assert case.channel == "call"


def test_one_call_may_concern_two_cases(agent):
    call = CallFactory(state="connected", agent=agent, number=NUMBER, connected_at=timezone.now())
    CaseHandlers().call_connected(call)
    first = intake.save(form(), agent=agent, key="call:1", call=call)
    second = intake.save(form(), agent=agent, key="call:1:2", call=call)
    assert first != second
    assert Contact.objects.filter(call=call).count() == 2


def test_changing_a_case_keeps_the_rows_of_its_needs_and_drops_those_taken_off(agent):
    case = save(agent, needs=[{"item": "缬沙坦"}, {"item": "胰岛素"}])
    kept = case.needs.get(item="胰岛素")
    intake.save(
        form(needs=[{"id": str(kept.pk), "item": "胰岛素", "quantity": "2.5"}]), agent=agent, key="case:1", case=case
    )
    assert [need.pk for need in case.needs.all()] == [kept.pk]
    assert Need.history.filter(history_type="-").count() == 1


def test_saving_over_somebody_elses_change_is_refused_when_the_form_says_what_it_was_opened_on(agent):
    case = save(agent)
    seen = intake.what_is_edited(case)
    NeedFactory(case=case)
    with pytest.raises(MoveRefused):
        intake.save(form(), agent=agent, key="case:1", case=case, seen=seen)


def test_a_claim_or_a_move_meanwhile_is_no_clash(agent):
    case = save(agent)
    seen = intake.what_is_edited(case)
    queue.hand_back(case, agent)
    queue.claim(case, agent)
    assert intake.save(form(), agent=agent, key="case:1", case=case, seen=seen) == case


def test_words_that_sound_urgent_raise_a_level_that_no_rule_found(line):
    facts = judging.Facts(None, triage.read("请问能不能帮忙买点菜", at=timezone.now()), suggested=2)
    assert judging.judgement(facts, timezone.now()).level == 2


def test_a_case_keeps_the_version_that_judged_it_until_its_category_changes(agent):
    case = save(agent)
    first = case.judged_by
    categories.new_version(case.category, first.rules, agent, "the same again")
    assert save(agent).judged_by == first
    assert save(agent, category="infant").judged_by.category.slug == "infant"


@pytest.mark.parametrize("quantity", ["", "x", "-1", "1e99", "NaN", "很多"])
def test_a_quantity_that_is_none_is_left_empty(agent, quantity):
    case = save(agent, needs=[{"item": "缬沙坦", "quantity": quantity}])
    assert case.needs.get().quantity is None


def test_a_sign_that_only_looks_like_a_digit_is_no_number(agent):
    case = save(agent, level="²", address={"district": "³", "community": "①", "said": "杏林新村"})
    assert case.address.district is None
    assert not case.level_is_judged


def test_the_community_brings_its_district_zone_and_gate(agent):
    community = CommunityFactory(district=DistrictFactory(), zone_tier="lockdown")
    case = save(agent, address={"community": str(community.pk), "building": "3", "room": "502"})
    address = case.address
    assert (address.district, address.zone_tier, address.gate_contact) == (community.district, "lockdown", "门卫")
    assert address.point == (community.lon, community.lat)


def test_a_known_caller_is_recognised(agent):
    known = ResidentFactory(number=NUMBER, name="李某")
    assert save(agent).person == known


def test_a_text_cases_category_is_confirmed_by_saving_it(text_in, agent):
    text_in(NUMBER, "需要胰岛素")
    case = Case.objects.get()
    saved = intake.save(form(), agent=agent, key="case:x", case=case)
    assert (saved.pk, saved.state) == (case.pk, "triaged")
    assert saved.words == "需要胰岛素"


def test_an_address_shared_with_another_case_is_not_changed_under_it(agent):
    other = CaseFactory()
    case = CaseFactory(address=other.address)
    intake.save(form(address={"street": "别处路1号"}), agent=agent, key="k", case=case)
    other.address.refresh_from_db()
    assert other.address.street == ""
