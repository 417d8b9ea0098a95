"""A supervisor adds a category: it is everywhere at once."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from cases import categories
from cases.desk import fields
from cases.handlers import CaseHandlers
from cases.models import Case, Category
from hotline.models import Line
from tests.factories.hotline import UserFactory

NUMBER = "+8613812345678"


def filled(**said: object) -> dict[str, object]:
    return {
        "slug": "pet",
        "name": "宠物用药",
        "name_en": "Pet medicine",
        "spoken": "宠物用药",
        "spoken_en": "pet medicine",
        "menu_key": "7",
        "order": "60",
        "skill": "",
        "active_from_0": "2020-01-01",
        "active_from_1": "00:00:00",
        "active_until_0": "",
        "active_until_1": "",
        "usual_level": "4",
        "point_to_it": "猫粮，猫药",
        "add_questions": "choice | 什么动物 | what animal | 猫/cat, 狗/dog",
        "rules": "",
        "reason": "many ask",
    } | said


@pytest.fixture
def supervisor(client: Client, line: Line) -> Client:
    categories.load()
    client.force_login(UserFactory(role="supervisor", is_staff=True))
    return client


def add(client: Client, **said: object):
    return client.post(reverse("admin:cases_category_add"), filled(**said))


def test_it_is_at_once_in_the_form_the_menu_the_texts_and_the_queue_filter(supervisor: Client, text_in) -> None:
    assert add(supervisor).status_code == 302
    assert "pet" in [entry["slug"] for entry in fields.set_up().categories]
    assert "what_animal" in [question.slug for question in fields.questions({"category": "pet"})["questions"]]
    assert ("7", "pet") in [(entry.key, entry.slug) for entry in CaseHandlers().menu("zh-hans")]
    text_in(NUMBER, "家里没有猫药了，求购")
    case = Case.objects.get()
    assert case.category is not None
    assert (case.category.slug, case.level_reasons[0]["level"]) == ("pet", case.level)
    assert "宠物用药" in supervisor.get(reverse("cases:queue")).content.decode()


def test_a_preview_shows_it_and_saves_nothing(supervisor: Client) -> None:
    page = supervisor.post(reverse("admin:cases_category_preview"), filled()).content.decode()
    assert "宠物用药" in page
    assert "猫药" in page
    assert not Category.objects.filter(slug="pet").exists()


def test_what_cannot_be_used_is_said_and_not_saved(supervisor: Client) -> None:
    rules = json.dumps({"rules": [{"slug": "x", "level": 9, "zh": "甲", "en": "a", "if": {}}]})
    assert add(supervisor, rules=rules).status_code == 200
    assert add(supervisor, menu_key="9").status_code == 200
    assert add(supervisor, add_questions="riddle | 谜 | riddle").status_code == 200
    assert not Category.objects.filter(slug="pet").exists()
    page = supervisor.post(reverse("admin:cases_category_preview"), filled(rules=rules)).content.decode()
    assert "1" in page
    assert "猫药" not in page


def test_a_change_of_rules_is_a_new_version_and_a_change_of_name_is_none(supervisor: Client) -> None:
    add(supervisor)
    pet = Category.objects.get(slug="pet")
    change = reverse("admin:cases_category_change", args=[pet.pk])
    rules = json.dumps(categories.version_of(pet).rules, ensure_ascii=False)
    supervisor.post(change, filled(name="宠物药", add_questions="", rules=rules))
    assert pet.versions.count() == 1
    supervisor.post(change, filled(usual_level="3", add_questions="", rules=rules))
    assert categories.version_of(pet).rules["default_level"] == 3
    assert categories.version_of(pet).created_by


def test_an_agent_cannot_add_one(client: Client, line: Line) -> None:
    client.force_login(UserFactory(is_staff=True))
    assert add(client).status_code == 403
    assert client.post(reverse("admin:cases_category_preview"), filled()).status_code == 403
