"""Tests of a line from end to end: out through the carrier, back by webhook, and nothing is left but a row of times."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import Callback, Case, Contact
from hotline import catch_up, half_hours, incidents, line_tests, outbox
from hotline.carriers.loopback.client import Loopback
from hotline.carriers.twilio import client as carrier_client
from hotline.models import Call, InboundEvent, Incident, Line, LineTest, Message, TextHalfHour
from tests.factories.hotline import LINE_NUMBER, UserFactory
from tests.waiting import until

TEST_NUMBER = "+862152345679"


@pytest.fixture
def tested(line: Line) -> Line:
    line.test_number = TEST_NUMBER
    line.save()
    return line


def begun(line: Line, kind: str) -> LineTest:
    test = line_tests.begin(line, kind)
    assert test is not None
    return test


def text_back(webhook: Any, test: LineTest) -> None:
    body = Message.objects.get(pk=test.message_id).body
    said = {"MessageSid": "SM" + "7" * 32, "From": LINE_NUMBER, "To": TEST_NUMBER, "Body": body, "NumMedia": "0"}
    assert webhook("line:message", **said).status_code == 200


def test_a_text_that_came_back_and_was_reported_has_arrived(tested: Line, webhook: Any) -> None:
    test = begun(tested, "text")
    text_back(webhook, test)
    assert not line_tests.settle(test)  # nothing was reported yet
    Message.objects.filter(pk=test.message_id).update(state="sending")
    outbox.reported(test.message_id or 0, "SM1", "sent", None)
    assert line_tests.settle_running() == 1
    test.refresh_from_db()
    assert (test.state, test.seconds is not None) == ("passed", True)


def test_it_is_no_case_no_call_back_nothing_in_the_inbox_and_no_figure(tested: Line, webhook: Any) -> None:
    test = begun(tested, "text")
    text_back(webhook, test)
    begun(tested, "call")
    answer = webhook("line:call", CallSid="CA" + "7" * 32, From=TEST_NUMBER, To=LINE_NUMBER, CallStatus="ringing")
    assert b"<Hangup" in answer.content
    Message.objects.filter(pk=test.message_id).update(state="sending")
    outbox.reported(test.message_id or 0, "SM1", "delivered", None)
    half_hours.count()
    for model in (Case, Callback, Contact, Call, TextHalfHour):
        assert not model.objects.exists()
    assert not Message.objects.filter(direction="in").exists()
    assert set(InboundEvent.objects.values_list("kind", "state")) == {("line_test", "processed")}


def test_a_test_text_that_fails_is_nobodys_call_back(tested: Line) -> None:
    test = begun(tested, "text")
    Message.objects.filter(pk=test.message_id).update(state="sending")
    outbox.reported(test.message_id or 0, "SM1", "undelivered", 30007)
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    ("state", "came", "why"),
    [("queued", False, "not_sent"), ("sent", False, "not_come"), ("accepted", True, "not_reported")],
)
def test_one_that_does_not_arrive_in_time_says_where_it_was_lost_and_opens_an_incident(
    tested: Line, state: str, came: bool, why: str
) -> None:
    test = begun(tested, "text")
    sending = Message.objects.filter(pk=test.message_id)
    if state != "queued":
        sending.update(state="sending")
        sending.update(state=state, accepted_at=timezone.now())
    if came:
        line_tests.text_came({"Body": f"LINE TEST {test.token}"})
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert line_tests.settle_running() == 1
    test.refresh_from_db()
    assert (test.state, test.why) == ("failed", why)
    assert Incident.objects.get(ended_at=None).subject == "shanghai:text"
    assert str(test.get_why_display()) in incidents.words(Incident.objects.get())


def test_the_next_one_that_arrives_ends_the_incident(tested: Line, webhook: Any) -> None:
    begun(tested, "call")
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        line_tests.settle_running()
    again = begun(tested, "call")
    webhook("line:call", CallSid="CA7", From=TEST_NUMBER, To=LINE_NUMBER)
    webhook("line:test-status", again.pk, CallSid="CA8", CallStatus="completed")
    again.refresh_from_db()
    assert again.state == "passed"
    assert not incidents.open_ones().exists()


def test_a_carrier_that_refuses_the_call_is_a_failure_at_once(tested: Line, carrier: Loopback) -> None:
    test = begun(tested, "call")  # the carrier does not know the test number
    line_tests.call(test.pk)
    test.refresh_from_db()
    assert (test.state, test.why) == ("failed", "refused")


def test_tests_begin_by_themselves_when_they_are_due_and_one_of_a_kind_at_a_time(tested: Line) -> None:
    assert line_tests.begin_due() == 2
    assert line_tests.begin_due() == 0
    assert line_tests.begin(tested, "text") is None
    LineTest.objects.update(state="passed")
    with time_machine.travel(timezone.now() + timedelta(minutes=29)):
        assert line_tests.begin_due() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert line_tests.begin_due() == 2


def test_after_a_failure_the_next_comes_soon(tested: Line) -> None:
    line_tests.begin_due()
    LineTest.objects.update(state="failed")
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        assert line_tests.begin_due() == 2


def test_a_line_without_a_test_number_is_not_tested(line: Line) -> None:
    assert line_tests.begin_due() == 0
    assert line_tests.begin(line, "text") is None


def test_many_tests_a_day_are_no_storm(tested: Line, settings: Any) -> None:
    settings.TEXTS_PER_PERSON_AND_DAY = 1
    for _ in range(3):
        test = begun(tested, "text")
        LineTest.objects.update(state="passed")
        assert outbox._why_not(Message.objects.get(pk=test.message_id)) == ""
        Message.objects.filter(pk=test.message_id).update(state="sending")
        Message.objects.filter(pk=test.message_id).update(state="sent")


def test_residents_do_not_call_the_test_number(tested: Line) -> None:
    tested.test_number = tested.number
    with pytest.raises(ValidationError):
        tested.clean()


@pytest.mark.django_db(transaction=True)
def test_both_travel_the_whole_way_through_the_carrier(live_server: Any, carrier: Loopback, settings: Any) -> None:
    """Out by its interface, and back by its signed webhooks into a web server of ours."""
    from tests.factories.hotline import LineFactory

    settings.HOTLINE_BASE_URL = live_server.url
    tested = LineFactory(test_number=TEST_NUMBER)
    for number in (LINE_NUMBER, TEST_NUMBER):
        carrier_client.configure_number(
            number, sms_url=reverse("line:message"), voice_url=reverse("line:call"), status_callback=""
        )
    text, call = begun(tested, "text"), begun(tested, "call")
    outbox.send_queued(tested.pk)
    line_tests.call(call.pk)
    until(lambda: line_tests.settle_running() or not LineTest.objects.filter(state="running"), "both tests", 30)
    until(lambda: not LineTest.objects.filter(state="running").exists() or line_tests.settle_running(), "both", 30)
    assert set(LineTest.objects.values_list("pk", "state", "why")) == {(text.pk, "passed", ""), (call.pk, "passed", "")}
    catch_up.catch_up()  # and what its log says of them makes no missed call
    assert not Call.objects.exists()
    assert not InboundEvent.objects.filter(kind="call").exists()


def test_a_supervisor_sees_the_times_and_begins_one(tested: Line, client: Client) -> None:
    client.force_login(UserFactory(role="supervisor"))
    client.post(reverse("line:test-begin", args=[tested.pk]))
    assert LineTest.objects.count() == 2
    LineTest.objects.update(state="passed", seconds=1.7, came_at=timezone.now())
    assert "1.7" in client.get(reverse("line:tests")).content.decode()
    assert 'hotline_line_test_seconds{kind="call"} 1.7' in client.get("/metrics").content.decode()
