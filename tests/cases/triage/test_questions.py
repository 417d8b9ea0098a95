"""The questions of a category: asked in order, some only after an answer, some before a move."""

import pytest
from django.utils import translation

from cases.triage import missing, questions, starting
from cases.triage.conditions import BadCondition, check, holds

MEDICINE, INFANT, ELDERLY = (starting.rules(slug) for slug in ("medicine", "infant", "elderly"))


def slugs(rules, answers=None, facts=None) -> list[str]:
    return [each.slug for each in questions(rules, answers, facts)]


def test_stand_in_their_order_with_those_for_everyone_last() -> None:
    asked = slugs(MEDICINE)
    assert asked[0] == "for_age"
    assert asked.index("days_left") < asked.index("prescription") < asked.index("gate")


def test_a_question_is_asked_only_when_its_condition_holds() -> None:
    assert "weeks" not in slugs(INFANT)
    assert "weeks" in slugs(INFANT, {"pregnant_now": "yes"})


def test_what_was_read_or_known_opens_a_question() -> None:
    assert "self_harm" not in slugs(MEDICINE)
    assert "self_harm" in slugs(MEDICINE, facts={"groups": ["mental_health"]})


def test_an_answer_stands_in_its_question() -> None:
    asked = {each.slug: each for each in questions(ELDERLY, {"alone": "yes"})}
    assert asked["alone"].value == "yes"
    assert asked["alone"].answered
    assert not asked["walks"].answered


def test_yes_and_no_can_be_not_known() -> None:
    asked = {each.slug: each for each in questions(ELDERLY)}
    assert [value for value, _label in asked["alone"].choices] == ["yes", "no", "unknown"]


def test_speaks_the_language_of_the_page() -> None:
    with translation.override("en"):
        assert questions(MEDICINE)[0].label == "for whom, what age"
        assert questions(MEDICINE)[0].unit == "years"
    with translation.override("zh-hans"):
        assert questions(MEDICINE)[0].label.startswith("给谁用")


def test_what_must_be_answered_before_a_move() -> None:
    assert [each.slug for each in missing(MEDICINE, {}, "source")] == ["prescription"]
    assert missing(MEDICINE, {"prescription": "photo"}, "source") == []


def test_no_category_asks_nothing() -> None:
    assert questions(None) == []


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({}, True),
        ({"fact": "hours", "at_most": 24}, True),
        ({"fact": "hours", "below": 12}, False),
        ({"fact": "groups", "has": ["insulin", "heart"]}, True),
        ({"fact": "alone", "is": True}, True),
        ({"fact": "nobody_knows", "is": "yes"}, False),
        ({"fact": "nobody_knows", "known": False}, True),
        ({"not": {"fact": "alone", "is": "yes"}}, False),
        ({"all": [{"fact": "alone", "is": "yes"}, {"fact": "hours", "above": 100}]}, False),
        ({"any": [{"fact": "alone", "is": "no"}, {"fact": "hours", "at_least": 12}]}, True),
    ],
)
def test_a_condition(condition: dict, expected: bool) -> None:
    assert holds(condition, {"hours": "12", "groups": ["insulin"], "alone": "yes"}) is expected


@pytest.mark.parametrize(
    "condition", [[], {"fact": "hours"}, {"fact": "who", "is": 1}, {"any": {}}, {"fact": "hours", "like": 1}]
)
def test_a_condition_that_could_never_be_judged_is_refused(condition: object) -> None:
    with pytest.raises(BadCondition):
        check(condition, {"hours"}, "here")
