from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cases import holds
from hotline.lifecycle import MoveRefused
from tests.factories.cases import CaseFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


def in_hours(n):
    return timezone.now() + timedelta(hours=n)


def test_a_hold_ends_by_itself_and_the_case_is_back_where_it_was(line):
    case = holds.hold(CaseFactory(state="triaged", next_step="source"), until=in_hours(2), reason="photo", by=None)
    assert (case.state, case.next_step, case.owner, case.due_at) == ("on_hold", "resume", "timer", case.held_until)
    assert holds.resume_ended() == 0
    with time_machine.travel(in_hours(3)):
        assert holds.resume_ended() == 1
    case.refresh_from_db()
    assert (case.state, case.next_step, case.owner, case.held_until) == ("triaged", "source", "queue", None)


@pytest.mark.parametrize(
    ("state", "step", "owner"),
    [("new", "intake", "queue"), ("sourcing", "source", "queue"), ("ready", "plan", "dispatch")],
)
def test_from_wherever_it_was_held_it_goes_back_there(line, state, step, owner):
    case = holds.hold(CaseFactory(state=state), until=in_hours(2), reason="photo", by=None)
    holds.resume(case)
    assert (case.state, case.next_step, case.owner) == (state, step, owner)


def test_whoever_holds_a_case_sees_it_among_theirs(line):
    agent = UserFactory()
    case = CaseFactory(owner="agent", owner_agent=agent, claimed_until=in_hours(1))
    holds.hold(case, until=in_hours(2), reason="photo", by=agent)
    assert (case.owner, case.owner_agent, case.claimed_until) == ("timer", agent, None)


def test_targets_stand_still_during_a_hold(line):
    case = holds.hold(CaseFactory(state="triaged", level=3), until=in_hours(6), reason="stock", by=None)
    with time_machine.travel(in_hours(5)):
        holds.resume(case, reason="it came")
    assert timedelta(hours=4, minutes=59) < case.paused < timedelta(hours=5, minutes=1)
    assert case.needed_by > case.created_at + timedelta(hours=72)


def test_a_hold_has_an_end_that_lies_ahead(line):
    for until in (in_hours(-1), in_hours(24 * 40)):
        with pytest.raises(MoveRefused):
            holds.hold(CaseFactory(), until=until, reason="photo", by=None)


def test_a_hold_needs_a_reason(line):
    with pytest.raises(MoveRefused):
        holds.hold(CaseFactory(), until=in_hours(1), reason=" ", by=None)
