from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cases import callbacks, policies
from cases.handlers import CaseHandlers
from cases.models import Attempt, Callback, Case, Contact, Phone
from hotline import outgoing
from hotline.lifecycle import MoveRefused
from hotline.models import Call, Line
from tests.factories.cases import CallbackFactory, CaseFactory, CategoryFactory, ResidentFactory
from tests.factories.hotline import CallFactory, PresenceFactory, UserFactory

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 4, 6, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture
def agent(line):
    return UserFactory(role="supervisor")


@pytest.fixture
def noon():
    with time_machine.travel(NOON, tick=False):
        yield NOON


def owe(**fields):
    return callbacks.schedule(kind="clarify", due_at=timezone.now(), **fields)


def not_reached(callback, agent, outcome="no_answer", **words):
    callbacks.bring_forward(callback)
    callbacks.claim(callback, agent)
    return callbacks.record(callback, outcome, by=agent, **words)


def test_a_call_owed_falls_due_and_is_on_the_list(line):
    case = CaseFactory()
    callback = owe(line=line, case=case)
    assert callback.state == "scheduled"
    assert callbacks.fall_due() == 1
    assert list(callbacks.due()) == [callback]


def test_nothing_falls_due_before_its_time(line):
    callbacks.schedule(line=line, kind="clarify", due_at=timezone.now() + timedelta(minutes=5), case=CaseFactory())
    assert callbacks.fall_due() == 0


def test_the_same_call_is_owed_once(line):
    case = CaseFactory()
    assert owe(line=line, case=case) == owe(line=line, case=case)
    assert Callback.objects.count() == 1


def test_a_missed_call_is_owed_once_per_number(line):
    first = callbacks.schedule(line=line, kind="missed_call", due_at=timezone.now(), number="+8613800000001")
    again = callbacks.schedule(line=line, kind="missed_call", due_at=timezone.now(), number="+8613800000001")
    assert first == again


def test_the_list_is_by_urgency_and_then_by_the_first_due_time(line, agent):
    now = timezone.now()
    third = CallbackFactory(level=3, first_due_at=now)
    second = CallbackFactory(level=2, first_due_at=now)
    first = CallbackFactory(level=2, first_due_at=now - timedelta(hours=1))
    assert [callbacks.claim_next(agent) for _ in range(3)] == [first, second, third]
    assert callbacks.claim_next(agent) is None


def test_an_agent_sees_the_call_backs_of_what_they_can_take(line):
    CallbackFactory(case=CaseFactory(category=CategoryFactory(slug="infant")))
    everybodys = CallbackFactory(case=None, resident=None, kind="missed_call")
    assert list(callbacks.due(UserFactory())) == [everybodys]


def test_two_who_claim_the_same_call_the_second_is_refused(line, agent):
    callback = CallbackFactory()
    callbacks.claim(callback, agent)
    with pytest.raises(MoveRefused):
        callbacks.claim(callback, UserFactory())


def test_a_call_left_lying_comes_back(line, agent):
    callback = callbacks.claim(CallbackFactory(), agent)
    Callback.objects.filter(pk=callback.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))
    callbacks.fall_due()
    callback.refresh_from_db()
    assert (callback.state, callback.claimed_by) == ("due", None)


def test_one_click_rings_the_agents_desk_first(line):
    agent = PresenceFactory().user
    callback = CallbackFactory()
    call = callbacks.dial(callback, agent)
    assert (call.topic, call.number, call.agent) == (f"callback:{callback.pk}", callback.number, agent)
    assert call.legs.get().party == "agent"
    callback.refresh_from_db()
    assert callback.state == "claimed"


def test_a_withheld_number_cannot_be_dialled_and_says_so(line):
    agent = PresenceFactory().user
    callback = CallbackFactory(number="", case=None, resident=None)
    with pytest.raises(outgoing.NotNow):
        callbacks.dial(callback, agent)


def test_each_attempt_rings_the_next_of_the_persons_numbers(line, noon):
    agent = PresenceFactory(user__role="supervisor").user
    person = ResidentFactory(number="+8613800000001")
    Phone.objects.create(resident=person, number="+8613800000002")
    callback = CallbackFactory(case=CaseFactory(person=person), number="+8613800000001")
    not_reached(callback, agent)
    callbacks.bring_forward(callback)
    assert callbacks.dial(callback, agent).number == "+8613800000002"


def test_a_wrong_number_is_not_rung_again(line, noon):
    agent = PresenceFactory(user__role="supervisor").user
    person = ResidentFactory(number="+8613800000001")
    Phone.objects.create(resident=person, number="+8613800000002")
    callback = CallbackFactory(case=CaseFactory(person=person), number="+8613800000001")
    call = CallFactory(direction="out", number="+8613800000001", state="completed")
    not_reached(callback, agent, "wrong_number", call=call)
    not_reached(callback, agent)
    callbacks.bring_forward(callback)
    assert callbacks.dial(callback, agent).number == "+8613800000002"


def test_reaching_the_person_ends_it(line, agent):
    callback = callbacks.claim(CallbackFactory(), agent)
    callbacks.record(callback, "reached", by=agent, note="address corrected")
    assert (callback.state, callback.outcome) == ("done", "reached")
    attempt = callback.attempts.get()
    assert (attempt.by, attempt.note) == (agent, "address corrected")


def test_an_attempt_is_recorded_once_per_call(line, agent):
    callback = callbacks.claim(CallbackFactory(max_attempts=5), agent)
    call = CallFactory(direction="out", state="failed")
    callbacks.record(callback, "busy", by=agent, call=call)
    callbacks.record(callback, "busy", by=agent, call=call)
    callback.refresh_from_db()
    assert (callback.attempts.count(), callback.attempts_made) == (1, 1)


def test_nobody_answers_and_it_is_tried_again_later_in_its_old_place(line, agent, noon, told):
    callback = CallbackFactory(level=3)
    first_due = callback.first_due_at
    not_reached(callback, agent)
    assert (callback.state, callback.due_at) == ("retry", noon + timedelta(hours=2))
    assert callback.first_due_at == first_due
    assert told(callback.number) == ["callback_missed"]


def test_a_busy_line_is_tried_again_soon(line, agent, noon):
    callback = not_reached(CallbackFactory(level=3), agent, "busy")
    assert callback.due_at == noon + timedelta(minutes=15)


def test_attempts_are_spread_over_the_day_and_within_the_calling_hours(line, agent):
    with time_machine.travel(NOON, tick=False):
        callback = not_reached(CallbackFactory(level=3, case__level=3), agent)
    with time_machine.travel(callback.due_at, tick=False):
        not_reached(callback, agent)
    assert callback.due_at.astimezone(SHANGHAI).time() == time(19, 0)


def test_nobody_is_rung_up_at_night(line, agent):
    with time_machine.travel(NOON.replace(hour=20, minute=30), tick=False):
        callback = not_reached(CallbackFactory(level=3, case__level=3), agent)
    local = callback.due_at.astimezone(SHANGHAI)
    assert (local.date() - NOON.date(), local.time()) == (timedelta(days=1), time(8, 30))


def test_an_urgent_case_is_tried_again_within_minutes_at_any_hour(line, agent):
    with time_machine.travel(NOON.replace(hour=23), tick=False):
        callback = not_reached(CallbackFactory(level=1), agent)
        assert callback.due_at == timezone.now() + timedelta(minutes=15)


def test_somebody_who_asks_to_be_called_later_is_called_then_and_it_is_no_failed_attempt(line, agent):
    later = timezone.now() + timedelta(hours=3)
    callback = callbacks.claim(CallbackFactory(), agent)
    callbacks.record(callback, "call_later", by=agent, later=later)
    assert (callback.state, callback.due_at, callback.attempts_made) == ("retry", later, 0)


def test_after_the_last_attempt_a_supervisor_has_the_case(line, agent):
    callback = CallbackFactory(max_attempts=1)
    not_reached(callback, agent)
    assert callback.state == "escalated"
    case = Case.objects.get(pk=callback.case_id)
    assert (case.next_step, case.owner, case.is_open) == ("review", "queue", True)


def test_an_old_person_who_lives_alone_is_looked_for(line, agent):
    callback = CallbackFactory(max_attempts=1, case__vulnerabilities=["lives_alone"])
    not_reached(callback, agent)
    welfare = Callback.objects.get(kind="welfare")
    assert (welfare.case_id, welfare.number) == (callback.case_id, "+862165430001")
    assert welfare.level <= 2


def test_a_welfare_check_that_reaches_nobody_goes_to_a_supervisor(line, agent):
    callback = CallbackFactory(kind="welfare", max_attempts=1, case__vulnerabilities=["lives_alone"])
    not_reached(callback, agent)
    assert Case.objects.get(pk=callback.case_id).next_step == "review"
    assert not Callback.objects.filter(state__in=("scheduled", "due")).exists()


def test_a_missed_caller_who_is_never_reached_lies_in_the_visible_inbox(line, agent):
    call = CallFactory(state="abandoned")
    callback = CallbackFactory(kind="missed_call", case=None, resident=None, call=call, max_attempts=1)
    not_reached(callback, agent)
    contact = Contact.objects.get(call=call)
    assert (contact.case, contact.settled_at) == (None, None)


def test_only_wrong_numbers_left_ends_the_attempts_early(line, agent):
    callback = CallbackFactory(max_attempts=5)
    not_reached(callback, agent, "wrong_number")
    assert callback.state == "escalated"


def test_somebody_who_gets_through_is_not_called_back_as_well(line):
    callback = CallbackFactory(kind="missed_call", case=None, resident=None)
    assert callbacks.person_called(callback.number, callback.line) == 1
    callback.refresh_from_db()
    assert (callback.state, callback.outcome) == ("done", "called_again")


def test_a_category_may_bring_its_own_policy(line):
    version = CategoryFactory(
        slug="dialysis",
        version={
            "follow_up": {
                "after_hours": 1,
                "attempts": 6,
                "spacing_hours": [0, 1, 2],
                "calling_from": "07:00",
                "calling_until": "22:00",
                "exhausted": "welfare_check",
            }
        },
    ).versions.get()
    policy = policies.from_version(version)
    assert (policy.after, policy.attempts, policy.opens) == (timedelta(hours=1), 6, time(7))
    assert [policy.wait_after(n, 3) for n in (1, 2, 3)] == [timedelta(hours=1), *[timedelta(hours=2)] * 2]
    assert policy.looks_in
    assert owe(line=line, case=CaseFactory(judged_by=version)).max_attempts == 6


@given(
    st.integers(0, 366 * 24 * 60),
    st.integers(1, 5),
)
def test_a_call_that_is_not_urgent_is_always_within_the_calling_hours_and_never_earlier(minutes, level):
    wanted = NOON + timedelta(minutes=minutes)
    line = Line(time_zone="Asia/Shanghai")
    at = policies.DEFAULT.callable_from(wanted, line, level)
    assert at >= wanted
    assert at - wanted < timedelta(hours=12)
    if level > policies.URGENT:
        assert policies.DEFAULT.opens <= at.astimezone(SHANGHAI).time() < policies.DEFAULT.closes
    else:
        assert at == wanted


@given(st.integers(1, 20), st.integers(1, 5))
def test_waits_between_attempts_never_shrink(attempt, level):
    assert policies.DEFAULT.wait_after(attempt + 1, level) >= policies.DEFAULT.wait_after(attempt, level)


def test_a_call_that_has_ended_is_an_attempt_that_awaits_the_agents_word(line, agent):
    callback = callbacks.claim(CallbackFactory(), agent)
    call = CallFactory(
        direction="out", state="wrap_up", agent=agent, topic=f"callback:{callback.pk}", connected_at=timezone.now()
    )
    CaseHandlers().call_ended(call)
    assert Attempt.objects.get(call=call).outcome == ""
    callbacks.record(callback, "reached", by=agent, call=call)
    assert Attempt.objects.get(call=call).outcome == "reached"
    assert callback.state == "done"


def test_an_agents_own_telephone_not_picked_up_is_no_attempt(line, agent):
    callback = callbacks.claim(CallbackFactory(), agent)
    call = CallFactory(direction="out", state="failed", agent=agent, topic=f"callback:{callback.pk}")
    CaseHandlers().call_failed(call, "")
    assert not Attempt.objects.exists()
    assert Call.objects.count() == 1


@pytest.mark.parametrize(("reason", "state"), [("resident", "ready"), ("stock", "on_hold")])
def test_speaking_to_the_resident_ends_the_hold_that_waited_for_them(line, agent, reason, state):
    case = CaseFactory(
        state="on_hold",
        next_step="resume",
        owner="timer",
        held_from="ready",
        held_until=timezone.now() + timedelta(hours=9),
        hold_reason=reason,
    )
    callback = callbacks.claim(CallbackFactory(case=case), agent)
    callbacks.record(callback, "reached", by=agent)
    case.refresh_from_db()
    assert case.state == state
