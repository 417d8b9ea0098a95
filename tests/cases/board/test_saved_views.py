"""Saved views of the queue review: one's own, shared, and the one that somebody begins with."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import DefaultView, SavedView
from hotline.models import User
from tests.factories.cases import CaseFactory
from tests.factories.hotline import UserFactory


def keep(client: Client, name: str, **fields: str) -> SavedView:
    client.post(reverse("cases:saved-view-new"), {"name": name, **fields})
    return SavedView.objects.get(name=name)


@pytest.fixture
def colleague(supervisor: User) -> Client:
    client = Client()
    client.force_login(UserFactory(role="supervisor", name="同事"))
    return client


def test_filters_are_kept_under_a_name_and_the_same_name_again_changes_them(board: Client) -> None:
    keep(board, "夜班", view="late", level="1", category="", district="")
    saved = keep(board, "夜班", view="late", level="2", district="7", nonsense="x")
    assert saved.filters == {"view": "late", "level": "2", "district": "7"}


def test_a_tab_opens_what_was_kept(board: Client) -> None:
    urgent, other = CaseFactory(level=1), CaseFactory(level=3)
    keep(board, "最急", view="waiting", level="1")
    page = board.get(reverse("cases:queue"), {"view": "waiting", "level": "1"}).content.decode()
    assert '<a class="tab" href="?view=waiting&amp;level=1" aria-current="page">' in page
    assert urgent.number in page
    assert other.number not in page


def test_only_shared_views_are_seen_by_others_and_only_the_maker_takes_one_away(
    board: Client, colleague: Client
) -> None:
    mine, shared = keep(board, "我的", view="held"), keep(board, "大家的", view="ready", shared="on")
    page = colleague.get(reverse("cases:queue"), {"view": "ready"}).content.decode()
    assert "大家的" in page
    assert "我的" not in page
    for saved in (mine, shared):
        assert colleague.post(reverse("cases:saved-view-act", args=[saved.pk, "delete"])).status_code == 404
    board.post(reverse("cases:saved-view-act", args=[mine.pk, "delete"]))
    assert list(SavedView.objects.all()) == [shared]


def test_everybody_begins_with_their_own_choice(board: Client, colleague: Client, supervisor: User) -> None:
    shared = keep(board, "大家的", view="ready", shared="on")
    board.post(reverse("cases:saved-view-act", args=[shared.pk, "default"]))
    assert board.get(reverse("cases:queue")).headers["Location"].endswith("?view=ready")
    assert board.get(reverse("cases:queue"), {"view": "held"}).status_code == 200
    assert colleague.get(reverse("cases:queue")).status_code == 200
    board.post(reverse("cases:saved-view-act", args=[shared.pk, "no-default"]))
    assert board.get(reverse("cases:queue")).status_code == 200


def test_a_view_that_is_no_longer_shared_is_nobody_elses_beginning(
    board: Client, colleague: Client, supervisor: User
) -> None:
    shared = keep(board, "大家的", view="ready", shared="on")
    colleague.post(reverse("cases:saved-view-act", args=[shared.pk, "default"]))
    keep(board, "大家的", view="ready")
    assert DefaultView.objects.exists()
    assert colleague.get(reverse("cases:queue")).status_code == 200
