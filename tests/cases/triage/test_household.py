"""Ages and vulnerabilities, read from the words."""

import pytest

from cases.triage import household
from cases.triage.text import normal


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("老人独居", "lives_alone"),
        ("92岁", "over_80"),
        ("九十多岁的奶奶", "over_80"),
        ("耄耋老人", "over_80"),
        ("怀孕七个月", "pregnant"),
        ("瘫痪在床", "bedridden"),
        ("打诺和锐", "insulin"),
        ("腹透病人", "dialysis"),
        ("在家吸氧", "oxygen_at_home"),
        ("正在化疗", "chemotherapy"),
        ("盲人", "disability"),
        ("宝宝5个月", "infant_under_6_months"),
        ("刚出生的宝宝", "infant_under_6_months"),
    ],
)
def test_is_read(words: str, slug: str) -> None:
    assert slug in household.read(normal(words)).vulnerabilities


@pytest.mark.parametrize(
    "words", ["不是独居", "没有怀孕", "今年30岁", "宝宝一岁半", "断药五个月", "封了三个月", "隔离90天"]
)
def test_is_not_read(words: str) -> None:
    assert household.read(normal(words)).vulnerabilities == []


@pytest.mark.parametrize(
    ("words", "age"), [("76岁", 76), ("八十三岁", 83), ("爷爷92岁，孙子3岁", 92), ("年近九十", 90)]
)
def test_the_oldest_age(words: str, age: int) -> None:
    assert household.read(normal(words)).age == age


@pytest.mark.parametrize(
    ("words", "months"),
    [("5个月宝宝", 5), ("宝宝刚满月", 1), ("女儿八个月", 8), ("新生儿", 0), ("宝宝一岁半", 18), ("婴儿二十天", 0)],
)
def test_the_age_of_an_infant_in_months(words: str, months: int) -> None:
    assert household.read(normal(words)).infant_months == months


def test_the_week_of_pregnancy() -> None:
    assert household.read("孕38周").pregnant_week == 38
