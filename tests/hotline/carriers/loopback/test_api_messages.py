from datetime import UTC, datetime, timedelta

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException

from hotline.carriers.loopback.client import wait_until

from .conftest import ACCOUNT, AGENT, RESIDENT, TOKEN


def code_of(create) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as refused:
        create()
    return refused.value.status, refused.value.code


def test_a_created_message_is_queued_and_can_be_fetched(sdk, number):
    made = sdk.messages.create(to=RESIDENT, from_=number, body="您好")
    assert (made.status, made.direction, made.num_segments, made.date_sent) == ("queued", "outbound-api", "1", None)
    got = sdk.messages(made.sid).fetch()
    assert (got.body, got.to, got.from_) == ("您好", RESIDENT, number)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "12345", "body": "x"}, 21211),
        ({"to": "+266696687", "body": "x"}, 21211),
        ({"to": "", "body": "x"}, 21604),
        ({"to": RESIDENT, "body": ""}, 21602),
        ({"to": RESIDENT, "body": "x" * 1601}, 21617),
        ({"to": RESIDENT, "body": "x", "status_callback": "nowhere"}, 21609),
        ({"to": RESIDENT, "body": "x", "media_url": ["ftp://x"]}, 21620),
    ],
)
def test_what_cannot_be_sent_is_refused(sdk, number, fields, code):
    assert code_of(lambda: sdk.messages.create(from_=number, **fields)) == (400, code)


def test_a_sender_that_is_not_ours_is_refused(sdk, number):
    assert code_of(lambda: sdk.messages.create(to=RESIDENT, from_="+862100000000", body="x")) == (400, 21659)


def test_to_oneself_is_refused(sdk, number):
    assert code_of(lambda: sdk.messages.create(to=number, from_=number, body="x")) == (400, 21266)


def test_lists_are_filtered_by_the_two_ends(sdk, number, carrier):
    sdk.messages.create(to=RESIDENT, from_=number, body="one")
    sdk.messages.create(to=AGENT, from_=number, body="two")
    carrier.phone(RESIDENT).text(number, "three")
    assert [row.body for row in sdk.messages.list(to=AGENT)] == ["two"]
    assert [row.body for row in sdk.messages.list(from_=RESIDENT)] == ["three"]
    assert [row.body for row in sdk.messages.list(to=RESIDENT, from_=number)] == ["one"]
    assert len(sdk.messages.list()) == 3


def test_what_has_not_left_is_in_no_list_by_date(sdk, number, carrier):
    carrier.set_faults([], messages_per_second=0.1)
    for body in ("leaves at once", "waits for its turn"):
        sdk.messages.create(to=RESIDENT, from_=number, body=body)
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    rows = wait_until(lambda: sdk.messages.list(date_sent_after=hour_ago), 5, "the first to leave")
    assert [row.body for row in rows] == ["leaves at once"]
    assert sdk.messages.list(date_sent_before=hour_ago) == []
    assert [row.body for row in sdk.messages.list(date_sent=datetime.now(UTC).date())] == ["leaves at once"]
    assert len(sdk.messages.list(to=RESIDENT)) == 2


def test_pages_follow_one_another_though_new_ones_arrive(sdk, number, carrier):
    for index in range(7):
        carrier.phone(RESIDENT).text(number, str(index))
    seen = []
    for row in sdk.messages.stream(page_size=3):
        if len(seen) == 1:
            carrier.phone(AGENT).text(number, "new")
        seen.append(row.body)
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]
    page = sdk.messages.page(page_size=3)
    assert page.next_page_url
    assert page.next_page().previous_page_url


def test_a_body_can_be_wiped_and_a_message_deleted(sdk, number, resident):
    sid = sdk.messages.create(to=RESIDENT, from_=number, body="秘密").sid
    resident.wait_for_message("秘密")
    assert sdk.messages(sid).update(body="").body == ""
    assert sdk.messages(sid).delete()
    assert code_of(sdk.messages(sid).fetch) == (404, 20404)


def test_a_message_that_waits_can_be_canceled(sdk, number, carrier):
    carrier.set_faults([], messages_per_second=0.2)
    sdk.messages.create(to=RESIDENT, from_=number, body="first")
    waiting = sdk.messages.create(to=RESIDENT, from_=number, body="second")
    assert sdk.messages(waiting.sid).update(status="canceled").status == "canceled"


def test_pictures_are_listed_and_fetched_with_the_account(sdk, number, hotline, resident):
    picture = {"content_type": "image/png", "data": "iVBORw0KGgo="}
    sid = resident.text(number, "处方", media=[picture])["sid"]
    asked = hotline.wait_for("/sms").params
    assert (sid[:2], asked["NumMedia"], asked["MediaContentType0"]) == ("MM", "1", "image/png")
    row = sdk.messages(sid).media.list()[0]
    assert row.content_type == "image/png"
    assert sdk.messages(sid).media(row.sid).fetch().parent_sid == sid
    assert asked["MediaUrl0"].endswith(row.sid)
    assert httpx.get(asked["MediaUrl0"]).status_code == 401
    answer = httpx.get(asked["MediaUrl0"], auth=(ACCOUNT, TOKEN))
    assert (answer.content, answer.headers["content-type"]) == (b"\x89PNG\r\n\x1a\n", "image/png")
    assert sdk.messages(sid).media(row.sid).delete()
    assert sdk.messages(sid).media.list() == []


def test_pictures_can_be_sent(sdk, number, resident):
    made = sdk.messages.create(to=RESIDENT, from_=number, body="地图", media_url=["https://example.org/map.png"])
    assert made.num_media == "1"
    assert resident.wait_for_message("地图")["media"][0]["url"] == "https://example.org/map.png"


def test_a_messaging_service_chooses_the_sender(sdk, number, resident):
    service = "MG" + "0" * 32
    made = sdk.messages.create(to=RESIDENT, messaging_service_sid=service, body="您好")
    assert (made.status, made.messaging_service_sid) == ("accepted", service)
    assert resident.wait_for_message("您好")["from"] == number
