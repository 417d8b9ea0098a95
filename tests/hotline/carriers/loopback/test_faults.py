"""Everything that can go wrong with a carrier, each by its switch."""

import time
from collections.abc import Callable

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from hotline.carriers.loopback.client import Loopback, LoopbackPhone, wait_until

from .conftest import RESIDENT, ToLoopback
from .stand_in import Hotline


@pytest.fixture
def send(sdk: Client, number: str, hotline: Hotline) -> Callable[..., str]:
    """Sends a text to the resident and returns its id; reports go to /status."""

    def one(body: str = "已送出", **options: object) -> str:
        options = {"status_callback": hotline.url + "/status"} | options
        return str(sdk.messages.create(to=RESIDENT, from_=number, body=body, **options).sid)

    return one


def statuses(hotline: Hotline, sid: str) -> list[str]:
    return [one.params["MessageStatus"] for one in hotline.requests("/status", MessageSid=sid)]


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500), ("503", 503)])
def test_it_refuses_as_often_as_it_is_told(
    send: Callable[..., str], carrier: Loopback, resident: LoopbackPhone, kind: str, status: int
) -> None:
    carrier.fault(kind, on="messages.create", count=1)
    with pytest.raises(TwilioRestException) as refused:
        send("eins")
    assert refused.value.status == status
    send("zwei")
    resident.wait_for_message("zwei")
    assert not [row for row in resident.messages("in") if row["body"] == "eins"], "what is refused is not done"


def test_too_many_requests_say_when_to_come_again(carrier: Loopback, server: object, sdk: Client, number: str) -> None:
    carrier.fault("429", on="messages.create", count=1, seconds=7)
    answer = requests.post(
        f"{carrier.base_url}/2010-04-01/Accounts/{sdk.username}/Messages.json",
        auth=(sdk.username, sdk.password),
        data={"To": RESIDENT, "From": number, "Body": "x"},
        timeout=10,
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize("kind", ["lost", "silent"])
def test_an_answer_is_lost_after_it_was_done(
    sdk: Client, number: str, carrier: Loopback, resident: LoopbackPhone, kind: str
) -> None:
    hasty = Client(sdk.username, sdk.password, http_client=ToLoopback(carrier.base_url, timeout=1))
    carrier.fault(kind, on="messages.create", count=1)
    with pytest.raises(requests.RequestException):
        hasty.messages.create(to=RESIDENT, from_=number, body="kam an")
    resident.wait_for_message("kam an")
    assert [row.body for row in sdk.messages.list(to=RESIDENT)] == ["kam an"], "and it is in the carrier's log"


def test_reports_are_dropped(send: Callable[..., str], carrier: Loopback, hotline: Hotline) -> None:
    carrier.fault("drop", on="messages.status")
    sid = send()
    wait_until(lambda: carrier.stats()["callbacks_dropped"] >= 2, what="dropped reports")
    assert statuses(hotline, sid) == []


def test_reports_come_twice(send: Callable[..., str], carrier: Loopback, hotline: Hotline) -> None:
    carrier.fault("double", on="messages.status")
    sid = send()
    wait_until(lambda: statuses(hotline, sid).count("delivered") == 2, what="the report, twice")


def test_reports_come_out_of_order_and_none_is_missing(
    send: Callable[..., str], carrier: Loopback, hotline: Hotline
) -> None:
    carrier.set_faults([{"kind": "shuffle", "on": "messages.status", "seconds": 0.5, "seed": 3}])
    sids = [send(str(n)) for n in range(20)]
    wait_until(lambda: all("delivered" in statuses(hotline, sid) for sid in sids), 20, "every report")
    wait_until(lambda: all("sent" in statuses(hotline, sid) for sid in sids), 20, "every report")
    assert any(statuses(hotline, sid).index("delivered") < statuses(hotline, sid).index("sent") for sid in sids)


def test_reports_and_answers_are_delayed(send: Callable[..., str], carrier: Loopback, hotline: Hotline) -> None:
    carrier.set_faults(
        [
            {"kind": "latency", "on": "messages.create", "seconds": 0.6},
            {"kind": "delay", "on": "messages.status", "seconds": 1},
        ]
    )
    began = time.monotonic()
    sid = send()
    assert time.monotonic() - began >= 0.6
    hotline.wait_for("/status", MessageSid=sid)
    assert time.monotonic() - began >= 1.6


def test_it_keeps_a_pace_for_each_sender(send: Callable[..., str], carrier: Loopback, resident: LoopbackPhone) -> None:
    carrier.set_faults([], messages_per_second=5)
    for n in range(6):
        send(f"n{n}")
    began = time.monotonic()
    resident.wait_for_message("n5", timeout=15)
    assert time.monotonic() - began >= 0.5, "six at five a second"


def test_a_text_that_cannot_be_delivered_ends_with_its_error(
    send: Callable[..., str], carrier: Loopback, hotline: Hotline
) -> None:
    carrier.fault("undeliverable", on="messages.delivery", error_code=30005, status="undelivered")
    said = hotline.wait_for("/status", MessageSid=send(), MessageStatus="undelivered")
    assert said.params["ErrorCode"] == "30005"


def test_who_wrote_stop_is_refused_with_21610_until_they_write_start(
    sdk: Client, number: str, resident: LoopbackPhone
) -> None:
    resident.text(number, "STOP")
    with pytest.raises(TwilioRestException) as refused:
        sdk.messages.create(to=RESIDENT, from_=number, body="doch noch")
    assert refused.value.code == 21610
    resident.text(number, "START")
    sdk.messages.create(to=RESIDENT, from_=number, body="wieder")
    resident.wait_for_message("wieder")


def test_a_whole_outage_refuses_everything_until_it_is_over(
    send: Callable[..., str], carrier: Loopback, resident: LoopbackPhone
) -> None:
    carrier.fault("outage")
    with pytest.raises(TwilioRestException) as refused:
        send()
    assert refused.value.status == 503
    carrier.clear_faults()
    send("da")
    resident.wait_for_message("da")
