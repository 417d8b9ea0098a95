"""What residents receive is checked when it is saved."""

import pytest
from django.test import Client
from django.urls import reverse

from cases import texts
from hotline import wording
from hotline.admin.message import SAMPLE, TemplateForm
from hotline.models import Line
from tests.factories.hotline import TemplateFactory, UserFactory


def problems(event: str, body: str) -> list[str]:
    form = TemplateForm({"event": event, "language": "zh-hans", "category": "", "body": body})
    return [] if form.is_valid() else [str(error) for errors in form.errors.values() for error in errors]


@pytest.mark.parametrize("row", texts.shipped(), ids=[f"{row['event']}-{row['language']}" for row in texts.shipped()])
def test_every_text_that_is_shipped_can_be_saved_as_it_is(db: None, row: dict[str, str]) -> None:
    assert problems(row["event"], row["body"]) == []


def test_every_word_that_is_filled_in_has_a_sample_for_the_preview() -> None:
    assert {word for event in wording.events() for word in wording.filled_in(event)} <= set(SAMPLE)


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("received", "已收到{nummer}"),  # nobody fills it in
        ("received", "收货码{pin}"),  # not of this event
        ("on_its_way", "求助{number}在路上了"),  # without the code nothing can be handed over
        ("driver_trip", "新的行程"),  # without the link nobody can open it
        ("received", "已收到{number"),
        ("never_told", "您好"),
    ],
)
def test_what_would_leave_a_gap_or_be_of_no_use_is_refused(db: None, event: str, body: str) -> None:
    assert problems(event, body)


def test_the_page_shows_the_text_filled_in_with_its_segments_and_words(line: Line, client: Client) -> None:
    template = TemplateFactory(event="planned", body="求助{number}已排上车，{window}到。" + "好" * 60)
    client.force_login(UserFactory(role="supervisor"))
    client.post(reverse("set_language"), {"language": "en"})
    page = client.get(reverse("admin:hotline_messagetemplate_change", args=[template.pk])).content.decode()
    assert "求助100412已排上车" in page
    assert "2 segments" in page
    assert "{number}, {window}" in page


@pytest.mark.parametrize("name", ["admin:hotline_messagetemplate_changelist", "admin:hotline_line_changelist"])
def test_the_menu_leads_there(db: None, client: Client, name: str) -> None:
    client.force_login(UserFactory(role="supervisor"))
    assert reverse(name) in client.get(reverse("cases:wallboard")).content.decode()
