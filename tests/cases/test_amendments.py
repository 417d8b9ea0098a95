"""A reply that corrects the address or adds a need: noted, answered truthfully, taken over by an agent."""

import pytest

from cases import amendments
from cases.models import Callback, Contact
from hotline.models import Message
from tests.factories.cases import CaseFactory, ResidentFactory

pytestmark = pytest.mark.django_db
NUMBER = "+8613812345678"


@pytest.fixture
def case(line):
    return CaseFactory(person=ResidentFactory(number=NUMBER))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("地址改为浦东新区康桥花园3号楼502", "浦东新区康桥花园3号楼502"),
        ("更正地址：徐汇区天平路12号", "徐汇区天平路12号"),
        ("地址写错了，应该送到5号楼", "应该送到5号楼"),
        ("100023 改地址 静安区", "静安区"),
        ("Address changed to 12 Tianping Road", "12 Tianping Road"),
        ("ADDRESS: Block 5, room 302", "Block 5, room 302"),
    ],
)
def test_a_reply_that_begins_with_the_address_corrects_it(text, words):
    assert amendments.read(text) == amendments.Amendment(amendments.ADDRESS, words)


@pytest.mark.parametrize("text", ["还需要胰岛素2支", "另外要奶粉一罐", "再加 降压药 2盒", "also need insulin"])
def test_a_reply_that_names_one_thing_more_adds_a_need(text):
    wish = amendments.read(text)
    assert wish is not None
    assert wish.kind == amendments.NEED


@pytest.mark.parametrize(
    "text", ["还需要等多久？", "还要多长时间", "什么时候送到", "谢谢", "地址", "我们小区地址没人知道", ""]
)
def test_other_words_ask_for_no_change(text):
    assert amendments.read(text) is None


def test_a_new_address_is_noted_and_nothing_changes_until_an_agent_has_looked(text_in, told, case):
    before = case.address_id
    text_in(NUMBER, "地址改为3号楼502室")
    contact = case.contacts.get()
    case.refresh_from_db()
    assert (contact.taken_as, contact.unread, contact.settled_at) == ("address_change", True, None)
    assert case.address_id == before
    assert told(NUMBER) == ["address_change"]
    assert case.number in Message.objects.get(direction="out").body


def test_while_the_goods_are_on_the_road_somebody_is_brought_to_it(text_in, line):
    person = ResidentFactory(number=NUMBER)
    case = CaseFactory(person=person, state="en_route", owner="trip", next_step="deliver")
    text_in(NUMBER, "地址改为3号楼502室")
    assert Callback.objects.get(case=case).kind == "clarify"


def test_of_several_open_cases_nobody_guesses_which_one_is_meant(text_in, case):
    CaseFactory(person=case.person)
    text_in(NUMBER, "地址改为3号楼502室")
    assert Contact.objects.get().taken_as == "maybe_this_case"
