"""Who talks to whom."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline import presence, routing
from hotline.models import Call, CallLeg, Line, Presence
from tests.factories.hotline import AgentSkillFactory, CallFactory, PresenceFactory, SkillFactory

pytestmark = pytest.mark.django_db


def test_a_waiting_caller_is_offered_to_a_free_agent(line: Line) -> None:
    free, call = PresenceFactory(), CallFactory()
    assert routing.offer_waiting() == 1
    call.refresh_from_db()
    free.refresh_from_db()
    assert (call.state, call.agent, free.state) == ("offered", free.user, "ringing")


def test_the_agent_who_has_been_free_longest_is_asked(line: Line) -> None:
    PresenceFactory(free_for=10)
    longest = PresenceFactory(free_for=300)
    call = CallFactory()
    routing.offer(call.pk)
    call.refresh_from_db()
    assert call.agent == longest.user


def test_the_most_urgent_caller_comes_first_then_the_longest_waiting(line: Line) -> None:
    old, urgent, new = CallFactory(waited=900), CallFactory(level=1, waited=5), CallFactory(waited=10)
    assert list(routing.in_order()) == [urgent, old, new]


def test_nobody_is_offered_two_callers(line: Line) -> None:
    PresenceFactory()
    CallFactory(), CallFactory()
    assert routing.offer_waiting() == 1
    assert Call.objects.filter(state="waiting").count() == 1


def test_an_agent_with_other_subjects_is_not_asked(line: Line) -> None:
    infant, busy = PresenceFactory(), PresenceFactory(state="on_call")
    AgentSkillFactory(user=infant.user, skill=SkillFactory(slug="infant"))
    AgentSkillFactory(user=busy.user, skill=SkillFactory(slug="medicine"))
    call = CallFactory(skill=SkillFactory(slug="medicine"))
    assert not routing.offer(call.pk)


def test_a_subject_that_nobody_on_duty_has_is_taken_by_whoever_is_free(line: Line) -> None:
    infant = PresenceFactory()
    AgentSkillFactory(user=infant.user, skill=SkillFactory(slug="infant"))
    assert routing.offer(CallFactory(skill=SkillFactory(slug="medicine")).pk)


def test_the_highest_level_in_the_subject_comes_before_who_has_been_free_longest(line: Line) -> None:
    medicine = SkillFactory(slug="medicine")
    AgentSkillFactory(user=PresenceFactory(free_for=900).user, skill=medicine, level=1)
    best = AgentSkillFactory(user=PresenceFactory(free_for=10).user, skill=medicine, level=3)
    call = CallFactory(skill=medicine)
    routing.offer(call.pk)
    call.refresh_from_db()
    assert call.agent == best.user


def test_an_agent_without_subjects_takes_any(line: Line) -> None:
    PresenceFactory()
    assert routing.offer(CallFactory(skill=SkillFactory(slug="medicine")).pk)


def test_chinese_is_spoken_by_all_and_another_language_asks_for_its_skill(line: Line) -> None:
    PresenceFactory()
    AgentSkillFactory(user=PresenceFactory(state="on_call").user, skill=SkillFactory(slug="english", kind="language"))
    assert not routing.offer(CallFactory(language="en").pk), "who speaks English comes free in a moment"
    AgentSkillFactory(user=PresenceFactory().user, skill=SkillFactory(slug="english", kind="language"))
    assert routing.offer(CallFactory(language="en").pk)
    assert routing.offer(CallFactory(language="zh-hans").pk)


def test_a_desk_that_has_gone_silent_is_not_rung(line: Line) -> None:
    PresenceFactory(heartbeat_at=timezone.now() - timedelta(minutes=5))
    assert not routing.offer(CallFactory().pk)


def test_who_does_not_pick_up_is_away_and_the_caller_keeps_the_place(line: Line) -> None:
    agent, call = PresenceFactory(), CallFactory(waited=120)
    place = call.waiting_since
    routing.offer(call.pk)
    routing.agent_leg_ended(CallLeg.objects.get(call=call).pk, "no-answer")
    call.refresh_from_db()
    agent.refresh_from_db()
    assert (call.state, call.waiting_since) == ("waiting", place)
    assert (agent.state, agent.reason) == ("break", presence.NO_ANSWER)


def test_a_declined_caller_keeps_the_place_and_goes_to_somebody_else(line: Line) -> None:
    first, second = PresenceFactory(free_for=300), PresenceFactory(free_for=10)
    call = CallFactory()
    routing.offer(call.pk)
    routing.decline(call, first.user, "我不会上海话")
    routing.offer_waiting()
    call.refresh_from_db()
    assert (call.agent, call.reason) == (second.user, "我不会上海话")


def test_what_is_not_offered_to_me_i_cannot_decline(line: Line) -> None:
    with pytest.raises(presence.NotNow):
        routing.decline(CallFactory(), PresenceFactory().user, "no")


def test_an_offer_that_nobody_ended_runs_out(line: Line) -> None:
    PresenceFactory()
    call = CallFactory()
    routing.offer(call.pk)
    Call.objects.filter(pk=call.pk).update(offered_at=timezone.now() - timedelta(minutes=2))
    assert routing.expire_offers() == 1
    call.refresh_from_db()
    assert call.state == "waiting"


def test_the_estimate_is_honest_when_nobody_is_on_duty(line: Line) -> None:
    assert routing.expected_wait_minutes(CallFactory()) is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    callers=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3600)), min_size=1, max_size=8),
    agents=st.integers(0, 6),
)
def test_whatever_waits_the_first_in_order_are_served(line: Line, callers: list[tuple[int, int]], agents: int) -> None:
    CallLeg.objects.all().delete()
    Call.objects.all().delete()
    Presence.objects.all().delete()
    for level, waited in callers:
        CallFactory(level=level, waited=waited)
    for _ in range(agents):
        PresenceFactory()
    order = list(routing.in_order().values_list("pk", flat=True))
    routing.offer_waiting()
    offered = set(Call.objects.filter(state="offered").values_list("pk", flat=True))
    assert offered == set(order[:agents])
    given_to = list(Call.objects.filter(state="offered").values_list("agent", flat=True))
    assert len(given_to) == len(set(given_to))
