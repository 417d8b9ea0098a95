"""The clocks of targets, each where others got it wrong: docs/targets.md."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import categories, days, holds, outcomes, queue, steps
from cases.board import review
from cases.handlers import CaseHandlers
from cases.models import Callback, Case, CaseDay, Note, Transition
from hotline.models import Line, OpeningHours
from tests.factories.cases import CallbackFactory, CaseFactory, CategoryFactory
from tests.factories.hotline import CallFactory, UserFactory

pytestmark = pytest.mark.django_db


def reckoned(**fields: object) -> Case:
    """A case whose times have been worked out."""
    return steps.reckon_again(CaseFactory(**fields))


def test_a_logged_call_counts_as_the_first_contact(line: Line) -> None:
    case = reckoned(person__number="+8613800001111")
    before = case.contact_by
    call = CallFactory(state="connected", number="+8613800001111", choice="existing", connected_at=timezone.now())
    CaseHandlers().call_connected(call)
    case.refresh_from_db()
    assert case.contacted_at
    assert case.contact_by == before
    steps.reckon_again(case)
    assert "first contact" not in " ".join(part["en"] for part in case.due_sum)
    days.count(timezone.localdate())
    assert CaseDay.objects.get(group="all").contact_kept == 1


def test_another_category_keeps_what_was_met_and_what_was_missed(line: Line) -> None:
    """The first contact stays judged by the target that held then; what is still to come is reckoned anew."""
    strict = CategoryFactory(slug="strict")
    categories.new_version(strict, {"targets": {"2": {"contact": 1, "decide": 60}}}, None, "")
    case = reckoned(contacted_at=timezone.now() + timedelta(minutes=20))
    contact_by, decide_by = case.contact_by, case.decide_by
    moves = Transition.objects.filter(case=case).count()
    steps.reckon_again(case, category=strict, judged_by=categories.version_of(strict))
    assert case.contact_by == contact_by
    assert case.decide_by == case.created_at + timedelta(minutes=60) != decide_by
    assert Transition.objects.filter(case=case).count() == moves
    assert case.history.filter(contact_by=contact_by).count() == case.history.exclude(contact_by=None).count()


@pytest.mark.parametrize("level", [3, 4])
def test_nothing_is_due_at_night_that_nobody_can_do_at_night(line: Line, level: int) -> None:
    for weekday in range(7):
        OpeningHours.objects.create(line=line, weekday=weekday, opens="08:00", closes="20:00")
    zone = timezone.get_current_timezone()
    for hour in range(24):
        case = reckoned(line=line, level=level, created_at=datetime(2026, 4, 6, hour, 20, tzinfo=zone))
        for at in (case.contact_by, case.decide_by, case.due_at):
            assert at
            assert 8 <= timezone.localtime(at - timedelta(seconds=1)).hour < 20, (hour, at)


def test_closing_stops_every_clock(line: Line) -> None:
    case = reckoned(due_at=timezone.now() + timedelta(minutes=5))
    CallbackFactory(case=case)
    outcomes.cancel(case, reason="no longer needed")
    assert (case.due_at, case.next_step, case.owner) == (None, "", "")
    assert not Callback.objects.filter(case=case).exclude(state="cancelled").exists()
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert review.breaching(timedelta(hours=1)) == []
        days.count(timezone.localtime(case.created_at).date())
        row = CaseDay.objects.get(group="all")
    assert (row.contact_due, row.decide_due, row.deliver_due) == (0, 0, 0)


def test_notes_claims_and_hand_backs_begin_nothing_anew(line: Line, client: Client) -> None:
    agent = UserFactory(role="agent")
    case = reckoned()
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        before = (case.due_at, case.contact_by, case.decide_by, case.needed_by, case.state_since)
        client.force_login(agent)
        client.post(reverse("cases:case-note", args=[case.number]), {"text": "asked the committee"})
        assert Note.objects.filter(case=case).exists()
        queue.claim(case, agent)
        queue.hand_back(case, agent)
        case.refresh_from_db()
    assert (case.due_at, case.contact_by, case.decide_by, case.needed_by, case.state_since) == before


def test_on_hold_the_targets_stand_still(line: Line) -> None:
    case = reckoned(level=1)
    contact_by = case.contact_by
    holds.hold(case, until=timezone.now() + timedelta(hours=2), reason="photo", by=None)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        holds.resume(case)
    moved = case.contact_by - contact_by  # type: ignore[operator]
    assert timedelta(minutes=119) < moved < timedelta(minutes=121)


def test_reopening_gives_a_next_step_and_forgets_no_target(line: Line) -> None:
    case = reckoned(contacted_at=timezone.now())
    contact_by = case.contact_by
    outcomes.cancel(case, reason="no longer needed")
    outcomes.reopen(case, by=UserFactory(role="supervisor"), reason="needed after all")
    assert case.due_at
    assert case.contact_by == contact_by
