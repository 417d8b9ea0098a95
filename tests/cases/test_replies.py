from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cases import replies, survey
from cases.models import Callback, Case, Contact, Offer
from hotline.models import Message
from tests.factories.cases import CaseFactory, ResidentFactory

pytestmark = pytest.mark.django_db
NUMBER = "+8613812345678"


@pytest.fixture
def person(line):
    return ResidentFactory(number=NUMBER)


def delivered(person, **fields):
    case = CaseFactory(person=person, state="delivered", next_step="follow_up", owner="timer", **fields)
    Case.objects.filter(pk=case.pk).update(delivered_at=timezone.now())
    survey.ask(case)
    return case


def test_a_new_number_asking_for_something_becomes_a_case_in_the_queue_with_a_receipt(text_in, told):
    text_in(NUMBER, "杨浦区，老人糖尿病，胰岛素只剩两天，求助")
    case = Case.objects.get()
    assert (case.state, case.owner, case.next_step) == ("new", "queue", "intake")
    assert case.contacts.get().taken_as == "request"
    assert told(NUMBER) == ["received"]
    assert case.number in Message.objects.get(direction="out").body


def test_more_words_for_the_one_open_case_are_an_addition_that_nobody_has_read(text_in, person):
    case = CaseFactory(person=person)
    text_in(NUMBER, "补充一下，门牌号是502")
    contact = case.contacts.get()
    assert (contact.taken_as, contact.unread) == ("addition", True)
    assert Case.objects.count() == 1


def test_a_storm_of_additions_is_receipted_at_most_once_an_hour(text_in, told, person):
    CaseFactory(person=person)
    for words in ("还有一件事", "还有米", "还有油"):
        text_in(NUMBER, words)
    assert told(NUMBER) == ["received_again"]
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        text_in(NUMBER, "在吗？")
    assert told(NUMBER) == ["received_again", "received_again"]


def test_of_several_open_cases_the_newest_gets_the_words_and_is_flagged(text_in, person):
    CaseFactory(person=person)
    neighbour = CaseFactory(person=ResidentFactory(number=NUMBER))
    text_in(NUMBER, "地址是三号楼")
    contact = Contact.objects.get()
    assert (contact.case, contact.taken_as) == (neighbour, "maybe_this_case")


def test_a_text_that_quotes_a_number_goes_to_that_case(text_in, person):
    older, _newer = CaseFactory(person=person), CaseFactory(person=person)
    text_in(NUMBER, f"编号{older.number}，药名写错了")
    assert Contact.objects.get().case == older


@pytest.mark.parametrize("words", ["状态", "STATUS", "status.", "查询", " 状态。 "])
def test_status_is_answered_with_the_truth(text_in, told, person, words):
    case = CaseFactory(person=person)
    text_in(NUMBER, words)
    assert told(NUMBER) == ["status"]
    assert case.number in Message.objects.get(direction="out").body
    assert Case.objects.count() == 1


def test_status_may_be_asked_again_and_is_answered_again(text_in, told, person):
    CaseFactory(person=person)
    text_in(NUMBER, "状态")
    text_in(NUMBER, "状态")
    assert told(NUMBER) == ["status", "status"]


def test_status_of_a_number_nobody_knows_says_how_to_ask_for_help(text_in, told, line):
    text_in(NUMBER, "状态")
    assert told(NUMBER) == ["status"]
    assert not Case.objects.exists()


def test_nobody_is_told_about_somebody_elses_case(text_in, line):
    other = CaseFactory(person=ResidentFactory(number="+8613900000000"))
    text_in(NUMBER, f"状态 {other.number}")
    assert other.number not in Message.objects.get(direction="out").body


def test_cancel_ends_the_one_open_case_and_says_so(text_in, told, person):
    case = CaseFactory(person=person)
    text_in(NUMBER, "取消")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("cancelled", "no_longer_needed")
    assert told(NUMBER) == ["cancelled"]
    assert case.transitions.last().reason


def test_cancel_with_two_open_cases_asks_which(text_in, told, person):
    first, second = CaseFactory(person=person), CaseFactory(person=person)
    text_in(NUMBER, "取消")
    asked = Message.objects.get(direction="out").body
    assert first.number in asked
    assert second.number in asked
    assert Case.objects.filter(state="cancelled").count() == 0
    text_in(NUMBER, f"取消{first.number}")
    first.refresh_from_db()
    assert first.state == "cancelled"


def test_a_sentence_with_cancel_in_it_cancels_nothing(text_in, person):
    case = CaseFactory(person=person)
    text_in(NUMBER, "医院取消了我的预约，药怎么办")
    case.refresh_from_db()
    assert case.state == "new"


def test_help_is_answered(text_in, told, line):
    text_in(NUMBER, "帮助")
    assert told(NUMBER) == ["help"]
    assert not Case.objects.exists()


def test_asking_for_a_person_puts_a_call_back_on_the_list(text_in, told, person):
    case = CaseFactory(person=person)
    text_in(NUMBER, "人工")
    text_in(NUMBER, "人工")
    assert Callback.objects.get().case == case
    assert told(NUMBER)[0] == "agent_will_call"


def test_one_closes_the_case_as_received(text_in, told, person):
    case = delivered(person)
    text_in(NUMBER, "1")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "received")
    assert case.contacts.get().taken_as == "answer"


def test_full_width_and_words_are_understood_as_an_answer(text_in, person):
    case = delivered(person)
    text_in(NUMBER, "１。")
    case.refresh_from_db()
    assert case.state == "closed"


@pytest.mark.parametrize("digit", ["2", "3"])
def test_any_other_answer_goes_to_a_supervisor(text_in, person, digit):
    case = delivered(person)
    text_in(NUMBER, digit)
    case.refresh_from_db()
    assert (case.state, case.next_step, case.owner) == ("follow_up", "review", "queue")
    assert survey.open_under(NUMBER) is None


def test_a_digit_with_words_is_no_answer(text_in, person):
    case = delivered(person)
    text_in(NUMBER, "2盒降压药还没有到")
    case.refresh_from_db()
    assert case.state == "delivered"


def test_after_a_delivery_a_complaint_brings_the_call_forward(text_in, person):
    case = delivered(person)
    text_in(NUMBER, "送来的东西不对")
    assert Callback.objects.get(case=case).state in ("due", "scheduled")
    assert case.contacts.get().unread


def test_after_a_delivery_the_next_thing_asked_for_is_a_case_of_its_own(text_in, person):
    delivered(person)
    text_in(NUMBER, "现在还需要降压药缬沙坦3盒，只剩一天了")
    assert Case.objects.count() == 2


def test_words_from_a_resident_end_the_hold(text_in, person):
    until = timezone.now() + timedelta(hours=3)
    case = CaseFactory(
        person=person, state="on_hold", next_step="resume", owner="timer", held_from="triaged", held_until=until
    )
    text_in(NUMBER, "照片明天发")
    case.refresh_from_db()
    assert (case.state, case.owner) == ("triaged", "queue")


def test_words_about_a_case_with_dispatch_bring_an_agent_to_it(text_in, person):
    case = CaseFactory(person=person, state="ready", next_step="plan", owner="dispatch")
    text_in(NUMBER, "邻居已经给了一点")
    assert Callback.objects.get(case=case).kind == "clarify"


@pytest.mark.parametrize("words", ["", "   ", "😀😀", "???", "。"])
def test_what_cannot_be_read_lies_in_the_visible_inbox(text_in, line, words):
    text_in(NUMBER, words)
    contact = Contact.objects.get()
    assert (contact.case, contact.settled_at, contact.unread) == (None, None, True)
    assert not Case.objects.exists()


def test_the_unreadable_is_answered_once_an_hour(text_in, told, line):
    for _ in range(5):
        text_in(NUMBER, "😀")
    assert told(NUMBER) == ["not_understood"]


def test_sixteen_hundred_characters_are_kept_whole(text_in, line):
    words = "老人断药，需要胰岛素。" * 145
    text_in(NUMBER, words)
    assert Case.objects.get().words == words


@pytest.mark.parametrize("number", ["", "10086", "95588", "anonymous", "BANK"])
def test_a_withheld_number_or_short_code_lies_in_the_inbox_and_is_not_answered(text_in, line, number):
    text_in(number, "需要胰岛素")
    assert Contact.objects.get().case is None
    assert not Message.objects.filter(direction="out").exists()
    assert not Case.objects.exists()


def test_an_offer_goes_on_the_list_of_offers_and_not_into_the_queue(text_in, line):
    text_in(NUMBER, "我家里有多余的奶粉两罐，可以免费送给需要的人")
    assert Offer.objects.get().contact.case is None
    assert not Case.objects.exists()


def test_thanks_are_kept_and_ask_for_nothing(text_in, told, person):
    case = CaseFactory(person=person)
    text_in(NUMBER, "谢谢！")
    assert case.contacts.get().unread is False
    assert told(NUMBER) == []


def test_somebody_who_opts_out_is_noted_on_the_open_case(text_in, person):
    case = CaseFactory(person=person)
    text_in(NUMBER, "退订", purpose="opt_out")
    assert case.contacts.get().taken_as == "opt_out"


def test_an_english_text_is_answered_in_english(text_in, line):
    text_in(NUMBER, "My mother needs insulin, two days left, Yangpu district")
    assert Case.objects.get().language == "en"
    assert Message.objects.get(direction="out").language == "en"


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("状态100123", ("status", "100123")),
        ("STATUS 100123", ("status", "100123")),
        ("取消#100123", ("cancel", "100123")),
        ("取消我的申请吧", ("", "")),
        ("100123", ("", "")),
    ],
)
def test_a_command_is_a_whole_text_with_at_most_a_number(words, read):
    assert replies.read_command(words) == read
