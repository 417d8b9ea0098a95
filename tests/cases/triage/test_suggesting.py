"""The suggestion from the words alone: category, level, how sure, and the words that led to it."""

from pathlib import Path

import pytest

from cases.triage import features, model, phrases, suggest, training
from cases.triage.evaluation import calibration, evaluate, f1, is_held_out, split, weighted_kappa
from cases.triage.suggesting import by_keywords


@pytest.mark.parametrize(
    ("words", "category"),
    [
        ("糖尿病人胰岛素没了，只剩两天", "medicine"),
        ("抗抑郁的药吃完了", "medicine"),
        ("八个月宝宝奶粉快喝完了", "infant"),
        ("独居老人没人送饭", "elderly"),
        ("家里没菜了，想要土豆和鸡蛋", "food"),
        ("送母亲去肿瘤医院化疗，没有车", "transport"),
        ("投诉居委会不作为", ""),
        ("可以免费提供蔬菜，需要的联系我", ""),
    ],
)
def test_category(words: str, category: str) -> None:
    assert suggest(words).category == category


def test_names_the_words_that_led_to_it() -> None:
    found = suggest("糖尿病，胰岛素只剩两天")
    assert any("胰岛素" in word for word in found.words)
    assert 0.5 < found.confidence <= 1


def test_the_level_is_that_of_the_rules_where_they_speak() -> None:
    assert suggest("孕妇大出血").level == 1
    assert suggest("猫粮还够两天").level == 4


def test_what_lasts_for_long_is_not_raised() -> None:
    assert suggest("降压药厄贝沙坦还能吃十天，不着急").level >= 3


@pytest.mark.parametrize("words", ["", "   ", "?!", "😀😀", "x" * 5000, "\x00", "〔电话〕"])
def test_any_text_gets_some_answer(words: str) -> None:
    found = suggest(words)
    assert found.level in (1, 2, 3, 4, 5)
    assert 0 <= found.confidence <= 1


def test_keywords_alone_propose_too() -> None:
    assert by_keywords("宝宝奶粉没了").category == "infant"
    assert by_keywords("").category == ""


def test_our_own_phrases_are_the_same_for_the_same_seed() -> None:
    assert list(phrases.make(20, seed=3)) == list(phrases.make(20, seed=3))
    assert list(phrases.make(20, seed=3)) != list(phrases.make(20, seed=4))


@pytest.mark.parametrize("row", list(phrases.make(300, seed=5)), ids=str)
def test_no_phrase_keeps_a_slot(row: phrases.Labelled) -> None:
    assert "{" not in str(row["text"])
    assert row["level"] in (1, 2, 3, 4, 5)


def test_a_model_learns_what_it_is_shown_and_is_the_same_when_read_back(tmp_path: Path) -> None:
    trained = training.train(phrases.make(500), about={"phrases": 500})
    model.save(trained, tmp_path / "model.json")
    again = model.read(tmp_path / "model.json")
    assert again == trained
    found = features.of("需要奶粉和尿不湿")
    categories, _levels = again.judge(found)
    assert again.categories[categories.index(max(categories))] == "infant"


def test_the_side_of_the_split_is_the_text_s_own() -> None:
    rows = list(phrases.make(400))
    train, judge = split(rows)
    assert len(train) + len(judge) == 400
    assert 0.1 < len(judge) / 400 < 0.3
    assert all(is_held_out(str(row["text"])) for row in judge)


def test_figures_of_a_perfect_and_of_a_blind_proposal() -> None:
    rows = list(phrases.make(100))
    truth = {row["text"]: row for row in rows}

    def perfect(text: str) -> object:
        return by_keywords("").__class__(str(truth[text]["category"]), 1.0, int(truth[text]["level"]))

    best = evaluate(rows, perfect)
    assert (best.macro_f1, best.kappa, best.urgent_recall, best.calibration_error) == (1, 1, 1, 0)
    blind = evaluate(rows, lambda _text: by_keywords(""))
    assert blind.kappa == pytest.approx(0)
    assert blind.now_recall == 0


def test_weighted_kappa_counts_a_far_miss_more() -> None:
    from collections import Counter

    near = Counter({(1, 2): 5, (1, 1): 5, (4, 4): 10})
    far = Counter({(1, 4): 5, (1, 1): 5, (4, 4): 10})
    assert weighted_kappa(near) > weighted_kappa(far)


def test_calibration_is_the_gap_between_sure_and_right() -> None:
    error, bins = calibration([(0.95, True)] * 5 + [(0.95, False)] * 5)
    assert error == pytest.approx(0.45)
    assert bins[0][2] == 10


def test_f1_of_a_category_never_proposed_is_nothing() -> None:
    from collections import Counter

    assert f1(Counter({("food", "medicine"): 3, ("medicine", "medicine"): 3})) == {
        "food": 0,
        "medicine": pytest.approx(2 / 3),
    }
