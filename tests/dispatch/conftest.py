"""What tests of dispatch share: message templates, and somebody who decides."""

import json

import pytest
from django.conf import settings

from hotline.models import MessageTemplate
from tests.factories.hotline import UserFactory


@pytest.fixture
def templates(db):
    """The texts residents and drivers get."""
    file = settings.BASE_DIR / "cases" / "city" / "templates.json"
    rows = json.loads(file.read_text(encoding="utf-8"))
    MessageTemplate.objects.bulk_create([MessageTemplate(**row) for row in rows], ignore_conflicts=True)


@pytest.fixture
def dispatcher(db):
    return UserFactory(role="dispatcher", name="调度员")
