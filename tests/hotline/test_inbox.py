"""What comes in is kept first, taken once, and never lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery import shared_task
from celery.signals import before_task_publish
from django.db import connection
from django.utils import timezone

from hotline import calls_in, inbox, wake
from hotline.models import Call, InboundEvent, Line, Message, OptOut, RefusedWebhook
from tests.factories.hotline import LINE_NUMBER, MessageFactory, TemplateFactory
from tests.hotline.conftest import Webhook

PERSON = "+8613800000456"


def text(webhook: Webhook, body: str = "求助，需要胰岛素", sid: str = "SM" + "1" * 32, **more: str) -> InboundEvent:
    answer = webhook("line:message", MessageSid=sid, From=PERSON, To=LINE_NUMBER, Body=body, NumMedia="0", **more)
    assert answer.status_code == 200
    return InboundEvent.objects.get(sid=sid)


def test_a_text_is_kept_before_anything_is_done_with_it(line: Line, webhook: Webhook) -> None:
    event = text(webhook)
    assert (event.state, event.payload["Body"]) == ("received", "求助，需要胰岛素")
    assert not Message.objects.exists()


def test_a_text_is_taken_once(line: Line, webhook: Webhook) -> None:
    event = text(webhook)
    assert inbox.take(event.pk) == 1
    assert inbox.take(event.pk) == 0
    assert Message.objects.get(direction="in").state == "handled"


@contextmanager
def somebody_works_for(number: str) -> Iterator[None]:
    """Another connection holds the number."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [f"number:{number}"])
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [f"number:{number}"])
    other.close()


def test_what_waits_is_taken_oldest_first(line: Line, webhook: Webhook) -> None:
    text(webhook, "第一条", "SM" + "1" * 32)
    text(webhook, "第二条", "SM" + "2" * 32)
    assert inbox.take_waiting() == 2
    assert inbox.take_waiting() == 0


def test_a_text_in_other_hands_is_left_to_them(line: Line, webhook: Webhook) -> None:
    event = text(webhook)
    with somebody_works_for(PERSON):
        assert inbox.take(event.pk, wait=False) is None
    assert inbox.take(event.pk, wait=False) == 1


def test_what_failed_is_tried_again_by_the_sweep_only(line: Line, webhook: Webhook) -> None:
    event = text(webhook)
    InboundEvent.objects.filter(pk=event.pk).update(state="failed", attempts=1)
    assert inbox.take_waiting() == 0
    assert inbox.take_waiting(also_failed=True) == 1


@shared_task(name="tests.take_what_waits")
def take_what_waits() -> None:
    """Nobody listens here."""


def test_many_events_wake_one_task_until_it_has_begun(db: None, django_capture_on_commit_callbacks: Any) -> None:
    seen: list[str] = []

    def note(sender: str, **_more: Any) -> None:
        seen.append(sender)

    before_task_publish.connect(note, sender=take_what_waits.name)
    wake.begun(take_what_waits)

    def sent(events: int) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(events):
                wake.wake_one(take_what_waits)
        return len(seen)

    assert sent(3) == 1
    wake.begun(take_what_waits)
    assert sent(2) == 2


def test_a_repeated_webhook_is_the_same_event(line: Line, webhook: Webhook) -> None:
    assert text(webhook).pk == text(webhook).pk
    assert InboundEvent.objects.count() == 1


def test_texts_of_a_number_are_taken_in_their_order(line: Line, webhook: Webhook) -> None:
    text(webhook, "第一条", "SM" + "1" * 32)
    second = text(webhook, "第二条", "SM" + "2" * 32)
    assert inbox.take(second.pk) == 2
    bodies = Message.objects.filter(direction="in").order_by("id").values_list("body", flat=True)
    assert list(bodies) == ["第一条", "第二条"]


@pytest.mark.parametrize("body", ["", "救" * 1600, "😷😷🆘", "xyzzy", "a\x00b"])
def test_any_text_is_kept_and_taken(line: Line, webhook: Webhook, body: str) -> None:
    event = text(webhook, body)
    assert inbox.take(event.pk) == 1
    assert Message.objects.get(direction="in").body == body.replace("\x00", "")


@pytest.mark.parametrize("sender", ["10086", "anonymous", "+266696687"])
def test_a_text_from_no_whole_number_is_taken(line: Line, webhook: Webhook, sender: str) -> None:
    webhook("line:message", MessageSid="SM7", From=sender, To=LINE_NUMBER, Body="您的验证码")
    assert inbox.take(InboundEvent.objects.get(sid="SM7").pk) == 1


def test_a_forged_webhook_leaves_nothing_but_a_count(line: Line, webhook: Webhook) -> None:
    for _ in range(2):
        answer = webhook("line:message", sign=False, MessageSid="SM8", From=PERSON, To=LINE_NUMBER, Body="x")
        assert answer.status_code == 403
    assert not InboundEvent.objects.exists()
    assert RefusedWebhook.objects.get().count == 2


def test_a_webhook_without_a_signature_is_refused(line: Line, client) -> None:  # type: ignore[no-untyped-def]
    assert client.post("/webhooks/twilio/message/", {"MessageSid": "SM9"}).status_code == 403


def test_the_signature_holds_behind_a_proxy_that_ends_tls(line: Line, client, settings) -> None:  # type: ignore[no-untyped-def]
    from twilio.request_validator import RequestValidator

    settings.HOTLINE_BASE_URL = "https://hotline.example.org"
    said = {"MessageSid": "SM5", "From": PERSON, "To": LINE_NUMBER, "Body": "x"}
    address = "https://hotline.example.org/webhooks/twilio/message/"
    signature = RequestValidator(settings.TWILIO_AUTH_TOKEN).compute_signature(address, said)
    answer = client.post("/webhooks/twilio/message/", said, headers={"X-Twilio-Signature": signature})
    assert answer.status_code == 200


@pytest.mark.parametrize("said", [{"Body": "x"}, {"MessageSid": "SM3", "From": PERSON, "To": "+15005550006"}])
def test_a_malformed_webhook_is_kept_visible_and_answered(line: Line, webhook: Webhook, said: dict[str, str]) -> None:
    assert webhook("line:message", **said).status_code == 200
    assert InboundEvent.objects.get().state == "malformed"


def test_stop_opts_out_and_start_comes_back(line: Line, webhook: Webhook) -> None:
    TemplateFactory(event="opted_out", body="已退订")
    inbox.take(text(webhook, "退订", "SM" + "a" * 32).pk)
    assert OptOut.objects.filter(number=PERSON, ended_at=None).exists()
    inbox.take(text(webhook, "START", "SM" + "b" * 32).pk)
    assert not OptOut.objects.filter(number=PERSON, ended_at=None).exists()


def test_stop_inside_a_sentence_is_no_opting_out(line: Line, webhook: Webhook) -> None:
    inbox.take(text(webhook, "我爸STOP药了，退订不了快递").pk)
    assert not OptOut.objects.exists()


def test_who_opted_out_can_still_ask_for_help(line: Line, webhook: Webhook) -> None:
    OptOut.objects.create(line=line, number=PERSON)
    assert inbox.take(text(webhook).pk) == 1


def test_a_report_kept_by_a_process_that_died_is_taken_by_the_sweep(line: Line) -> None:
    message = MessageFactory(line=line, state="accepted", sid="SM4")
    told = {"MessageSid": "SM4", "MessageStatus": "delivered", "To": PERSON, inbox.OUR_MESSAGE: str(message.pk)}
    event, _new = inbox.keep("message_status", "SM4", status="delivered", number=PERSON, payload=told)
    assert event.pk in inbox.waiting()
    assert inbox.take(event.pk) == 1
    message.refresh_from_db()
    assert message.state == "delivered"


def test_a_report_about_a_text_we_do_not_know_is_kept_for_a_person(line: Line, webhook: Webhook) -> None:
    answer = webhook("line:message-status", 4711, MessageSid="SM6", MessageStatus="sent", To=PERSON)
    assert answer.status_code == 200
    assert InboundEvent.objects.get(sid="SM6").state == "malformed"


def rings(line: Line, sid: str = "CA1") -> dict[str, str]:
    """What the webhook of a call that comes in has kept before it answers."""
    said = {"CallSid": sid, "From": "+8613800000123", "To": str(line.number), "CallStatus": "ringing"}
    inbox.keep("call", sid, number=said["From"], payload=said)
    return said


def test_a_call_whose_webhook_is_being_answered_is_not_taken_for_a_missed_one(line: Line) -> None:
    rings(line)
    assert inbox.take_waiting(also_failed=True) == 0
    assert not Call.objects.exists()


def test_a_call_whose_webhook_died_is_missed(line: Line) -> None:
    rings(line)
    with time_machine.travel(timezone.now() + inbox.WEBHOOK_TAKES + timedelta(seconds=1)):
        assert inbox.take_waiting() == 1
    assert Call.objects.get().outcome == "missed"


def test_a_call_that_was_written_down_before_its_webhook_died_goes_on(line: Line) -> None:
    said = rings(line)
    calls_in.arrived(said["CallSid"], said["From"], said["To"])
    with time_machine.travel(timezone.now() + inbox.WEBHOOK_TAKES + timedelta(seconds=1)):
        assert inbox.take_waiting() == 1
    assert Call.objects.get().state == "menu"
