"""How long it lasts, read from the words."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.triage import supply
from cases.triage.text import normal

CITY = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2022, 4, 4, 10, tzinfo=CITY)


def read(words: str, *, infant: bool = False) -> supply.Supply:
    return supply.read(normal(words), at=MONDAY, infant=infant)


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("缬沙坦 3盒，还剩两天", 48),
        ("药能维持一周", 168),
        ("只剩一天药量", 24),
        ("还能吃三天", 72),
        ("只能维持2-3天", 48),
        ("还剩6片，一天两片", 72),
        ("药只够十二天", 288),
        ("insulin left for 2 days", 48),
        ("奶粉还够半个月", 360),
    ],
)
def test_an_end_is_reckoned(words: str, hours: int) -> None:
    assert read(words).ends_at == MONDAY + timedelta(hours=hours)


def test_the_last_feed_at_a_time_of_day() -> None:
    assert read("最后一顿晚上8点", infant=True).ends_at == MONDAY.replace(hour=20)


def test_feeds_of_an_infant_are_closer_together_than_meals() -> None:
    assert read("只够喝三顿了", infant=True).ends_at == MONDAY + timedelta(hours=12)


def test_tonight_lasts_until_the_morning() -> None:
    assert read("最后一袋今晚用").ends_at == datetime(2022, 4, 5, 6, tzinfo=CITY)


def test_enough_for_tomorrow_lasts_until_its_end() -> None:
    assert read("面包只够明天").ends_at == datetime(2022, 4, 6, tzinfo=CITY)


@pytest.mark.parametrize(
    "words", ["已断药", "药吃完了", "家里没米了", "奶粉没了", "今天已经断粮了", "用药已断", "家里没有药", "ran out"]
)
def test_what_has_run_out(words: str) -> None:
    assert read(words).ran_out
    assert read(words).ends_at is None


@pytest.mark.parametrize(
    "words", ["快断药了", "即将断药", "药马上吃完", "快无针剂", "怕断药", "不能断药", "药要断了", "没人管", "没办法了"]
)
def test_what_has_not_run_out_yet(words: str) -> None:
    assert not read(words).ran_out


@pytest.mark.parametrize("words", ["快断药了", "即将断药", "药马上吃完", "快没吃的了", "所剩不多"])
def test_what_is_nearly_out(words: str) -> None:
    assert read(words).nearly_out


@pytest.mark.parametrize(
    ("words", "days"), [("断药五天了", 5), ("停药一周", 7), ("三天没吃药了", 3), ("已断药半个月", 15)]
)
def test_since_when_it_is_gone(words: str, days: int) -> None:
    assert read(words).out_since == MONDAY - timedelta(days=days)


@pytest.mark.parametrize("words", ["封了20天", "隔离14天", "住院三天", "核酸48小时", "要3盒", "预约明天9点"])
def test_other_spans_are_no_supply(words: str) -> None:
    found = read(words)
    assert found.ends_at is None
    assert not found.ran_out
