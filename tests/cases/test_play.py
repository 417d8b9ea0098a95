"""`manage.py play`: reading a scenario and spreading it over time and telephones."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cases.demo import scenario
from cases.demo.player import LONGEST_SENTENCE, sentences

DESK_PHONES = "+8621500000"


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def to_file(*rows: dict[str, Any]) -> Path:
        file = tmp_path / "requests.jsonl"
        lines = [
            json.dumps({"id": n, "at": f"2022-04-11 10:{n:02}:00", "text": f"需要 {n}"} | row)
            for n, row in enumerate(rows)
        ]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    return to_file


def test_requests_come_in_the_order_of_their_times(write: Any) -> None:
    file = write({"at": "2022-04-11 12:00:00"}, {"at": "2022-04-11 09:00:00"})
    assert [request.id for request in scenario.read(file)] == ["1", "0"]


def test_the_gaps_between_requests_shrink_by_the_speed(write: Any) -> None:
    requests = scenario.read(write({"at": "2022-04-11 09:00:00"}, {"at": "2022-04-11 10:00:00"}))
    assert scenario.due_seconds(requests, 3600) == [0, 1]


def test_limit_takes_the_first_lines(write: Any) -> None:
    assert len(scenario.read(write({}, {}, {}), limit=2)) == 2


def test_nothing_of_what_was_said_is_lost(write: Any) -> None:
    row = {"urgency": "极紧急", "district": "杨浦区", "summary": "断药", "text": "妈妈的降压药\n只剩一天"}
    body = scenario.read(write(row))[0].body
    assert all(words in body for words in row.values())


def test_what_the_text_says_itself_is_not_said_again(write: Any) -> None:
    body = scenario.read(write({"district": "杨浦区", "summary": "断药", "text": "杨浦区，断药两天"}))[0].body
    assert body == "杨浦区，断药两天"


def test_a_field_that_is_missing_null_or_no_number_is_nothing(write: Any) -> None:
    body = scenario.read(write({"district": float("nan"), "summary": None, "text": "要奶粉"}))[0].body
    assert body == "要奶粉"


def test_each_request_has_a_telephone_of_its_own_that_stays_the_same(write: Any) -> None:
    file = write(*[{}] * 50)
    first, again = scenario.read(file), scenario.read(file)
    assert len({request.number for request in first}) == 50
    assert [request.number for request in first] == [request.number for request in again]


def test_invented_numbers_are_mobile_numbers_and_no_desk_phones() -> None:
    numbers = [scenario.number_of(str(n)) for n in range(3000)]
    assert all(number.startswith("+8613") and len(number) == 14 for number in numbers)
    assert not any(number.startswith(DESK_PHONES) for number in numbers)


def test_a_follow_up_comes_from_the_telephone_of_the_first(write: Any) -> None:
    first, second, third = scenario.read(
        write({"id": "a"}, {"id": "b", "follow_up": "a"}, {"id": "c", "follow_up": "b"})
    )
    assert first.number == second.number == third.number


def test_a_follow_up_whose_first_is_cut_off_by_the_limit_keeps_its_telephone(write: Any) -> None:
    whole = scenario.read(write({"id": "a"}, {"id": "b", "follow_up": "a"}))
    alone = scenario.read(write({"id": "b", "follow_up": "a"}))
    assert alone[0].number == whole[1].number


def test_one_person_can_ask_twice(write: Any) -> None:
    one, two, other = scenario.read(write({"from": "daughter"}, {"from": "daughter"}, {"from": "son"}))
    assert one.number == two.number != other.number


def test_a_short_code_can_only_text_and_a_withheld_number_only_call(write: Any) -> None:
    advert, hidden = scenario.read(write({"from": "99001"}, {"from": "anonymous"}))
    assert not advert.by_call("call")
    assert hidden.by_call("sms")


def test_a_mixed_play_is_mixed_and_the_same_each_time(write: Any) -> None:
    file = write(*[{}] * 50)
    ways = [request.by_call("mixed") for request in scenario.read(file)]
    assert {True, False} == set(ways)
    assert ways == [request.by_call("mixed") for request in scenario.read(file)]


def test_the_line_may_say_how_somebody_comes(write: Any) -> None:
    spoken, written = scenario.read(write({"voice": True}, {"voice": False}))
    assert spoken.by_call("sms")
    assert not written.by_call("call")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("宝宝五个月，奶粉没了", "infant"),
        ("要去医院透析", "transport"),
        ("86岁独居", "elderly"),
        ("没米了", "food"),
        ("氯沙坦一盒", "medicine"),
    ],
)
def test_a_caller_presses_the_key_for_what_is_needed(write: Any, words: str, wanted: str) -> None:
    assert scenario.read(write({"text": words}))[0].wanted == wanted


def test_the_same_words_twice_from_one_telephone_are_two_things(write: Any) -> None:
    requests = scenario.read(write({"from": "x", "text": "在吗"}, {"from": "x", "text": "在吗"}))
    assert scenario.ordinals(requests, "sms") == {"0": 0, "1": 1}


def test_a_long_story_is_told_in_breaths_and_whole(write: Any) -> None:
    request = scenario.read(write({"text": "很长的话。" * 300}))[0]
    assert "".join(sentences(request)) == request.body
    assert max(map(len, sentences(request))) <= LONGEST_SENTENCE


@pytest.mark.parametrize(
    "row",
    [{"text": ""}, {"at": "gestern"}, {"id": "a", "follow_up": "a"}],
    ids=["silent", "timeless", "its own follow-up"],
)
def test_a_line_that_cannot_be_played_is_named(write: Any, row: dict[str, Any]) -> None:
    with pytest.raises(scenario.BadScenario):
        scenario.read(write(row))


def test_an_id_twice_is_refused(write: Any) -> None:
    with pytest.raises(scenario.BadScenario, match="twice"):
        scenario.read(write({"id": 7}, {"id": 7}))


def test_a_file_that_is_not_there_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"requests\.jsonl"):
        call_command("play", str(tmp_path / "requests.jsonl"))


def test_the_demo_scenario_is_a_day_with_a_surge_in_many_voices() -> None:
    requests = scenario.read(Path(scenario.__file__).parent / "requests.jsonl")
    hours = [request.at.hour for request in requests]
    assert len(requests) >= 140
    assert {request.at.date() for request in requests} == {requests[0].at.date()}
    assert hours.count(10) > 5 * hours.count(15)
    assert sum(bool(request.follow_up) for request in requests) >= 15
    assert max(len(request.body) for request in requests) > 900
    assert min(len(request.body) for request in requests) < 5
