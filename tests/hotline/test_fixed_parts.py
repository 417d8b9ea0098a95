"""What a template says in every request alike is joined when it is loaded; what it shows stays the same."""

import pytest
from django.template import Context, Engine
from django.template.loader import get_template
from django.utils import translation

from hotline.fixed_parts import Fixed

LOAD = "{% load i18n %}"
WORDS = {
    "page.html": (
        LOAD + "<h1>{% translate 'Note' %}</h1>{% if on %}<b>{% translate 'Address' %}</b> {{ name }}"
        "{% else %}<i>{% translate 'Level' %}</i>{% endif %}{% for one in many %}<u>{% translate 'Needs' %}</u>{% endfor %}"
    ),
    "base.html": LOAD + "<p>{% translate 'Note' %}</p>{% block inside %}<b>{% translate 'Level' %}</b>{% endblock %}",
    "child.html": (
        "{% extends 'base.html' %}{% load i18n %}"
        "{% block inside %}{{ block.super }}<i>{% translate 'Address' %}</i>{% endblock %}"
    ),
    "kept.html": (
        LOAD + "<p>{% translate 'Note' as word %}{{ word }}, {% translate 'note'|upper %}, {% translate said %}</p>"
    ),
    "signs.html": LOAD + "<p>{% translate '<5 & 100%' %}</p>",
}
SAID = {"on": True, "name": "<王>", "many": [1, 2], "said": "Level"}


def engines() -> tuple[Engine, Engine]:
    plain = ("django.template.loaders.locmem.Loader", WORDS)
    libraries = {"i18n": "django.templatetags.i18n"}
    joined = Engine(loaders=[("hotline.fixed_parts.Loader", [plain])], libraries=libraries)
    return Engine(loaders=[plain], libraries=libraries), joined


@pytest.mark.parametrize("name", WORDS)
def test_a_joined_template_shows_what_it_showed_before_in_either_language(name: str) -> None:
    plain, joined = engines()
    for language in ("zh-hans", "en", "zh-hans"):
        for given in (SAID, SAID | {"on": False}):
            with translation.override(language):
                shown = joined.get_template(name).render(Context(given))
                assert shown == plain.get_template(name).render(Context(given))


def test_words_and_the_markup_beside_them_are_one_piece() -> None:
    _plain, joined = engines()
    first, condition, loop = joined.get_template("page.html").nodelist
    assert isinstance(first, Fixed)
    assert [type(node) for node in condition.conditions_nodelists[1][1]] == [Fixed]
    assert [type(node) for node in loop.nodelist_loop] == [Fixed]


def test_the_pages_of_the_hotline_are_loaded_so() -> None:
    form = get_template("cases/desk/form.html").template  # type: ignore[attr-defined]
    assert form.nodelist.get_nodes_by_type(Fixed)
