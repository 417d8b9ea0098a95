"""Pictures that come with a text: fetched with the account's credentials, checked, kept, shown to those who may see the case."""

import base64
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Contact, PersonalDataAccess
from hotline import inbox, pictures, pictures_in
from hotline.carriers.loopback.client import Loopback
from hotline.models import InboundEvent, Line, Message, Picture
from tests.factories.hotline import LINE_NUMBER, MessageFactory, UserFactory

PERSON = "+8613800000654"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture(autouse=True)
def media_root(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def sent(carrier: Loopback, content: bytes, body: str = "这是处方") -> Picture:
    """What the webhook of a text with this picture leaves behind."""
    kind = {"content_type": "image/png", "data": base64.b64encode(content).decode()}
    carrier.phone(PERSON).text(LINE_NUMBER, body, [kind])
    said = carrier.log(kind="webhook")[-1]["params"]
    event, _new = inbox.keep("message", said["MessageSid"], number=PERSON, payload=said)
    assert inbox.take(event.pk) == 1
    return Picture.objects.get()


def test_a_picture_is_fetched_and_kept_under_a_name_of_our_own(line: Line, carrier: Loopback, media_root: Path) -> None:
    picture = sent(carrier, PNG)
    assert picture.state == "waiting"
    assert pictures_in.fetch_due() == 1
    picture.refresh_from_db()
    assert (picture.state, picture.size) == ("kept", len(PNG))
    assert (media_root / picture.file.name).read_bytes() == PNG
    assert picture.file.name.endswith(".png")


def test_what_only_says_that_it_is_a_picture_is_not_kept(line: Line, carrier: Loopback, media_root: Path) -> None:
    picture = sent(carrier, b"<script>alert(1)</script>")
    pictures_in.fetch_due()
    picture.refresh_from_db()
    assert (picture.state, picture.reason != "") == ("refused", True)
    assert list(media_root.rglob("*.*")) == []


def test_a_picture_is_not_read_beyond_the_size_we_keep(
    line: Line, carrier: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 20)
    picture = sent(carrier, PNG)
    pictures_in.fetch_due()
    picture.refresh_from_db()
    assert picture.state == "refused"


def test_a_carrier_that_is_away_is_asked_again_later(line: Line, carrier: Loopback) -> None:
    picture = sent(carrier, PNG)
    carrier.fault("503", on="media.download", count=1)
    assert pictures_in.fetch_due() == 0
    picture.refresh_from_db()
    assert (picture.state, picture.attempts) == ("waiting", 1)
    Picture.objects.update(due_at=picture.created_at)
    assert pictures_in.fetch_due() == 1


def test_our_credentials_go_to_nobody_but_the_carrier(line: Line, carrier: Loopback) -> None:
    message = MessageFactory(line=line, direction="in", state="handled", media_count=1, idempotency_key=None)
    pictures_in.expect(message, {"MediaUrl0": "https://elsewhere.example/picture.png"})
    pictures_in.fetch_due()
    assert Picture.objects.get().state == "refused"


def test_a_text_found_in_the_carriers_log_has_its_pictures_too(line: Line, carrier: Loopback) -> None:
    picture = sent(carrier, PNG)
    Picture.objects.update(address="")
    assert pictures_in.fetch_due() == 1
    picture.refresh_from_db()
    assert picture.state == "kept"


def test_a_picture_without_words_lies_in_the_visible_inbox(line: Line, carrier: Loopback) -> None:
    sent(carrier, PNG, body="")
    assert Contact.objects.get().case is None
    assert InboundEvent.objects.get().state == "processed"


@pytest.mark.parametrize(("role", "status"), [("agent", 200), ("supervisor", 200), ("dispatcher", 403)])
def test_it_is_shown_to_those_who_work_on_cases_and_that_is_written_down(
    line: Line, carrier: Loopback, client: Client, role: str, status: int
) -> None:
    picture = sent(carrier, PNG)
    pictures_in.fetch_due()
    client.force_login(UserFactory(role=role))
    answer = client.get(reverse("cases:picture", args=[picture.pk]))
    assert answer.status_code == status
    assert PersonalDataAccess.objects.filter(what="picture of a text").exists() == (status == 200)


def test_nobody_sees_it_without_a_log_in(line: Line, carrier: Loopback, client: Client) -> None:
    picture = sent(carrier, PNG)
    pictures_in.fetch_due()
    assert client.get(reverse("cases:picture", args=[picture.pk])).status_code == 302


def test_the_time_line_of_the_case_leads_to_it(line: Line, carrier: Loopback, client: Client) -> None:
    picture = sent(carrier, PNG, body="我爸的胰岛素明天就没有了，浦东新区")
    pictures_in.fetch_due()
    case = Contact.objects.get(message=Message.objects.get(pk=picture.message_id)).case
    assert case is not None
    client.force_login(UserFactory(role="agent"))
    page = client.get(reverse("cases:case-timeline", args=[case.number])).content.decode()
    assert reverse("cases:picture", args=[picture.pk]) in page
