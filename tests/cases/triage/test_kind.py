"""A need, an offer, a complaint, a question about permits, or not clear."""

from datetime import UTC, datetime

import pytest

from cases.triage import read

NOW = datetime(2022, 4, 4, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("胰岛素没了", "need"),
        ("急需蔬菜，居委会不管", "need"),
        ("要去医院化疗，没有通行证", "need"),
        ("想买奶粉，有需要出的联系我", "need"),
        ("我家多了两罐奶粉，可以送给需要的宝宝", "offer"),
        ("免费提供心理咨询", "offer"),
        ("I have two boxes of insulin to give", "offer"),
        ("居委会不作为，我要投诉", "complaint"),
        ("楼里阳性五天没转运，没人消杀", "complaint"),
        ("开车回老家怎么办通行证", "permit"),
        ("极紧急！！！", "unclear"),
        ("你好", "unclear"),
        ("。。。", "unclear"),
        ("", "unclear"),
    ],
)
def test_kind(words: str, kind: str) -> None:
    assert read(words, at=NOW).kind == kind


def test_a_red_flag_is_a_need_whatever_else_is_said() -> None:
    assert read("投诉！老人昏过去了没人管", at=NOW).kind == "need"


@pytest.mark.parametrize(
    ("words", "stated"),
    [("极紧急", "extreme"), ("急需大米", "urgent"), ("较急", "fairly"), ("不着急，有空再送", "none"), ("大米一袋", "")],
)
def test_the_urgency_as_stated(words: str, stated: str) -> None:
    assert read(words, at=NOW).stated_urgency == stated


def test_the_district_somebody_is_in_comes_before_where_they_go() -> None:
    assert read("去浦东机场，人在杨浦", at=NOW).district == "yangpu"
    assert read("浦東新區", at=NOW).district == "pudong"
