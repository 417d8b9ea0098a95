from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from cases import status, waiting
from cases.lifecycle import CaseState
from tests.factories.cases import CaseFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 4, 6, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def test_a_new_case_is_told_by_when_somebody_calls(line):
    case = CaseFactory(due_at=NOON + timedelta(minutes=30))
    assert "今天 12:30" in status.words(case, "zh-hans")
    assert "today 12:30" in status.words(case, "en")


def test_a_time_that_has_passed_is_not_told_as_if_it_lay_ahead(line):
    case = CaseFactory(due_at=NOON - timedelta(hours=5))
    assert "07:00" not in status.words(case, "zh-hans")
    assert "longer than expected" in status.words(case, "en")


def test_why_it_waits_is_told(line):
    case = CaseFactory(state="ready", next_step="plan", owner="dispatch")
    waiting.explain(
        case, "等待有崇明通行证的车辆，明天 10:00 以前不会有。", "Waiting for a vehicle with a pass for Chongming."
    )
    assert "崇明" in status.words(case, "zh-hans")
    assert "Chongming" in status.words(case, "en")
    waiting.explain(case, "", "")
    case.refresh_from_db()
    assert "崇明" not in status.words(case, "zh-hans")


def test_a_promised_window_is_told_until_it_has_passed(line):
    case = CaseFactory(
        state="planned",
        next_step="drive",
        owner="trip",
        promised_from=NOON + timedelta(hours=2),
        promised_until=NOON + timedelta(hours=4),
    )
    assert "14:00-16:00" in status.words(case, "zh-hans")
    with time_machine.travel(NOON + timedelta(hours=5), tick=False):
        assert "14:00" not in status.words(case, "zh-hans")


def test_tomorrow_is_called_tomorrow(line):
    case = CaseFactory(due_at=NOON + timedelta(hours=20))
    assert "明天 08:00" in status.words(case, "zh-hans")


def test_an_agents_own_words_are_not_read_out(line):
    case = CaseFactory(
        state="on_hold",
        next_step="resume",
        owner="timer",
        held_until=NOON + timedelta(hours=2),
        hold_reason="他脾气不好，晚点再打",
    )
    assert "脾气" not in status.words(case, "zh-hans")


def test_a_review_is_told_as_one(line):
    case = CaseFactory(state="follow_up", next_step="review", owner="queue")
    assert "主管" in status.words(case, "zh-hans")


@pytest.mark.parametrize("state", list(CaseState))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_state_has_its_words_in_both_languages(line, state, language):
    case = CaseFactory.build(person=None, address=None, district=None, category=None, line=line, state=state, pk=7)
    case.held_until = NOON
    case.outcome = "no_vehicle"
    words = status.words(case, language)
    assert case.number in words
    assert "{" not in words


def test_without_a_case_it_says_how_to_ask(line):
    assert status.words(None, "zh-hans")
    assert status.words(None, "en")
