"""The worked examples of triage, from the words said to the level, its reason and the two times."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases import priority, triage
from cases.triage import starting

CITY = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2022, 4, 4, 10, tzinfo=CITY)

EXAMPLES = [
    (
        "男宝5个月，奶粉只够两顿了，最后一顿晚上8点，牛奶蛋白过敏",
        "infant",
        2,
        "no_substitute",
        MONDAY.replace(hour=18),
        0,
    ),
    ("腹膜透析液，最后一袋今晚用", "medicine", 1, "dialysis_missed", MONDAY.replace(hour=14), 0),
    ("76岁独居，胰岛素还能用两天", "medicine", 2, "insulin_alone", MONDAY + timedelta(days=1), 30),
    ("艾司西酞普兰还剩三天的量", "medicine", 3, "mental_no_break", MONDAY + timedelta(hours=60), 240),
    ("阿普唑仑断药五天了，人发抖", "medicine", 2, "withdrawal", MONDAY + timedelta(days=1), 30),
    ("92岁老人独居，没有牙，面包牛奶只够明天", "elderly", 2, "elder_alone_food", MONDAY + timedelta(days=1), 30),
    ("卫生巾用完了", "food", 3, "hygiene_out", MONDAY + timedelta(days=3), 240),
    ("猫粮还够两天", "food", 4, "pet", MONDAY + timedelta(days=7), 1440),
]


@pytest.mark.parametrize(("words", "category", "level", "reason", "needed_by", "minutes"), EXAMPLES)
def test_a_worked_example(
    words: str, category: str, level: int, reason: str, needed_by: datetime, minutes: int
) -> None:
    rules = starting.rules(category)
    reading = triage.read(words, at=MONDAY)
    judged = triage.judge(category=rules, reading=reading, at=MONDAY)
    times = priority.times(
        level=judged.level,
        created_at=MONDAY,
        supply_ends_at=reading.supply_ends_at,
        version=rules,
        vulnerabilities=judged.vulnerabilities,
    )
    assert judged.level == level
    assert reason in [each["slug"] for each in judged.reasons if each["level"] == level]
    assert times.needed_by == needed_by
    assert times.due_at <= MONDAY + timedelta(minutes=minutes)


def test_an_offer_of_a_controlled_drug_is_no_need_and_may_not_be_passed_on() -> None:
    reading = triage.read("我有22片阿普唑仑可以送人", at=MONDAY)
    judged = triage.judge(reading=reading, at=MONDAY)
    assert reading.kind == "offer"
    assert judged.level == 5
    assert [each["slug"] for each in judged.reasons] == ["offer", "controlled_offer"]


def test_urgent_words_and_nothing_else_are_asked_about_within_half_an_hour() -> None:
    reading = triage.read("什么都很急！！！极紧急", at=MONDAY)
    judged = triage.judge(reading=reading, at=MONDAY)
    assert reading.kind == "unclear"
    assert reading.stated_urgency == "extreme"
    assert [each["slug"] for each in judged.reasons] == ["unknown"]
    assert priority.times(level=judged.level, created_at=MONDAY).due_at == MONDAY + timedelta(minutes=30)
