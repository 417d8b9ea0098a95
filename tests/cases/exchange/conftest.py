import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases import categories
from cases.exchange import importing, kinds
from cases.models import Import
from hotline.models import Line, User
from tests.factories.cases import CommunityFactory
from tests.factories.hotline import UserFactory

Given = Callable[..., Import]


@pytest.fixture(autouse=True)
def files_of_this_test(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def city(line: Line) -> Line:
    categories.load()
    CommunityFactory()
    return line


@pytest.fixture
def supervisor(city: Line) -> User:
    return UserFactory(role="supervisor", name="主管")


@pytest.fixture
def given(city: Line, supervisor: User) -> Given:
    """given("cases", "电话,内容\\n...") hands a file in and checks it; words or bytes, English faults."""

    def hand_in(kind: str, content: str | bytes, *, name: str = "list.csv", tell: bool = False) -> Import:
        raw = content.encode() if isinstance(content, str) else content
        sent = SimpleUploadedFile(name, raw)
        job = importing.hand_in(sent, kind=kinds.the(kind), line=city, by=supervisor, language="en", tell=tell)
        importing.work()
        job.refresh_from_db()
        return job

    return hand_in


def workbook(*rows: list[object]) -> bytes:
    """Those rows as an .xlsx."""
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def taken(job: Import, supervisor: User) -> Import:
    """The yes, and all that follows."""
    importing.begin(job, by=supervisor)
    importing.work()
    job.refresh_from_db()
    return job


def faults(job: Import) -> dict[int, str]:
    """Row -> what is wrong with it."""
    return {
        fault.row: "; ".join(f"{each['column']}: {each['words']}".removeprefix(": ") for each in fault.faults)
        for fault in job.faults.all()
    }
