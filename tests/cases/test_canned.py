"""Words that are sent often: filled in, in the language of the case, with what goes along with them."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from cases import canned
from cases.models import CannedReply
from hotline.models import Message
from tests.factories.cases import CaseFactory, CategoryFactory, NeedFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """The words of these tests are those of the code."""
    settings.LANGUAGE_CODE = "en"
    with override("en"):
        yield


@pytest.fixture
def case(line):
    case = CaseFactory(person__number="+8613812345678", person__name="王女士")
    NeedFactory(case=case, item="阿卡波糖")
    return case


def reply(**said):
    fields = {
        "name": "地址",
        "body": "{name}您好，求助{number}（{item}）请补门牌号。",
        "body_en": "{number}: which door?",
    }
    return CannedReply.objects.create(**(fields | said))


def test_it_is_filled_in_for_the_case(case):
    assert canned.words(reply(), case) == f"王女士您好，求助{case.number}（阿卡波糖）请补门牌号。"


def test_it_speaks_the_language_of_the_case_and_chinese_where_it_has_no_other(case):
    case.language = "en"
    assert canned.words(reply(), case) == f"{case.number}: which door?"
    assert "王女士" in canned.words(reply(name="b", body_en=""), case)


def test_its_own_categorys_come_first_others_not_at_all_and_as_many_as_there_are_keys(case):
    general = reply()
    own = reply(name="own", category=case.category)
    reply(name="other", category=CategoryFactory(slug="food"))
    reply(name="off", active=False)
    assert canned.of(case) == [own, general]
    for n in range(12):
        reply(name=str(n))
    assert len(canned.of(case)) == canned.MOST_KEYS


def test_one_key_of_the_thread_brings_the_words_and_sending_does_what_goes_along(client: Client, case):
    asked = reply(then="hold")
    client.force_login(UserFactory())
    page = client.get(reverse("cases:case", args=[case.number])).content.decode()
    assert f'data-canned="{asked.pk}"' in page
    assert 'data-key="Alt+1"' in page
    words = canned.words(asked, case)
    client.post(reverse("cases:case-text", args=[case.number]), {"body": words, "key": "k", "reply": str(asked.pk)})
    assert Message.objects.filter(direction="out", body=words).count() == 1
    case.refresh_from_db()
    assert (case.state, case.hold_reason) == ("on_hold", "resident")


def test_words_of_ones_own_do_nothing_more(client: Client, case):
    reply(then="hold")
    client.force_login(UserFactory())
    client.post(reverse("cases:case-text", args=[case.number]), {"body": "您好", "key": "k", "reply": ""})
    case.refresh_from_db()
    assert case.state == "new"


def test_a_placeholder_that_nobody_fills_in_is_refused_in_the_admin(client: Client, case):
    client.force_login(UserFactory(role="supervisor", is_staff=True))
    said = {"name": "x", "name_en": "", "category": "", "body": "{nobody}", "body_en": "", "then": "", "order": "1"}
    add = "/admin/cases/cannedreply/add/"
    assert "Nobody fills in" in client.post(add, said).content.decode()
    assert client.post(add, said | {"body": "{number}", "active": "on"}).status_code == 302
