"""Search."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.desk import search
from cases.models import Case, Note, Phone, SearchDocument
from tests.factories.cases import CaseFactory, NeedFactory, ResidentFactory

Limits = Callable[..., None]
SETTLED = {"state": "closed", "owner": "", "next_step": "", "due_at": None, "outcome": "received"}
WORDS = {"words": "急需透析用药"}


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Limits:
    """The limits of the search, so small that a few cases go beyond them."""

    def to(**small: int) -> None:
        for name, value in small.items():
            monkeypatch.setattr(search, name, value)

    return to


@pytest.fixture
def case(city: object) -> Case:
    case = CaseFactory(person=ResidentFactory(name="王秀英", number="+8613812345678"), words="请帮帮忙")
    NeedFactory(case=case, item="缬沙坦胶囊")
    Note.objects.create(case=case, text="邻居陈阿姨代收")
    CaseFactory(person=ResidentFactory(name="赵强"), address=None, district=None)
    return case


@pytest.mark.parametrize(
    "words", ["5678", "13812345678", "+86 138 1234 5678", "王秀英", "缬沙坦", "杏林", "陈阿姨", "帮帮忙", "秀英 缬沙坦"]
)
def test_a_case_is_found_by(case: Case, words: str) -> None:
    assert search.find(words) == [case]


def test_its_number_goes_straight_to_it(desk: Client, case: Case) -> None:
    answer = desk.get(reverse("cases:search"), {"q": case.number}, headers={"HX-Request": ""})
    assert answer.url == reverse("cases:case", args=[case.number])


@pytest.mark.parametrize("words", ["", "王", "没有这样的人", "9999", "' or 1=1 --", "%", "__"])
def test_what_is_not_there_is_not_found(case: Case, words: str) -> None:
    assert search.find(words) == []


def test_names_are_masked_among_the_hits(desk: Client, case: Case) -> None:
    page = desk.get(reverse("cases:search"), {"q": "王秀英"}).content.decode()
    assert case.number in page
    assert "王**" in page


@pytest.mark.parametrize("words", ["王 缬沙坦", "VALSARTAN", "valsar", "502", "杨浦 缬沙", "02165430001"])
def test_a_case_is_found_by_the_beginning_of_a_word_and_by_single_signs(case: Case, words: str) -> None:
    NeedFactory(case=case, item="Valsartan 80mg")
    Phone.objects.create(resident=case.person, number="+862165430001")
    assert search.find(words) == [case]


def test_what_is_changed_is_found_at_once_and_the_old_no_more(case: Case) -> None:
    case.person.name = "李建国"
    case.person.save()
    assert search.find("李建国") == [case]
    assert search.find("王秀英") == []
    case.needs.get(item="缬沙坦胶囊").delete()
    assert search.find("缬沙坦") == []


def test_open_cases_come_before_settled_ones_and_newer_before_older(city: object) -> None:
    old, done, new = CaseFactory(**WORDS), CaseFactory(**WORDS, **SETTLED), CaseFactory(**WORDS)
    assert search.find("透析用药") == [new, old, done]


def test_a_case_that_is_gone_leaves_nothing(case: Case) -> None:
    case.transitions.all().delete()
    Case.objects.filter(pk=case.pk).delete()
    assert not SearchDocument.objects.filter(pk=case.pk).exists()


def test_searching_asks_a_fixed_number_of_queries(case: Case, django_assert_max_num_queries: Any) -> None:
    for _n in range(5):
        CaseFactory(words="请帮帮忙")
    with django_assert_max_num_queries(6):
        assert len(search.find("帮帮忙")) == 6


def test_what_is_hit_in_a_name_comes_before_what_is_hit_in_the_words(city: object) -> None:
    named = CaseFactory(person=ResidentFactory(name="林海"), words="要药")
    needed = CaseFactory(words="要药")
    NeedFactory(case=needed, item="林海牌药膏")
    said = CaseFactory(words="我住在林海路附近")
    assert search.find("林海") == [named, needed, said]


def test_a_telephone_found_whole_comes_before_one_that_only_ends_so(city: object) -> None:
    whole = CaseFactory(person=ResidentFactory(number="+862165430001"))
    ending = CaseFactory(person=ResidentFactory(number="+8613865430001"))
    assert search.find("65430001") == [ending, whole]
    assert search.find("+862165430001") == [whole]


def test_facets_hold_a_search_to_what_is_open_of_a_level_a_category_or_a_district(city: object) -> None:
    urgent, calm = CaseFactory(words="急需尿不湿", level=1), CaseFactory(words="急需尿不湿", level=4, category=None)
    done = CaseFactory(words="急需尿不湿", level=4, **SETTLED)
    within = search.Within
    assert search.find("尿不湿", within(level=1)) == [urgent]
    assert search.find("尿不湿", within(state="settled")) == [done]
    assert search.find("尿不湿", within(state="open", level=4)) == [calm]
    assert set(search.find("尿不湿", within(category=urgent.category_id))) == {urgent, done}
    assert search.find("尿不湿", within(district=urgent.district_id, level=1)) == [urgent]


def test_a_case_whose_level_changes_is_found_under_the_new_one_only(case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(level=2)
    assert search.find("缬沙坦", search.Within(level=2)) == [case]
    Case.objects.filter(pk=case.pk).update(level=5)
    assert search.find("缬沙坦", search.Within(level=2)) == []


def test_of_what_is_on_very_many_cases_the_newest_open_ones_are_shown(city: object, limits: Limits) -> None:
    limits(RARE=2)
    old, done, new = CaseFactory(**WORDS), CaseFactory(**WORDS, **SETTLED), CaseFactory(**WORDS)
    found = search.search("透析用药", search.Within())
    assert (found.cases, found.total, found.more) == ([new, old, done], None, True)


def test_what_the_planner_reckons_to_be_common_is_looked_for_in_the_newest(city: object, limits: Limits) -> None:
    limits(COMMON=0, SHOWN=2)
    old, _done, new = CaseFactory(**WORDS), CaseFactory(**WORDS, **SETTLED), CaseFactory(**WORDS)
    assert search.search("透析用药", search.Within()) == search.Found([new, old], None)
    found = search.search("透析用药", search.Within(state="settled"))
    assert (len(found.cases), found.total) == (1, 1)  # reckoned wrong: there are not so many


def test_what_was_reckoned_to_be_rare_and_is_not_is_looked_for_in_the_newest_too(city: object, limits: Limits) -> None:
    limits(COMMON=10_000, RARE=2, SHOWN=2)
    old, _done, new = CaseFactory(**WORDS), CaseFactory(**WORDS, **SETTLED), CaseFactory(**WORDS)
    assert search.search("透析用药", search.Within()) == search.Found([new, old], None)


def by_the_index() -> None:
    """As in a large table."""
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off; set local enable_indexscan = off")


def test_what_the_index_counts_to_be_many_is_looked_for_in_the_blocks_of_the_newest_numbers(
    city: object, limits: Limits, django_assert_num_queries: Any
) -> None:
    limits(RARE=2, SHOWN=2, LATEST=0, BLOCK=1, BLOCKS=2)
    by_the_index()
    _older, old, new = CaseFactory(**WORDS), CaseFactory(**WORDS), CaseFactory(**WORDS)
    with django_assert_num_queries(6):  # reckoned, counted, the newest number, its blocks, the cases and their needs
        assert search.search("透析用药", search.Within()) == search.Found([new, old], None)


def test_open_ones_that_are_older_than_the_newest_blocks_are_found_before_the_settled_ones_in_them(
    city: object, limits: Limits
) -> None:
    limits(RARE=2, SHOWN=3, LATEST=0, BLOCK=1, BLOCKS=4)
    by_the_index()
    old = CaseFactory(**WORDS)
    one, two, three, new = [CaseFactory(**WORDS, **each) for each in (SETTLED, SETTLED, SETTLED, {})]
    assert search.find("透析用药") == [new, old, three]
    assert search.find("透析用药", search.Within(state="settled")) == [three, two, one]


def test_an_old_number_that_begins_as_the_newest_do_is_not_taken_for_one_of_them(city: object, limits: Limits) -> None:
    limits(RARE=2, SHOWN=2, LATEST=0, BLOCKS=2)
    by_the_index()
    first = search.FIRST_NUMBER
    old = CaseFactory(pk=109_001 - first, **WORDS)  # its number begins as those of 1,090,000 and after do
    between, new = CaseFactory(pk=500_000, **WORDS), CaseFactory(pk=1_091_000 - first, **WORDS)
    assert search.find("透析用药") == [new, between]
    assert search.find("透析用药", search.Within(state="open")) == [new, between]
    assert old.number.startswith("109")


def test_of_more_than_are_ranked_whole_the_open_ones_and_the_newest_are_ranked(city: object, limits: Limits) -> None:
    limits(RANKED=3, FEWER=2)
    named = CaseFactory(person=ResidentFactory(name="林海"), words="要药")
    said = [CaseFactory(words="我住在林海路附近") for _n in range(2)]
    assert search.find("林海") == [named, said[1], said[0]]
    said.append(CaseFactory(words="我住在林海路附近"))
    found = search.search("林海", search.Within())
    assert (found.cases, found.total, found.more) == ([said[2], said[1]], 4, True)


def test_what_the_index_does_not_hold_is_not_looked_for(case: Case, django_assert_num_queries: Any) -> None:
    by_the_index()
    with django_assert_num_queries(2):  # reckoned, counted
        assert search.search("没有这样的药", search.Within()) == search.Found([], 0)


def test_of_what_is_hit_by_telephones_only_nothing_else_is_read(city: object, django_assert_num_queries: Any) -> None:
    cases = [CaseFactory(person=ResidentFactory(number=f"+861386543{n}5678")) for n in range(2)]
    with django_assert_num_queries(5):  # reckoned, counted, the hits, the cases and their needs
        assert search.find("5678") == [cases[1], cases[0]]


def test_a_telephone_that_ends_so_comes_before_a_house_of_this_number(city: object) -> None:
    lives_there = CaseFactory(address__room="5678")
    called = CaseFactory(person=ResidentFactory(number="+8613865435678"))
    newest = CaseFactory(address__room="5678")
    assert search.find("5678") == [called, newest, lives_there]


def test_each_word_counts_where_it_is_hit_best(city: object) -> None:
    named = CaseFactory(person=ResidentFactory(name="杏林"), address=None, district=None, words="杏林")
    needed = CaseFactory(address=None, district=None, words="杏林")
    NeedFactory(case=needed, item="杏林牌药膏")
    lives_there, said = CaseFactory(words="要药"), CaseFactory(address=None, district=None, words="杏林")
    assert search.find("杏林") == [named, needed, lives_there, said]


def test_the_page_says_how_many_there_are_and_keeps_the_facets(desk: Client, case: Case) -> None:
    page = desk.get(reverse("cases:search"), {"q": "缬沙坦", "level": str(case.level)}).content.decode()
    assert case.number in page
    assert f'<option value="{case.level}" selected>' in page
    other = desk.get(
        reverse("cases:search"), {"q": "缬沙坦", "level": "5" if case.level != 5 else "4"}
    ).content.decode()
    assert case.number not in other
    assert desk.get(reverse("cases:search"), {"q": "缬沙坦", "district": "'; drop"}).status_code == 200
