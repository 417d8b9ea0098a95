"""Texts that are better not sent, each with its reason; and what ends that."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from hotline import outbox
from hotline.carriers.loopback.client import Loopback
from hotline.models import Line, Message
from tests.factories.hotline import MessageFactory, TemplateFactory, UserFactory

PERSON = "+8613800000321"
NOON = datetime(2022, 4, 12, 4, tzinfo=UTC)
NIGHT = datetime(2022, 4, 12, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai


def ended(line: Line, reason: str, ago: timedelta, **more: Any) -> Message:
    """A text to the person that did not arrive."""
    with time_machine.travel(timezone.now() - ago):
        now = timezone.now()
        given = {"line": line, "number": PERSON, "state": "undelivered", "reason": reason, "ended_at": now}
        return MessageFactory(**(given | more))


def became(message: Message) -> tuple[str, str]:
    outbox.deliver(message.pk)
    message.refresh_from_db()
    return message.state, message.reason


@pytest.mark.parametrize("reason", ["unreachable", "blocked", "bad_number"])
def test_a_number_that_just_failed_is_not_tried_at_once(line: Line, reason: str) -> None:
    ended(line, reason, timedelta(minutes=1))
    assert became(MessageFactory(line=line, number=PERSON)) == ("suppressed", reason)


@pytest.mark.parametrize(
    ("reason", "ago"),
    [("unreachable", timedelta(minutes=16)), ("blocked", timedelta(hours=25)), ("bad_number", timedelta(days=8))],
)
def test_no_number_is_given_up_for_ever(line: Line, carrier: Loopback, reason: str, ago: timedelta) -> None:
    ended(line, reason, ago)
    assert became(MessageFactory(line=line, number=PERSON)) == ("accepted", "")


def test_an_error_of_the_carriers_says_nothing_about_the_number(line: Line, carrier: Loopback) -> None:
    ended(line, "carrier_error", timedelta(minutes=1))
    assert became(MessageFactory(line=line, number=PERSON)) == ("accepted", "")


def test_a_sign_of_life_ends_it(line: Line, carrier: Loopback) -> None:
    ended(line, "bad_number", timedelta(minutes=5))
    MessageFactory(line=line, number=PERSON, direction="in", state="handled", idempotency_key=None)
    assert became(MessageFactory(line=line, number=PERSON)) == ("accepted", "")


def test_the_most_urgent_news_tries_all_the_same(line: Line, carrier: Loopback) -> None:
    ended(line, "unreachable", timedelta(minutes=1))
    assert became(MessageFactory(line=line, number=PERSON, level=1)) == ("accepted", "")


def exchange(line: Line, times: int, *, words: str = "自动回复：不在", after: timedelta = timedelta(seconds=2)) -> None:
    """Our text and the other side's, so often, over the last minutes."""
    for n in range(times):
        with time_machine.travel(timezone.now() - timedelta(minutes=times - n), tick=False) as clock:
            MessageFactory(line=line, number=PERSON, state="delivered", accepted_at=timezone.now())
            clock.shift(after)
            said = words.format(n=n)
            MessageFactory(line=line, number=PERSON, direction="in", state="handled", body=said, idempotency_key=None)


def test_another_automatic_system_is_not_kept_company(line: Line) -> None:
    exchange(line, 3)
    assert became(MessageFactory(line=line, number=PERSON)) == ("suppressed", "looping")


def test_twice_is_no_loop(line: Line, carrier: Loopback) -> None:
    exchange(line, 2)
    assert became(MessageFactory(line=line, number=PERSON)) == ("accepted", "")


def test_somebody_who_writes_other_words_each_time_is_no_machine(line: Line, carrier: Loopback) -> None:
    exchange(line, 5, words="第{n}句")
    assert became(MessageFactory(line=line, number=PERSON)) == ("accepted", "")


def test_somebody_who_takes_their_time_is_no_machine(line: Line, carrier: Loopback) -> None:
    exchange(line, 5, after=timedelta(seconds=40))
    assert became(MessageFactory(line=line, number=PERSON)) == ("accepted", "")


def test_what_an_agent_wrote_goes_to_a_machine_too(line: Line, carrier: Loopback) -> None:
    exchange(line, 5)
    assert became(MessageFactory(line=line, number=PERSON, author=UserFactory())) == ("accepted", "")


def test_a_storm_ends_at_the_days_cap(line: Line, settings: Any) -> None:
    settings.TEXTS_PER_PERSON_AND_DAY = 3
    MessageFactory.create_batch(3, line=line, number=PERSON, state="delivered")
    assert became(MessageFactory(line=line, number=PERSON)) == ("suppressed", "daily_cap")


def test_the_cap_is_of_24_hours(line: Line, carrier: Loopback, settings: Any) -> None:
    settings.TEXTS_PER_PERSON_AND_DAY = 3
    with time_machine.travel(timezone.now() - timedelta(hours=25)):
        MessageFactory.create_batch(3, line=line, number=PERSON, state="delivered")
    assert became(MessageFactory(line=line, number=PERSON)) == ("accepted", "")


@pytest.mark.parametrize(
    ("code", "reason"), [(30003, "unreachable"), (30005, "bad_number"), (30007, "blocked"), (30001, "carrier_error")]
)
def test_a_report_of_failure_has_its_reason(line: Line, code: int, reason: str) -> None:
    message = MessageFactory(line=line, state="sent", sid="SM2")
    outbox.reported(message.pk, "SM2", "undelivered", code)
    message.refresh_from_db()
    assert (message.state, message.reason) == ("undelivered", reason)


def night_line(line: Line) -> Line:
    line.quiet_from, line.quiet_until = time(22), time(7)
    line.save()
    return line


def told(line: Line, **more: Any) -> Message:
    message = outbox.send(line=line, number=PERSON, event="survey", topic="case:7", words={}, **more)
    assert message is not None
    return message


def test_a_quiet_kind_waits_for_the_morning(line: Line) -> None:
    TemplateFactory(event="survey", body="收到了吗？", quiet_at_night=True)
    with time_machine.travel(NIGHT):
        message = told(night_line(line))
        assert message.not_before == datetime(2022, 4, 12, 23, tzinfo=UTC)  # 7:00 in Shanghai
        assert became(message) == ("queued", "")


@pytest.mark.parametrize(("level", "at"), [(1, NIGHT), (2, NIGHT), (3, NOON)])
def test_urgent_news_wakes_people_and_by_day_nothing_waits(line: Line, level: int, at: datetime) -> None:
    TemplateFactory(event="survey", body="收到了吗？", quiet_at_night=True)
    with time_machine.travel(at):
        assert told(night_line(line), level=level).not_before is None


def test_other_kinds_are_told_at_night(line: Line) -> None:
    TemplateFactory(event="survey", body="收到了吗？")
    with time_machine.travel(NIGHT):
        assert told(night_line(line)).not_before is None


def test_stale_news_is_not_sent(line: Line) -> None:
    TemplateFactory(event="survey", body="收到了吗？", stale_after_minutes=60)
    message = told(line)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert became(message) == ("suppressed", "too_old")


def test_every_reason_is_shown_by_a_test() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [reason for reason in Message.Reason.values if reason and f'"{reason}"' not in tests] == []
