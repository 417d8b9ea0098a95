"""Figures by half hour are rows, counted from bounded queries for the current and the last half hour only."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hotline import half_hours, presence
from hotline.models import Call, DutyHalfHour, HalfHour, Line, Message, PresenceSpan, TextHalfHour
from tests.factories.hotline import CallFactory, MessageFactory, PresenceFactory, SkillFactory, UserFactory

NOW = datetime(2026, 4, 2, 10, 20, tzinfo=UTC)
BEGINS = datetime(2026, 4, 2, 10, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def came(at: datetime, state: str, *, waited: float = 0, talked: float = 0, wrap_up: float = 0, **fields: Any) -> Call:
    """A caller who came at this time, waited and talked so many seconds."""
    over = at + timedelta(seconds=waited)
    spoke = over if talked else None
    ended = over + timedelta(seconds=talked)
    call = CallFactory(
        state=state,
        waiting_since=at,
        answered_at=spoke,
        ended_at=ended,
        wrapped_up_at=ended + timedelta(seconds=wrap_up) if wrap_up else None,
        **fields,
    )
    Call.objects.filter(pk=call.pk).update(started_at=at)
    return call


def minute(n: int) -> datetime:
    return BEGINS + timedelta(minutes=n)


def test_a_half_hour_begins_at_the_hour_and_the_half() -> None:
    assert half_hours.begin_of(NOW) == BEGINS
    assert half_hours.begin_of(minute(30)) == minute(30)


def test_calls_are_counted_by_what_became_of_them(line: Line) -> None:
    came(minute(1), "completed", waited=10, talked=100, wrap_up=30)
    came(minute(2), "completed", waited=60, talked=200, wrap_up=50)
    came(minute(3), "abandoned", waited=40)
    came(minute(4), "callback_asked", waited=30)
    came(minute(5), "voicemail", waited=20)
    half_hours.count(NOW)
    row = HalfHour.objects.get(begins=BEGINS)
    assert (row.offered, row.answered, row.in_time, row.abandoned) == (4, 2, 1, 1)
    assert (row.callback_asked, row.messages) == (1, 1)
    assert (row.waited_seconds, row.longest_wait) == (140, 60)
    assert (row.talk_seconds, row.wrap_up_seconds) == (300, 80)


def test_each_subject_has_its_row(line: Line) -> None:
    came(minute(1), "completed", waited=1, talked=1, skill=SkillFactory(slug="medicine"))
    came(minute(1), "completed", waited=1, talked=1)
    half_hours.count(NOW)
    assert set(HalfHour.objects.values_list("subject", "offered")) == {("medicine", 1), ("", 1)}


def test_who_only_heard_the_menu_wanted_nobody(line: Line) -> None:
    call = came(minute(1), "completed")
    Call.objects.filter(pk=call.pk).update(waiting_since=None)
    half_hours.count(NOW)
    assert not HalfHour.objects.exists()


def test_counting_again_changes_nothing_and_follows_what_happens(line: Line) -> None:
    call = came(minute(1), "waiting")
    half_hours.count(NOW)
    half_hours.count(NOW)
    assert HalfHour.objects.get().answered == 0
    Call.objects.filter(pk=call.pk).update(answered_at=minute(2), skill=SkillFactory(slug="infant"))
    half_hours.count(NOW)
    row = HalfHour.objects.get()
    assert (row.subject, row.answered) == ("infant", 1)


def test_older_half_hours_are_left_as_they_are(line: Line) -> None:
    HalfHour.objects.create(line=line, begins=BEGINS - timedelta(hours=2), offered=99)
    half_hours.count(NOW)
    assert HalfHour.objects.get().offered == 99


def test_texts_are_counted_with_the_median_time_to_the_handset(line: Line) -> None:
    for seconds in (2, 4, 30):
        MessageFactory(
            state="delivered",
            accepted_at=minute(1),
            ended_at=minute(1) + timedelta(seconds=seconds),
            sid=f"SM{seconds}",
        )
    MessageFactory(state="undelivered", accepted_at=minute(2), ended_at=minute(3))
    MessageFactory(state="failed", accepted_at=None, ended_at=minute(3))
    MessageFactory(state="sent", accepted_at=minute(4))
    half_hours.count(NOW)
    row = TextHalfHour.objects.get(begins=BEGINS)
    assert (row.sent, row.delivered, row.failed, row.median_seconds) == (5, 3, 2, 4.0)


def test_agents_time_is_cut_at_the_ends_of_the_half_hour(line: Line) -> None:
    agent, other = UserFactory(), UserFactory()
    span = PresenceSpan.objects.create
    span(user=agent, state="available", began_at=minute(-10), ended_at=minute(5))
    span(user=agent, state="on_call", began_at=minute(5), ended_at=minute(15))
    span(user=other, state="available", began_at=minute(0))
    half_hours.count(NOW)
    duty = dict(DutyHalfHour.objects.filter(begins=BEGINS).values_list("state", "seconds"))
    assert duty == {"available": 5 * 60 + 20 * 60, "on_call": 600}
    now = half_hours.of_now(NOW)
    assert now["occupancy"] == round(100 * 600 / (600 + 1500))


def test_every_change_of_presence_ends_one_span_and_begins_the_next(line: Line) -> None:
    agent = PresenceFactory(state="offline").user
    presence.go_available(agent)
    presence.take_break(agent, "lunch")
    presence.sign_off(agent)
    spans = list(PresenceSpan.objects.filter(user=agent).order_by("id"))
    assert [span.state for span in spans] == ["available", "break"]
    assert spans[0].ended_at == spans[1].began_at
    assert spans[1].ended_at is not None


def test_counting_takes_as_many_queries_for_many_calls(line: Line, django_assert_max_num_queries: Any) -> None:
    for n in range(40):
        came(minute(n % 20), "completed", waited=n, talked=60)
    with django_assert_max_num_queries(32):
        half_hours.count(NOW)


def test_shares_of_nothing_are_not_zero(line: Line) -> None:
    now = half_hours.of_now(NOW)
    assert (now["service_level"], now["average_wait"], now["occupancy"]) == (None, None, None)


def test_a_message_table_is_not_scanned(line: Line) -> None:
    """The plan of the query uses the index even when the planner is asked to look at nothing else than cost."""
    from django.db import connection

    query = Message.objects.filter(direction="out", accepted_at__gte=minute(0), accepted_at__lt=minute(30))
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
    assert "message_accepted" in query.explain()
