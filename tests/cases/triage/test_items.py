"""Items with strength and quantity, read from the words."""

import pytest

from cases.triage import items
from cases.triage.text import normal


def read(words: str) -> list[tuple[str, str, float | None, str]]:
    return [(line.item, line.specification, line.quantity, line.unit) for line in items.read(normal(words))]


def test_item_and_quantity() -> None:
    assert read("缬沙坦 3盒，还剩两天") == [("缬沙坦", "", 3, "盒")]


def test_several_items_each_with_its_own() -> None:
    assert read("达格列净10mg*14片 3盒、瑞舒伐他汀钙片2盒") == [
        ("达格列净", "10mg*14片", 3, "盒"),
        ("瑞舒伐他汀钙片", "", 2, "盒"),
    ]


def test_the_quantity_may_stand_before() -> None:
    assert read("两罐爱他美") == [("爱他美", "", 2, "罐")]


def test_what_is_left_is_not_what_is_asked() -> None:
    assert read("优甲乐还剩5片") == [("优甲乐", "", None, "")]


def test_an_unknown_drug_is_read_by_its_form_or_its_stem() -> None:
    assert [item for item, *_rest in read("需要川蛭通络胶囊，还有伊班膦酸钠")] == ["川蛭通络胶囊", "伊班膦酸钠"]


def test_words_before_an_unknown_drug_are_not_part_of_it() -> None:
    assert [item for item, *_rest in read("家里老人急需培元通脑胶囊")] == ["培元通脑胶囊"]


def test_a_general_word_only_when_nothing_nearer_is_said() -> None:
    assert [item for item, *_rest in read("需要配药")] == ["配药"]
    assert [item for item, *_rest in read("配药，拜新同")] == ["拜新同"]


@pytest.mark.parametrize(
    ("words", "flag"),
    [("诺和锐", "cooling"), ("来得时", "injected"), ("氯硝西泮", "controlled"), ("德巴金", "prescription")],
)
def test_the_catalogue_knows(words: str, flag: str) -> None:
    assert getattr(items.read(words)[0], flag)


def test_the_catalogue_grows_with_what_was_learned() -> None:
    assert items.read("要灵通露一瓶") == []
    assert items.read("要灵通露一瓶", learned=["灵通露"])[0].item == "灵通露"


def test_single_signs_count_only_in_a_list() -> None:
    assert [item for item, *_rest in read("米、面、油")] == ["米", "面", "油"]
    assert read("请加油，面对困难") == []


def test_a_run_of_single_signs_is_a_list() -> None:
    assert [item for item, *_rest in read("米面油都要")] == ["米", "面", "油"]


def test_an_allergy_to_milk_is_no_wish_for_milk() -> None:
    assert [item for item, *_rest in read("牛奶蛋白过敏，要水解奶粉")] == ["水解奶粉"]


def test_two_hours_are_not_two_of_it() -> None:
    assert read("制氧机，说要等两个小时") == [("制氧机", "", None, "")]


def test_sizes_and_stages_are_specifications() -> None:
    assert read("爱他美2段3罐，尿不湿xl码两包") == [("爱他美", "2段", 3, "罐"), ("尿不湿", "xl码", 2, "包")]


def test_no_name_stands_twice_in_the_catalogue() -> None:
    listed = [name for known in items.names().values() for name in [known.name]]
    assert len(listed) == len(set(listed))
