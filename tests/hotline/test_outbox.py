"""Texts out: each once, whatever the carrier answers."""

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery.signals import before_task_publish
from django.utils import timezone

from hotline import outbox
from hotline.carriers.loopback.client import Loopback
from hotline.models import Line, Message, OptOut
from hotline.tasks import send_texts
from tests.factories.hotline import MessageFactory, TemplateFactory

PERSON = "+8613800000123"


def told(line: Line, **more: Any) -> Message:
    TemplateFactory()
    message = outbox.send(
        line=line, number=PERSON, event="received", topic="case:7", words={"number": "100007"}, **more
    )
    assert message is not None
    return message


def texts_at(carrier: Loopback, number: str = PERSON) -> list[str]:
    return [row["body"] for row in carrier.phone(number).messages("in")]


def test_news_is_written_from_its_template(line: Line) -> None:
    assert told(line).body == "已收到，编号100007。"


def test_the_same_news_twice_is_one_row(line: Line) -> None:
    assert told(line).pk == told(line).pk
    assert Message.objects.count() == 1


def test_another_occasion_is_other_news(line: Line) -> None:
    assert told(line).pk != told(line, occasion="second").pk


def test_news_nobody_wrote_words_for_stops_nothing(line: Line) -> None:
    assert outbox.send(line=line, number=PERSON, event="unheard_of", topic="case:7", words={}) is None


def test_a_category_may_have_words_of_its_own(line: Line) -> None:
    TemplateFactory(category="infant", body="奶粉求助{number}已收到。")
    assert told(line, category="infant").body == "奶粉求助100007已收到。"


def test_who_opted_out_is_sent_nothing(line: Line) -> None:
    OptOut.objects.create(line=line, number=PERSON)
    message = told(line)
    assert (message.state, message.reason) == ("suppressed", "opted_out")


@pytest.mark.parametrize("number", ["", "10086", "anonymous", "+12"])
def test_what_is_no_whole_number_is_sent_nothing(line: Line, number: str) -> None:
    TemplateFactory()
    message = outbox.send(line=line, number=number, event="received", topic="case:7", words={})
    assert message is not None
    assert (message.state, message.reason) == ("suppressed", "bad_number")


def test_queued_news_gives_way_to_newer(line: Line) -> None:
    message = told(line)
    assert outbox.supersede("case:7", ["received"]) == 1
    message.refresh_from_db()
    assert (message.state, message.reason) == ("suppressed", "superseded")


def test_an_accepted_text_arrives_once(line: Line, carrier: Loopback) -> None:
    message = told(line)
    assert outbox.deliver(message.pk) == "accepted"
    assert outbox.deliver(message.pk) == ""
    message.refresh_from_db()
    assert message.sid.startswith("SM")
    carrier.phone(PERSON).wait_for_message("100007")
    assert texts_at(carrier) == ["已收到，编号100007。"]


@pytest.mark.parametrize("kind", ["429"])
def test_a_refusal_for_now_is_tried_again_later(line: Line, carrier: Loopback, kind: str) -> None:
    carrier.fault(kind, on="messages.create", count=1, seconds=1)
    message = told(line)
    assert outbox.deliver(message.pk) == "queued"
    assert outbox.due() == []  # not at once
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert outbox.due() == [message.pk]
        assert outbox.deliver(message.pk) == "accepted"


@pytest.mark.parametrize("kind", ["lost", "500", "silent"])
def test_a_lost_answer_is_looked_up_before_anything_is_sent_again(line: Line, carrier: Loopback, kind: str) -> None:
    carrier.fault(kind, on="messages.create", count=1)
    message = told(line)
    assert outbox.deliver(message.pk) == "unknown"
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert outbox.unsettled() == [message.pk]
        outbox.look_up(message.pk)
        message.refresh_from_db()
        if kind == "500":  # it was never carried out: queued again, and sent
            assert message.state == "queued"
        else:
            assert message.state in ("accepted", "sent", "delivered")
            assert message.sid
    if message.state == "queued":
        with time_machine.travel(timezone.now() + timedelta(minutes=3)):
            outbox.deliver(message.pk)
    carrier.phone(PERSON).wait_for_message("100007")
    assert len(texts_at(carrier)) == 1


def test_of_two_equal_texts_each_finds_its_own_in_the_log(line: Line, carrier: Loopback) -> None:
    first = MessageFactory(line=line, number=PERSON, body="同样的话")
    second = MessageFactory(line=line, number=PERSON, body="同样的话")
    carrier.fault("lost", on="messages.create", count=2)
    for message in (first, second):
        assert outbox.deliver(message.pk) == "unknown"
    for message in (first, second):
        outbox.look_up(message.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.sid
    assert second.sid
    assert first.sid != second.sid


def test_a_number_that_wrote_stop_to_the_carrier_is_known_as_opted_out(line: Line, carrier: Loopback) -> None:
    carrier.phone(PERSON).behave(opted_out=True)
    message = told(line)
    assert outbox.deliver(message.pk) == "failed"
    message.refresh_from_db()
    assert (message.reason, message.carrier_error) == ("opted_out", 21610)


def test_old_news_is_not_sent(line: Line, carrier: Loopback) -> None:
    message = told(line, expires_at=timezone.now() - timedelta(seconds=1))
    assert outbox.deliver(message.pk) == "suppressed"
    assert texts_at(carrier) == []


@pytest.mark.parametrize("reports", [["sent", "delivered"], ["delivered", "sent"], ["delivered", "delivered"]])
def test_reports_in_any_order_end_in_the_farthest(line: Line, reports: list[str]) -> None:
    message = MessageFactory(line=line, state="accepted", sid="SM1")
    for report in reports:
        assert outbox.reported(message.pk, "SM1", report, None)
    message.refresh_from_db()
    assert message.state == "delivered"


def test_a_report_that_overtakes_the_answer_gives_the_text_its_id(line: Line) -> None:
    message = MessageFactory(line=line, state="sending", sending_at=timezone.now())
    outbox.reported(message.pk, "SM9", "sent", None)
    message.refresh_from_db()
    assert (message.state, message.sid) == ("sent", "SM9")


def test_an_undelivered_text_says_why(line: Line) -> None:
    message = MessageFactory(line=line, state="sent", sid="SM2")
    outbox.reported(message.pk, "SM2", "undelivered", 30003)
    message.refresh_from_db()
    assert (message.state, message.reason, message.carrier_error) == ("undelivered", "unreachable", 30003)


def test_the_most_urgent_goes_first(line: Line, carrier: Loopback) -> None:
    for level, body in ((3, "later"), (1, "now"), (2, "soon")):
        outbox.send_text(line=line, number=PERSON, body=body, topic="case:7", key=body, level=level)
    line.texts_per_second = 5
    line.save()
    assert outbox.send_queued(line.pk) == 3
    asked = [row["params"]["Body"] for row in carrier.log(kind="rest") if row["operation"] == "messages.create"]
    assert asked == ["now", "soon", "later"]


def test_texts_leave_at_the_carriers_pace(line: Line, carrier: Loopback) -> None:
    line.texts_per_second = 10
    line.save()
    for n in range(6):
        MessageFactory(line=line, number=f"+861380000020{n}")
    began = time.monotonic()
    assert outbox.send_queued(line.pk) == 6
    assert time.monotonic() - began >= 0.5


def test_the_next_run_keeps_the_pace_of_the_last(line: Line, carrier: Loopback) -> None:
    line.texts_per_second = 2
    line.save()
    MessageFactory(line=line)
    outbox.send_queued(line.pk)
    line.refresh_from_db()
    assert line.next_text_at
    assert line.next_text_at > timezone.now()


@pytest.mark.parametrize("texts", [0, 2])
def test_a_sender_whose_time_is_over_calls_another_when_texts_are_left(
    line: Line, monkeypatch: Any, django_capture_on_commit_callbacks: Any, texts: int
) -> None:
    woken: list[str] = []

    def note(sender: str, **_more: Any) -> None:
        woken.append(sender)

    before_task_publish.connect(note, sender=send_texts.name)
    for _ in range(texts):
        MessageFactory(line=line)
    monkeypatch.setattr(outbox, "SENDER_SECONDS", -1)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.send_queued(line.pk)
    assert len(woken) == (1 if texts else 0)


def test_a_crowd_of_texts_goes_out_whole(line: Line, carrier: Loopback) -> None:
    line.texts_per_second = 500
    line.save()
    for _ in range(30):
        MessageFactory(line=line)
    carrier.fault("lost", on="messages.create", count=2)
    outbox.send_queued(line.pk)
    states = list(Message.objects.values_list("state", flat=True))
    assert (states.count("accepted"), states.count("unknown")) == (28, 2)
