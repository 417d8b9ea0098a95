"""Texts while things break: each is there once, told once, on one case, and every promise holds afterwards."""

import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import redis
from twilio.request_validator import RequestValidator

from cases.models import Case, Contact
from hotline import outbox
from hotline.models import InboundEvent, Line, Message
from tests.stack import Stack
from tests.waiting import until

NEED = "我爸的胰岛素明天就没有了，浦东新区"


@pytest.fixture(autouse=True)
def every_promise_holds(stack: Stack) -> Iterator[None]:
    yield
    stack.carrier.clear_faults()
    stack.wait_until_ready()
    done = stack.manage("check_integrity", check=False)
    assert done.returncode == 0, done.stdout


def cases_of(number: str) -> list[Case]:
    return list(Case.objects.filter(person__phones__number=number))


def taken(number: str) -> int:
    return Message.objects.filter(direction="in", number=number, state="handled").count()


def test_a_worker_that_dies_between_sending_and_saving_sends_nothing_twice(stack: Stack) -> None:
    number = "+8613700001001"
    stack.carrier.set_faults(
        [
            {"kind": "silent", "on": "messages.create", "count": 1, "number": number},  # carried out, never answered
            {"kind": "drop", "on": "messages.status", "number": number},  # and no report tells of it
        ]
    )
    line = Line.objects.get(number=stack.number)
    message = outbox.send_text(line=line, number=number, body="车在路上", topic="test:kill", key="1")
    phone = stack.phone(number)
    until(lambda: phone.messages("in"), "the text to arrive", 60)
    message.refresh_from_db()
    assert (message.state, message.sid) == ("sending", "")
    stack.kill("worker")

    def ended() -> bool:
        message.refresh_from_db()
        return message.state == "delivered"

    until(ended, "the text to be found in the carrier's log", 120)
    assert message.sid == phone.messages("in")[0]["sid"]
    assert [row["body"] for row in phone.messages("in")] == ["车在路上"]


def test_a_flushed_broker_loses_no_text(stack: Stack) -> None:
    number = "+8613700001002"
    stack.stop("worker")
    try:
        stack.phone(number).text(stack.number, NEED)
        redis.Redis.from_url(stack.environment["REDIS_URL"]).flushall()
        assert InboundEvent.objects.get(kind="message", number=number).state == "received"
    finally:
        stack.start("worker")
    until(lambda: taken(number) == 1, "the text to be taken", 90)
    assert len(cases_of(number)) == 1
    stack.phone(number).wait_for_message(cases_of(number)[0].number, timeout=60)


def test_two_webhooks_of_one_text_at_the_same_instant_are_one_text(stack: Stack) -> None:
    number = "+8613700001003"
    said = {"MessageSid": "SM" + "c" * 32, "From": number, "To": stack.number, "Body": NEED, "NumMedia": "0"}
    address = f"{stack.web}/webhooks/twilio/message/"
    signature = RequestValidator(stack.environment["TWILIO_AUTH_TOKEN"]).compute_signature(address, said)
    start, answers = threading.Barrier(6), []

    def come() -> None:
        with httpx.Client(trust_env=False, timeout=60) as client:
            start.wait()
            answers.append(client.post(address, data=said, headers={"X-Twilio-Signature": signature}).status_code)

    threads = [threading.Thread(target=come) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 6
    until(lambda: taken(number) == 1, "the text to be taken", 60)
    assert InboundEvent.objects.filter(sid=said["MessageSid"]).count() == 1
    assert len(cases_of(number)) == 1


def test_two_texts_100_ms_apart_from_a_new_number_make_one_case(stack: Stack) -> None:
    number = "+8613700001004"
    phone = stack.phone(number)
    for words in (NEED, "地址是昌里路200弄5号楼601"):
        phone.text(stack.number, words, wait=False)
        time.sleep(0.1)
    until(lambda: taken(number) == 2, "both texts to be taken", 60)
    case = cases_of(number)
    assert len(case) == 1
    assert Contact.objects.filter(case=case[0], message__number=number).count() == 2
