"""After saving: what can happen next, and why not what cannot."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import outcomes
from cases.desk import panels
from cases.models import Callback, Case, Referral, StillNeeded
from hotline.models import User
from tests.factories.cases import CaseFactory, NeedFactory
from tests.factories.hotline import PresenceFactory, UserFactory


@pytest.fixture
def case(agent: User) -> Case:
    case = CaseFactory(
        state="triaged", next_step="source", owner="agent", owner_agent=agent,
        claimed_until=timezone.now() + timedelta(minutes=10),
    )  # fmt: skip
    NeedFactory(case=case)
    return case


def take(desk: Client, case: Case, slug: str, **fields: str):
    answer = desk.post(reverse("cases:next-take", args=[case.number, slug]), fields)
    case.refresh_from_db()
    return answer


def test_what_is_not_possible_is_greyed_with_its_reason(desk: Client, case: Case) -> None:
    case.needs.all().delete()
    page = desk.get(reverse("cases:next", args=[case.number])).content.decode()
    assert 'data-step="source"' in page
    assert 'aria-disabled="true"' in page


def test_finding_the_goods_moves_the_case_and_shows_what_dispatch_offers(
    desk: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "_panels", {})
    panels.register("find_goods", "Goods", lambda request, case: f"<p>ask about {case.number}</p>")
    page = take(desk, case, "source").content.decode()
    assert case.state == "sourcing"
    assert f"<p>ask about {case.number}</p>" in page


def test_without_dispatch_the_case_is_sourced_all_the_same(
    desk: Client, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panels, "_panels", {})
    assert take(desk, case, "source").status_code == 200
    assert case.state == "sourcing"


def test_handing_to_dispatch(desk: Client, case: Case) -> None:
    take(desk, case, "dispatch")
    assert (case.state, case.owner) == ("ready", "dispatch")


def test_a_refused_step_says_why_and_leaves_the_page(desk: Client, case: Case, said: Callable[..., str]) -> None:
    Case.objects.filter(pk=case.pk).update(address=None)
    answer = take(desk, case, "dispatch")
    assert answer.status_code == 409
    assert answer.headers["HX-Reswap"] == "none"
    assert said(answer)
    assert case.state == "triaged"


def test_a_hold_has_a_reason_and_an_end(desk: Client, case: Case) -> None:
    assert take(desk, case, "hold", why="photo").status_code == 409
    assert take(desk, case, "hold", when="2").status_code == 409
    assert take(desk, case, "hold", why="photo", when="2", reason="明天发来").status_code == 200
    assert (case.state, case.hold_reason) == ("on_hold", "photo")
    assert timezone.now() < case.held_until < timezone.now() + timedelta(hours=3)
    assert case.notes.get().text == "明天发来"


def test_a_call_back_at_a_time_waits_with_a_timer(desk: Client, case: Case) -> None:
    take(desk, case, "call-back", when="1")
    owed = Callback.objects.get()
    assert (owed.case, owed.kind) == (case, "clarify")
    assert (case.owner, case.due_at) == ("timer", owed.due_at)


def test_a_time_that_is_past_is_refused(desk: Client, case: Case) -> None:
    assert take(desk, case, "call-back", at="2020-01-01T10:00").status_code == 409
    assert not Callback.objects.exists()


@pytest.mark.parametrize("slug", ["call-back", "still-needed"])
def test_nobody_is_called_or_asked_about_a_case_that_was_settled_meanwhile(desk: Client, case: Case, slug: str) -> None:
    outcomes.cancel(case, reason="no longer needed")
    assert take(desk, case, slug, when="1").status_code == 409
    assert not Callback.objects.exists()
    assert not StillNeeded.objects.exists()


def test_referring_waits_for_an_answer_with_a_timer(desk: Client, case: Case) -> None:
    take(desk, case, "refer", to="committee", whom="王主任", when="2")
    asked = Referral.objects.get()
    assert (case.next_step, case.owner, case.due_at) == ("referral", "timer", asked.due_at)


def test_what_they_said_is_one_press_on_the_page_of_the_case(desk: Client, case: Case) -> None:
    take(desk, case, "refer", to="committee", whom="王主任")
    asked = Referral.objects.get()
    assert "王主任" in desk.get(reverse("cases:case", args=[case.number])).content.decode()
    desk.post(reverse("cases:referral-act", args=[asked.pk, "helped"]), {"words": "送到了"})
    case.refresh_from_db()
    assert case.state == "follow_up"
    assert "送到了" in case.outcome_note


def test_asking_whether_it_is_still_needed(desk: Client, case: Case) -> None:
    take(desk, case, "still-needed")
    assert case.still_needed.get().why == "by_hand"


@pytest.mark.parametrize(
    ("outcome", "state"), [("no_longer_needed", "cancelled"), ("not_available", "unmet"), ("not_a_need", "cancelled")]
)
def test_closing_with_an_outcome(desk: Client, case: Case, outcome: str, state: str) -> None:
    take(desk, case, "close", outcome=outcome)
    assert (case.state, case.outcome) == (state, outcome)


def test_an_outcome_of_another_state_is_refused(desk: Client, case: Case) -> None:
    assert take(desk, case, "close", outcome="received").status_code == 409
    assert case.state == "triaged"


def test_back_to_the_queue(desk: Client, case: Case) -> None:
    take(desk, case, "hand-back")
    assert (case.owner, case.owner_agent) == ("queue", None)


def test_passing_on_by_name(desk: Client, case: Case) -> None:
    colleague = PresenceFactory(user=UserFactory()).user
    page = desk.get(reverse("cases:next-ask", args=[case.number, "pass-on"])).content.decode()
    assert str(colleague) in page
    take(desk, case, "pass-on", to=str(colleague.pk))
    assert case.owner_agent == colleague


def test_an_unknown_step_is_not_found(desk: Client, case: Case) -> None:
    assert take(desk, case, "explode").status_code == 404
    assert desk.get(reverse("cases:next-ask", args=[case.number, "explode"])).status_code == 404
