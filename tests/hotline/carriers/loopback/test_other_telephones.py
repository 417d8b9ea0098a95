"""Telephones that are no numbers, sound that is kept, and thousands of people at once."""

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from hotline.carriers.loopback.client import Loopback, wait_until

from .stand_in import Hotline

THOUSANDS = 2_000


@pytest.mark.parametrize("address", ["client:agent-7", "sip:agent7@pbx.example"])
def test_browser_phones_and_sip_addresses_ring_and_talk(
    sdk: Client, number: str, carrier: Loopback, hotline: Hotline, address: str
) -> None:
    hotline.says("/out", "<Dial><Conference>room</Conference></Dial>")
    other = carrier.phone("+8613800000055")
    for to in (address, other.number):
        sdk.calls.create(to=to, from_=number, url=hotline.url + "/out")
    phone = carrier.phone(address)
    phone.answer()
    other.answer()
    wait_until(lambda: address in other.speak("听得到吗"), what="the two to hear each other")
    assert "听得到吗" in phone.heard()
    assert [row.to for row in sdk.calls.list(to=address)] == [address]


def test_what_is_no_telephone_is_refused(sdk: Client, number: str) -> None:
    with pytest.raises(TwilioRestException) as refused:
        sdk.calls.create(to="mailto:agent7", from_=number, url="http://x")
    assert refused.value.code == 21211


def test_recordings_are_listed_fetched_and_deleted(sdk: Client, number: str, carrier: Loopback) -> None:
    phone = carrier.phone("+8613800000056")
    made = sdk.calls.create(to=phone.number, from_=number, twiml='<Response><Pause length="60"/></Response>')
    phone.answer()
    kept = sdk.calls(made.sid).recordings.create()
    sdk.calls(made.sid).update(status="completed")
    wait_until(lambda: sdk.recordings(kept.sid).fetch().status == "completed", what="the recording's end")
    assert [row.sid for row in sdk.recordings.list(call_sid=made.sid)] == [kept.sid]
    sdk.recordings(kept.sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        sdk.recordings(kept.sid).fetch()
    assert gone.value.code == 20404


def test_thousands_of_people_write_at_once_and_each_is_heard_once(
    number: str, carrier: Loopback, hotline: Hotline, sdk: Client
) -> None:
    with httpx.Client(base_url=carrier.base_url, trust_env=False, timeout=60) as people:
        for n in range(THOUSANDS):
            said = {"from": f"+86137{n:08d}", "to": number, "body": "在吗", "wait": False}
            people.post("/loopback/messages", json=said).raise_for_status()
    wait_until(lambda: len(hotline.requests("/sms")) >= THOUSANDS, 60, "every text")
    asked = hotline.requests("/sms")
    assert len({one.params["MessageSid"] for one in asked}) == len(asked) == THOUSANDS
    assert all(one.signed for one in asked)
    assert carrier.stats()["phones"] >= THOUSANDS
