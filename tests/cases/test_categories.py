"""Categories are data: the starting ones, what is active, and versions that never change."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from cases import categories
from cases.models import Category, CategoryVersion
from cases.triage import starting
from hotline.models import Skill

pytestmark = pytest.mark.django_db


def test_the_starting_categories_are_loaded_once_with_their_skills() -> None:
    categories.load()
    categories.load()
    assert [each.slug for each in categories.active()] == ["medicine", "infant", "elderly", "food", "transport"]
    assert {each.skill.slug for each in categories.active()} == set(starting.slugs())
    assert CategoryVersion.objects.count() == 5
    assert Skill.objects.filter(kind="subject").count() == 5


def test_the_keys_of_the_menu() -> None:
    categories.load()
    assert {each.slug: each.menu_key for each in categories.active()} == {
        "medicine": "1",
        "infant": "2",
        "elderly": "3",
        "food": "5",
        "transport": "6",
    }


def test_loading_again_keeps_what_a_supervisor_changed() -> None:
    categories.load()
    Category.objects.filter(slug="food").update(name="吃的")
    food = Category.objects.get(slug="food")
    categories.new_version(food, starting.rules("food") | {"default_level": 4}, None, "calmer")
    categories.load()
    food.refresh_from_db()
    assert food.name == "吃的"
    assert categories.version_of(food).rules["default_level"] == 4


def test_only_what_is_active_now_is_offered() -> None:
    categories.load()
    now = timezone.now()
    Category.objects.filter(slug="food").update(active_until=now - timedelta(hours=1))
    Category.objects.filter(slug="transport").update(active_from=now + timedelta(hours=1))
    assert [each.slug for each in categories.active()] == ["medicine", "infant", "elderly"]
    assert "transport" in [each.slug for each in categories.active(now + timedelta(hours=2))]


def test_a_change_of_rules_is_a_new_version_and_the_old_stays() -> None:
    categories.load()
    medicine = Category.objects.get(slug="medicine")
    first = categories.version_of(medicine)
    second = categories.new_version(medicine, starting.rules("medicine") | {"margin_hours": 6}, None, "tried")
    assert (first.version, second.version) == (1, 2)
    first.refresh_from_db()
    assert first.rules["margin_hours"] == 12
    assert categories.version_of(medicine) == second


def test_a_category_without_rules_gets_what_holds_for_all() -> None:
    pets = Category.objects.create(slug="pets", name="宠物")
    assert categories.version_of(pets).rules["questions"]
    assert categories.version_of(pets).version == 1


@pytest.mark.parametrize("slug", starting.slugs())
def test_the_starting_rules_can_be_used(slug: str) -> None:
    assert categories.problems(starting.rules(slug)) == []


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"questions": [{"slug": "a", "type": "colour", "zh": "甲", "en": "a"}]}, "no known type"),
        ({"questions": [{"slug": "a", "type": "choice", "zh": "甲", "en": "a"}]}, "nothing to choose from"),
        ({"questions": [{"slug": "a", "type": "text", "zh": "甲", "en": "a"}] * 2}, "twice"),
        ({"questions": [{"slug": "a", "type": "text", "zh": "甲"}]}, "both languages"),
        ({"rules": [{"slug": "r", "level": 9, "zh": "甲", "en": "a", "if": {}}]}, "level from 1 to 5"),
        ({"rules": [{"slug": "r", "level": 2, "zh": "甲", "en": "a", "if": {"fact": "moon", "is": 1}}]}, "moon"),
        ({"targets": {"1": {"contact": 90}, "2": {"contact": 30}}}, "shorter for a lesser level"),
        ({"targets": {"1": {"contact": 0}}}, "above 0"),
    ],
)
def test_rules_that_could_not_be_used_are_refused_in_words(rules: dict, words: str) -> None:
    category = Category.objects.create(slug="new", name="新")
    with translation.override("en"), pytest.raises(categories.BadRules, match=words):
        categories.new_version(category, rules, None, "")
