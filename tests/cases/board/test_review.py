"""Queue review."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Case
from tests.factories.cases import CaseFactory, NeedFactory
from tests.factories.hotline import PresenceFactory, UserFactory

QUEUE = "cases:queue"


@pytest.fixture(autouse=True)
def fresh_counts() -> None:
    cache.clear()


def rows(board: Client, **filters: object) -> list[str]:
    return [case.number for case in board.get(reverse(QUEUE), filters).context["cases"]]


def bulk(board: Client, *cases: Case, **fields: str) -> str:
    answer = board.post(reverse("cases:queue-bulk"), {"case": [case.number for case in cases], **fields})
    return answer.content.decode()


def test_it_is_in_the_order_of_the_queue(board: Client) -> None:
    now = timezone.now()
    later = CaseFactory(level=3, due_at=now + timedelta(hours=2))
    sooner = CaseFactory(level=4, due_at=now + timedelta(hours=1))
    first = CaseFactory(level=1, due_at=now + timedelta(hours=5))
    assert rows(board) == [first.number, sooner.number, later.number]


def test_filters_and_views(board: Client) -> None:
    urgent = CaseFactory(level=1)
    CaseFactory(level=3)
    held = CaseFactory(
        state="on_hold", owner="timer", held_until=timezone.now() + timedelta(days=3), hold_reason="photo"
    )
    late = CaseFactory(level=4, due_at=timezone.now() - timedelta(hours=1))
    assert rows(board, level="1") == [urgent.number]
    assert rows(board, view="held") == [held.number]
    assert rows(board, view="late") == [late.number]
    assert rows(board, level="nonsense", district="x", **{"from": "-3"}) != []


def test_handing_many_to_one_is_shown_before_it_is_done(board: Client) -> None:
    to = PresenceFactory(user=UserFactory(name="陈老师")).user
    goes, stays = CaseFactory(), CaseFactory(state="ready", next_step="plan", owner="dispatch")
    shown = bulk(board, goes, stays, what="hand", to=str(to.pk))
    goes.refresh_from_db()
    assert goes.owner == "queue"
    assert stays.number in shown
    bulk(board, goes, stays, what="hand", to=str(to.pk), confirmed="yes")
    goes.refresh_from_db()
    stays.refresh_from_db()
    assert goes.owner_agent == to
    assert stays.owner == "dispatch"


def test_raising_the_level_brings_the_due_time_forward_and_says_who(board: Client) -> None:
    case = CaseFactory(level=4, due_at=timezone.now() + timedelta(days=2))
    before = case.due_at
    bulk(board, case, what="level", to="1", reason="电话里听到", confirmed="yes")
    case.refresh_from_db()
    assert (case.level, case.level_is_judged) == (1, True)
    assert case.due_at < before
    assert case.history.first().history_user.name == "主管"


def test_nothing_chosen_changes_nothing(board: Client) -> None:
    assert board.post(reverse("cases:queue-bulk"), {"what": "hand", "to": ""}).status_code == 204


def test_the_side_panel_shows_a_case_in_short(board: Client) -> None:
    case = CaseFactory()
    NeedFactory(case=case, item="奶粉")
    assert "奶粉" in board.get(reverse("cases:queue-peek", args=[case.number])).content.decode()


def test_the_page_asks_a_bounded_number_of_times(board: Client, django_assert_max_num_queries) -> None:
    for _i in range(30):
        NeedFactory()
    with django_assert_max_num_queries(24):
        board.get(reverse(QUEUE))


def test_the_next_page_begins_behind_the_last_case_shown(board: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.board.review.SHOWN", 2)
    due_at = timezone.now()
    made = [CaseFactory(level=3 - n % 3, due_at=due_at) for n in range(5)]
    cases = sorted(made, key=lambda case: (case.level != 1, case.pk))
    first = board.get(reverse("cases:queue"))
    assert first.context["cases"] == cases[:2]
    second = board.get(reverse("cases:queue"), {"from": first.context["next_from"]})
    assert second.context["cases"] == cases[2:4]


@pytest.mark.parametrize("place", ["1", "1_now_3", "x_y", "1_2026-01-01_1", "9_2026-01-01T00:00:00+00:00_" + "9" * 30])
def test_a_place_that_is_none_begins_at_the_top(board: Client, place: str) -> None:
    assert board.get(reverse("cases:queue"), {"from": place}).status_code == 200


@pytest.mark.parametrize(
    "page", [("queue", "district"), ("hand-over", "agent"), ("reports", "line"), ("half-hours", "line")]
)
def test_a_sign_that_only_looks_like_a_digit_chooses_nothing(board: Client, page: tuple[str, str]) -> None:
    name, field = page
    assert board.get(reverse(f"cases:{name}"), {field: "²"}).status_code == 200
