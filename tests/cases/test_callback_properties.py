"""Whatever a policy says and whatever happens on the telephone: hours, attempts and spacing are kept, nothing ends silently."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import callbacks, policies
from cases.callback_lifecycle import LIVE_CALLBACK_STATES
from cases.models import Callback
from hotline.models import Line
from tests.factories.cases import CallbackFactory, CaseFactory, CategoryFactory
from tests.factories.hotline import UserFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 4, 6, 0, 0, tzinfo=SHANGHAI)
HOURS = st.tuples(st.integers(5, 11), st.integers(16, 23)).map(lambda pair: tuple(f"{hour:02}:00" for hour in pair))
POLICIES = st.builds(
    lambda hours, attempts, spacing, exhausted: {
        "follow_up": {
            "calling_from": hours[0],
            "calling_until": hours[1],
            "attempts": attempts,
            "spacing_hours": [0, *sorted(spacing)],
            "exhausted": exhausted,
        }
    },
    HOURS,
    st.integers(1, 4),
    st.lists(st.integers(1, 30), min_size=1, max_size=4),
    st.sampled_from(["review", "welfare_check"]),
)
NOT_REACHED = st.sampled_from(["no_answer", "busy", "switched_off", "voicemail", "failed"])
OUTCOMES = st.lists(NOT_REACHED | st.sampled_from(["call_later", "reached"]), min_size=1, max_size=8)


@settings(max_examples=200, deadline=None)
@given(POLICIES, st.integers(0, 60 * 24 * 14), st.integers(3, 5))
def test_a_call_that_can_wait_is_made_within_the_hours_of_any_policy_and_at_the_first_moment(rules, minutes, level):
    policy, line = policies.from_rules(rules), Line(time_zone="Asia/Shanghai")
    wanted = START + timedelta(minutes=minutes)
    at = policy.callable_from(wanted, line, level)
    assert policy.opens <= at.astimezone(SHANGHAI).time() < policy.closes
    assert wanted <= at < wanted + timedelta(hours=24)
    assert policy.callable_from(at, line, level) == at
    if policy.opens <= wanted.astimezone(SHANGHAI).time() < policy.closes:
        assert at == wanted


@settings(max_examples=200, deadline=None)
@given(POLICIES, st.integers(0, 60 * 24 * 14), st.integers(1, 2))
def test_an_urgent_call_waits_for_no_hour(rules, minutes, level):
    wanted = START + timedelta(minutes=minutes)
    assert policies.from_rules(rules).callable_from(wanted, Line(time_zone="Asia/Shanghai"), level) == wanted


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(POLICIES, OUTCOMES, st.integers(1, 4), st.integers(0, 23))
def test_attempts_are_spaced_counted_and_never_end_silently(line, rules, outcomes, level, hour):
    agent = UserFactory(role="supervisor")
    category = CategoryFactory(slug="of-its-own")
    version = category.versions.get()
    version.rules = rules
    version.save()
    now = START + timedelta(hours=hour)
    with time_machine.travel(now, tick=False) as clock:
        case = CaseFactory(category=category, judged_by=version, level=level, created_at=now)
        policy = policies.of(case)
        owed = CallbackFactory(case=case, level=level, max_attempts=policy.attempts, due_at=now)
        first_due = owed.first_due_at
        for outcome in outcomes:
            if owed.state not in LIVE_CALLBACK_STATES:
                break
            clock.move_to(max(owed.due_at, datetime.now(tz=SHANGHAI)))
            callbacks.fall_due()
            owed.refresh_from_db()
            callbacks.claim(owed, agent)
            made, tried_at = owed.attempts_made, datetime.now(tz=SHANGHAI)
            callbacks.record(owed, outcome, by=agent)
            owed.refresh_from_db()
            assert owed.attempts_made - made == (outcome != "call_later")
            assert owed.attempts_made <= owed.max_attempts
            assert owed.first_due_at == first_due  # a retry keeps the place
            if owed.state != "retry" or outcome == "call_later":
                continue
            soon = outcome in callbacks.RINGS_AGAIN_SOON
            wait = policies.BUSY_AGAIN if soon else policy.wait_after(owed.attempts_made, level)
            assert owed.due_at >= tried_at + wait
            if level > policies.URGENT:
                assert policy.opens <= owed.due_at.astimezone(SHANGHAI).time() < policy.closes
        goes_on(case, owed)


def goes_on(case, owed):
    """Done because they were reached, still owed, or in somebody else's hands: a supervisor's or the committee's."""
    case.refresh_from_db()
    assert case.is_open
    if owed.state == "escalated":
        looked_after = Callback.objects.filter(case=case, kind="welfare", state__in=LIVE_CALLBACK_STATES).exists()
        assert looked_after or case.next_step == "review"
    else:
        assert owed.state in ("done", "retry", "due")
        assert (owed.state == "done") == (owed.outcome == "reached")
