"""Reports and hand-over."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from cases import days, outcomes
from cases.board import reports
from cases.models import Callback, Case, Transition
from tests.factories.cases import CallbackFactory, CaseFactory, CategoryFactory
from tests.factories.hotline import PresenceFactory, UserFactory

ENDED = {"owner": "", "next_step": ""}


def today() -> tuple:
    return timezone.localdate(), timezone.localdate()


def counted(group: str | None = None) -> list[dict]:
    """The report of today, after a sweep."""
    days.sweep()
    return reports.table(*today(), group)


def test_what_came_in_is_met_unmet_cancelled_or_open(board: Client) -> None:
    CaseFactory()
    CaseFactory(state="closed", outcome="received", **ENDED)
    CaseFactory(state="cancelled", outcome="met_otherwise", **ENDED)
    CaseFactory(state="cancelled", outcome="no_longer_needed", **ENDED)
    CaseFactory(state="unmet", outcome="not_available", **ENDED)
    (row,) = counted()
    assert [row[name] for name in ("received", "open", "met", "cancelled", "unmet")] == [5, 1, 2, 1, 1]
    assert reports.why_unmet(row) == [{"words": Case.Outcome.NOT_AVAILABLE.label, "count": 1}]


def test_a_duplicate_is_counted_with_its_case(board: Client) -> None:
    case = CaseFactory()
    CaseFactory(state="duplicate", outcome="duplicate", merged_into=case, **ENDED)
    assert counted()[0]["received"] == 1


def test_times_are_medians_and_ninetieth_percentiles(board: Client) -> None:
    start = timezone.now()
    for n in range(1, 11):
        CaseFactory(created_at=start, contacted_at=start + timedelta(minutes=10 * n))
    (row,) = counted()
    assert row["contact_median"] == pytest.approx(50 * 60, rel=0.05)
    assert row["contact_p90"] == pytest.approx(90 * 60, rel=0.05)
    assert row["delivery_median"] is None


def test_the_time_to_dispatch_is_that_of_the_first_trip(board: Client) -> None:
    case = CaseFactory()
    for hours in (3, 9):
        Transition.objects.create(
            case=case, move="plan", from_state="ready", to_state="planned", at=case.created_at + timedelta(hours=hours)
        )
    assert counted()[0]["dispatch_median"] == pytest.approx(3 * 3600, rel=0.05)


def test_targets_count_when_they_are_met_or_can_no_longer_be(board: Client) -> None:
    now = timezone.now()
    early, late = now - timedelta(minutes=30), now - timedelta(minutes=10)
    CaseFactory(contact_by=late, contacted_at=early)
    CaseFactory(contact_by=early, contacted_at=late)
    CaseFactory(contact_by=early)  # missed: nobody has called
    CaseFactory(contact_by=now + timedelta(hours=1))  # still to come
    CaseFactory(
        contact_by=late, closed_at=early, state="cancelled", outcome="no_longer_needed", **ENDED
    )  # ended before
    CaseFactory(contact_by=early, state="on_hold", held_until=now, owner="timer")  # stands still
    (row,) = counted()
    assert (row["contact_due"], row["contact_kept"], row["contact_percent"]) == (3, 1, 33)


def test_a_day_long_ago_is_counted_again_when_a_case_of_it_moves(board: Client) -> None:
    day = timezone.now() - timedelta(days=40)
    case = CaseFactory(created_at=day)
    days.sweep()
    Case.objects.filter(pk=case.pk).update(outcome_note="nothing that counts")
    days.sweep()
    outcomes.cancel(case, reason="no longer needed")
    days.sweep()
    date = timezone.localdate(day)
    (row,) = reports.table(date, date, None)
    assert (row["received"], row["cancelled"]) == (1, 1)


def test_a_case_that_is_in_no_longer_leaves_no_row_behind(board: Client) -> None:
    case = CaseFactory(category=CategoryFactory(slug="formula"))
    days.sweep()
    Case.objects.filter(pk=case.pk).update(category=None)
    assert [row["key"] for row in counted("category")] == [""]


def test_a_month_of_many_groups_is_read_with_few_queries(board: Client, django_assert_max_num_queries) -> None:
    for n in range(30):
        CaseFactory(created_at=timezone.now() - timedelta(days=n))
    days.sweep()
    with django_assert_max_num_queries(20):
        board.get(reverse("cases:reports"), {"by": "district", "first": str(timezone.localdate() - timedelta(days=30))})


def test_best_and_worst_served_are_told_apart(board: Client) -> None:
    for channel, met in (("sms", 5), ("call", 15)):
        for n in range(20):
            how = {"state": "closed", "outcome": "received"} if n < met else {"state": "unmet", "outcome": "no_vehicle"}
            CaseFactory(channel=channel, **how, **ENDED)
    days.sweep()
    (row,) = [row for row in reports.fairness(*today()) if row["share"] and row["group"] == reports.GROUPS["channel"]]
    assert (row["best_value"], row["worst_value"], row["apart"]) == (75, 25, 50)


def test_by_category_and_as_a_file(board: Client) -> None:
    CaseFactory(category=CategoryFactory(slug="formula", name="=奶粉"))
    CaseFactory(category=None)
    days.sweep()
    page = board.get(reverse("cases:reports"), {"by": "category"}).content.decode()
    assert "=奶粉" in page
    written = board.get(reverse("cases:reports"), {"by": "category", "format": "csv"}).content.decode()
    assert "'=奶粉,1,1" in written
    book = board.get(reverse("cases:reports"), {"by": "category", "format": "xlsx"}).content
    titles, row, *_rest = load_workbook(io.BytesIO(book), read_only=True).active.iter_rows(values_only=True)
    assert (titles[0], row[0], row[1]) == ("category", "'=奶粉", 1)


def test_nonsense_in_the_address_gives_the_last_week(board: Client) -> None:
    for by in ("day", "district", "level", "channel", "nonsense"):
        CaseFactory()
        assert board.get(reverse("cases:reports"), {"by": by, "first": "2026-13-45", "last": "x"}).status_code == 200


def test_what_an_agent_leaves_is_shown_and_handed_over_by_name(board: Client) -> None:
    leaves, takes = PresenceFactory(user=UserFactory(name="陈老师")).user, UserFactory(name="周老师")
    case = CaseFactory(owner="agent", owner_agent=leaves, claimed_until=timezone.now() + timedelta(minutes=9))
    owed: Callback = CallbackFactory(state="claimed", claimed_by=leaves, claimed_until=timezone.now())
    page = board.get(reverse("cases:hand-over"), {"agent": leaves.pk}).content.decode()
    assert case.number in page
    board.post(reverse("cases:hand-over-take"), {"agent": leaves.pk, "to": takes.pk})
    case.refresh_from_db()
    owed.refresh_from_db()
    assert case.owner_agent == takes
    assert owed.state == "due"


def test_nobody_is_chosen_to_take_over(board: Client) -> None:
    leaves = UserFactory()
    case = CaseFactory(owner="agent", owner_agent=leaves, claimed_until=timezone.now())
    board.post(reverse("cases:hand-over-take"), {"agent": leaves.pk, "to": ""})
    case.refresh_from_db()
    assert case.owner_agent == leaves
