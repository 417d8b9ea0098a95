"""Every word people see is there in Chinese, and the catalogue is what the code says."""

import re
from pathlib import Path

import pytest
from babel.messages import Catalog

from hotline import catalogue


@pytest.fixture(scope="module")
def found() -> Catalog:
    return catalogue.spoken_in_code()


@pytest.fixture(scope="module")
def chinese() -> Catalog:
    return catalogue.read(catalogue.file())


def test_no_word_lacks_its_chinese(found: Catalog, chinese: Catalog) -> None:
    assert catalogue.untranslated(found, chinese) == [], "translate them, then run `manage.py makemessages`"


def test_the_catalogue_holds_nothing_that_nobody_says(found: Catalog, chinese: Catalog) -> None:
    said = {(catalogue.msgid(message), message.context) for message in found if message.id}
    kept = {(catalogue.msgid(message), message.context) for message in chinese if message.id}
    assert kept - said == set(), "run `manage.py makemessages`"


def test_words_are_found_in_python_and_in_templates(found: Catalog) -> None:
    assert found.get("text message") is not None
    assert found.get("Log out") is not None


def test_no_word_of_the_scripts_lacks_its_chinese() -> None:
    root = Path(__file__).resolve().parents[1]
    chinese = catalogue.read(catalogue.file().with_name("djangojs.po"))
    scripts = [path for package in catalogue.PACKAGES for path in (root / package).glob("static/**/*.js")]
    said = {
        words for path in scripts for words in re.findall(r'\bwords\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert said
    assert {words for words in said if not (known := chinese.get(words)) or not known.string} == set()


def test_a_translation_that_lost_a_placeholder_is_none() -> None:
    found, chinese = Catalog(), Catalog(locale="zh_Hans")
    found.add("%(agent)s has it")
    chinese.add("%(agent)s has it", "有人在办")
    assert catalogue.untranslated(found, chinese) == ["%(agent)s has it"]


def test_what_is_translated_already_survives_and_what_is_gone_goes() -> None:
    found, chinese = Catalog(), Catalog(locale="zh_Hans")
    found.add("close")
    chinese.add("close", "结案")
    chinese.add("an old word", "旧词")
    fresh = catalogue.brought_up(found, chinese)
    assert [(message.id, message.string) for message in fresh if message.id] == [("close", "结案")]
