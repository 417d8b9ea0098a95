"""Reports and hand-over."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.board import reports
from cases.models import Callback
from tests.factories.cases import CallbackFactory, CaseFactory, CategoryFactory
from tests.factories.hotline import PresenceFactory, UserFactory

ENDED = {"owner": "", "next_step": ""}


def today() -> tuple:
    return timezone.localdate(), timezone.localdate()


def test_what_came_in_is_met_unmet_cancelled_or_open(board: Client) -> None:
    CaseFactory()
    CaseFactory(state="closed", outcome="received", **ENDED)
    CaseFactory(state="cancelled", outcome="met_otherwise", **ENDED)
    CaseFactory(state="cancelled", outcome="no_longer_needed", **ENDED)
    CaseFactory(state="unmet", outcome="not_available", **ENDED)
    (row,) = reports.table(*today(), None)
    assert [row[name] for name in ("received", "open", "met", "cancelled", "unmet")] == [5, 1, 2, 1, 1]
    assert reports.why_unmet(*today())[0]["count"] == 1


def test_a_duplicate_is_counted_with_its_case(board: Client) -> None:
    case = CaseFactory()
    CaseFactory(state="duplicate", outcome="duplicate", merged_into=case, **ENDED)
    assert reports.table(*today(), None)[0]["received"] == 1


def test_times_are_medians_and_ninetieth_percentiles(board: Client) -> None:
    start = timezone.now()
    for minutes in (10, 20, 60):
        CaseFactory(created_at=start, contacted_at=start + timedelta(minutes=minutes))
    (row,) = reports.table(*today(), None)
    assert row["contact_median"] == 20 * 60
    assert row["contact_p90"] == 52 * 60
    assert row["delivery_median"] is None


def test_by_category_and_as_a_file(board: Client) -> None:
    CaseFactory(category=CategoryFactory(slug="formula", name="=奶粉"))
    CaseFactory(category=None)
    page = board.get(reverse("cases:reports"), {"by": "category"}).content.decode()
    assert "=奶粉" in page
    written = board.get(reverse("cases:reports"), {"by": "category", "format": "csv"}).content.decode()
    assert "'=奶粉,1,1" in written


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
