"""Search."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.desk import search
from cases.models import Case, Note
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
