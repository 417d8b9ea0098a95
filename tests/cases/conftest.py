import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from cases.handlers import CaseHandlers
from hotline.locks import hold_number
from hotline.models import Line, Message, MessageTemplate
from tests.factories.hotline import LineFactory

Texts = Callable[..., Message]


@pytest.fixture
def line(db: None) -> Line:
    """The line, with everything it tells residents."""
    texts = json.loads(Path(settings.BASE_DIR, "cases", "city", "templates.json").read_text(encoding="utf-8"))
    MessageTemplate.objects.bulk_create([MessageTemplate(**text) for text in texts], ignore_conflicts=True)
    return LineFactory()


@pytest.fixture
def text_in(line: Line) -> Texts:
    """A text comes in, as the inbox hands it on: text_in("+8613...", "words")."""

    def receive(number: str, body: str, **fields: object) -> Message:
        with transaction.atomic():
            hold_number(number)
            message = Message.objects.create(
                line=line, direction="in", number=number, body=body, state="received", **fields
            )
            CaseHandlers().message_received(message)
            message.state = "handled"
            message.save()
        return message

    return receive


@pytest.fixture
def told() -> Callable[..., list[str]]:
    """The events a number was told, in order: told("+8613...")."""

    def of(number: str) -> list[str]:
        return list(
            Message.objects.filter(direction="out", number=number).order_by("id").values_list("purpose", flat=True)
        )

    return of
