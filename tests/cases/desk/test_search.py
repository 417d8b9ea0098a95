"""Search."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.desk import search
from cases.models import Case, Note, Phone, SearchDocument
from tests.factories.cases import CaseFactory, NeedFactory, ResidentFactory


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
    settled = {"state": "closed", "owner": "", "next_step": "", "due_at": None, "outcome": "received"}
    words = {"words": "急需透析用药"}
    old, done, new = CaseFactory(**words), CaseFactory(**words, **settled), CaseFactory(**words)
    assert search.find("透析用药") == [new, old, done]


def test_a_case_that_is_gone_leaves_nothing(case: Case) -> None:
    case.transitions.all().delete()
    Case.objects.filter(pk=case.pk).delete()
    assert not SearchDocument.objects.filter(pk=case.pk).exists()


def test_searching_asks_a_fixed_number_of_queries(case: Case, django_assert_max_num_queries: Any) -> None:
    for _n in range(5):
        CaseFactory(words="请帮帮忙")
    with django_assert_max_num_queries(4):
        assert len(search.find("帮帮忙")) == 6
