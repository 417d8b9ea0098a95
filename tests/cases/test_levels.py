"""How levels look and sound: safe by default, never a colour alone."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.template import Context, Template
from django.urls import reverse
from django.utils.translation import override

from cases import levels
from cases.models import LevelLook
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """The words of these tests are those of the code."""
    settings.LANGUAGE_CODE = "en"
    with override("en"):
        yield


@pytest.fixture(autouse=True)
def nothing_kept():
    levels.changed()
    yield
    levels.changed()


def look(**said):
    fields = {"level": 2, "word": "今天办", "word_en": "by tonight", "colour": "#ffd400", "sound": "soft"} | said
    made = LevelLook.objects.create(**fields)
    levels.changed()
    return made


def shown(level):
    return Template("{% load desk %}{% level value %}").render(Context({"value": level}))


def test_without_a_word_of_anybody_the_safe_ones_stand(db):
    assert levels.style_sheet() == ""
    assert levels.sound(1) == "urgent"
    assert "today" in shown(2)


def test_what_was_set_is_shown_with_digit_and_word(db):
    look()
    assert "by tonight" in shown(2)
    assert "<b>2</b>" in shown(2)
    assert "--level-2: #ffd400" in levels.style_sheet()
    assert levels.sound(2) == "soft"
    assert "in days" in shown(3)


@pytest.mark.parametrize("colour", ["#ffd400", "#101010", "#7f7f7f", "#b8202a", "#00aa00"])
def test_the_ink_can_be_read_on_any_colour(colour):
    assert levels.contrast(colour, levels.ink_on(colour)) >= levels.READABLE


def test_a_look_without_a_word_is_refused_by_the_database(db):
    with pytest.raises(IntegrityError):
        look(word_en="")


def test_a_colour_is_a_colour(db):
    with pytest.raises(ValidationError):
        LevelLook(level=1, word="x", word_en="x", colour="red", sound="none").full_clean()


def test_two_levels_are_told_apart_by_their_colours_too(client, db):
    look()
    client.force_login(UserFactory(role="supervisor", is_staff=True))
    said = {"level": 3, "word": "几天内", "word_en": "in days", "colour": "#ffd500", "sound": "plain"}
    assert "too much like" in client.post("/admin/cases/levellook/add/", said).content.decode()
    assert client.post("/admin/cases/levellook/add/", said | {"colour": "#1f5fa6"}).status_code == 302


def test_every_page_of_the_staff_asks_for_the_colours(client, line):
    client.force_login(UserFactory())
    address = reverse("cases:levels-css")
    assert address in client.get(reverse("cases:search")).content.decode()
    look()
    assert "#ffd400" in client.get(address).content.decode()
