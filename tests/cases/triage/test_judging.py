"""How levels come about: the agent's word before the text's, every rule that holds as a reason, the most urgent first."""

from datetime import UTC, datetime, timedelta

from cases.triage import Line, judge, read, starting

NOW = datetime(2022, 4, 4, 2, tzinfo=UTC)
MEDICINE, INFANT, ELDERLY, TRANSPORT = (starting.rules(slug) for slug in ("medicine", "infant", "elderly", "transport"))


def slugs(judged) -> list[str]:
    return [each["slug"] for each in judged.reasons]


def test_a_red_flag_in_the_words_is_level_one() -> None:
    judged = judge(category=MEDICINE, reading=read("降压药没了，胸口疼", at=NOW), at=NOW)
    assert judged.level == 1
    assert slugs(judged)[0] == "chest_pain"


def test_a_red_flag_raised_by_an_answer_is_level_one() -> None:
    judged = judge(category=MEDICINE, answers={"self_harm": "yes"}, needs=["来士普"], at=NOW)
    assert judged.level == 1
    assert [flag.slug for flag in judged.red_flags] == ["suicide"]


def test_days_left_as_answered_go_before_what_the_words_say() -> None:
    reading = read("胰岛素还够十天", at=NOW)
    assert judge(category=MEDICINE, reading=reading, at=NOW).level == 3
    assert judge(category=MEDICINE, reading=reading, answers={"days_left": "1"}, at=NOW).level == 2


def test_needs_may_be_names_lines_or_mappings() -> None:
    for need in ("诺和锐", Line(item="诺和锐"), {"item": "诺和锐"}):
        judged = judge(category=MEDICINE, needs=[need], vulnerabilities=["lives_alone"], at=NOW)
        assert "insulin_alone" in slugs(judged)


def test_what_is_found_out_about_the_household_is_given_back() -> None:
    judged = judge(category=ELDERLY, answers={"alone": "yes"}, age=85, needs=["来得时"], at=NOW)
    assert judged.vulnerabilities == ["over_80", "lives_alone", "insulin"]


def test_an_infants_age_as_answered_decides_who_is_vulnerable() -> None:
    judged = judge(category=INFANT, infant_months=4, needs=["奶粉"], at=NOW)
    assert judged.vulnerabilities == ["infant_under_6_months"]


def test_no_formula_and_no_breast_milk_is_now() -> None:
    answers = {"feeds_left": "0", "breast_milk": "no", "baby_months": "3"}
    assert judge(category=INFANT, answers=answers, needs=["奶粉"], at=NOW).level == 1


def test_clinical_rules_hold_in_every_category_and_in_none() -> None:
    reading = read("外公抗排异药明天就没了", at=NOW)
    assert "transplant_out" in slugs(judge(category=ELDERLY, reading=reading, at=NOW))
    assert "transplant_out" in slugs(judge(reading=reading, at=NOW))


def test_the_usual_level_when_no_rule_holds() -> None:
    judged = judge(category=TRANSPORT, reading=read("需要车辆", at=NOW), at=NOW)
    assert (judged.level, slugs(judged)) == (3, ["usual"])


def test_every_reason_is_in_both_languages() -> None:
    judged = judge(category=MEDICINE, reading=read("癫痫药断了", at=NOW), at=NOW)
    assert all(each["zh"] and each["en"] for each in judged.reasons)


def test_reasons_stand_with_the_deciding_ones_first() -> None:
    judged = judge(category=MEDICINE, reading=read("胰岛素没了，独居，透析液明天就没了", at=NOW), at=NOW)
    levels = [each["level"] for each in judged.reasons]
    assert levels == sorted(levels)
    assert judged.level == levels[0]


def test_a_suggested_level_raises_and_never_lowers() -> None:
    plain = read("需要车辆", at=NOW)
    assert judge(category=TRANSPORT, reading=plain, at=NOW, suggested=2).level == 2
    urgent = read("断药三天，胰岛素", at=NOW)
    assert judge(category=MEDICINE, reading=urgent, at=NOW, suggested=4).level == 2


def test_supplies_that_ended_before_count_as_run_out() -> None:
    judged = judge(category=MEDICINE, needs=["德巴金"], supply_ends_at=NOW - timedelta(hours=5), at=NOW)
    assert "seizure_drug_out" in slugs(judged)


def test_nonsense_in_an_answer_is_no_answer() -> None:
    assert judge(category=MEDICINE, answers={"days_left": "不知道"}, at=NOW).level == 3
