from datetime import timedelta

import pytest
from django.utils import timezone

from cases import callbacks, steps, timeline
from cases.models import Note
from tests.factories.cases import CallbackFactory, CaseFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db
NUMBER = "+8613812345678"


def test_everything_that_happened_is_one_line_with_the_newest_below(text_in, line):
    agent = UserFactory()
    case = CaseFactory(person__number=NUMBER)
    text_in(NUMBER, "在三号楼")
    steps.move(case, "triage", by=agent)
    Note.objects.create(case=case, by=agent, text="hears badly")
    owed = CallbackFactory(case=case)
    callbacks.claim(owed, agent)
    callbacks.record(owed, "no_answer", by=agent)
    entries = timeline.of(case)
    assert [entry.kind for entry in entries if entry.kind != "text_out"] == [
        "move",
        "text_in",
        "move",
        "note",
        "attempt",
    ]
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    assert {"received_again", "callback_missed"} == {entry.row.purpose for entry in entries if entry.kind == "text_out"}


def test_the_first_unread_is_found_and_reading_ends_it(text_in, line):
    case = CaseFactory(person__number=NUMBER)
    text_in(NUMBER, "在三号楼")
    text_in(NUMBER, "二单元")
    assert timeline.first_unread(timeline.of(case)).text == "在三号楼"
    assert timeline.read_all(case) == 2
    assert timeline.first_unread(timeline.of(case)) is None


def test_long_lines_are_read_in_pages(line):
    case = CaseFactory()
    start = timezone.now()
    for n in range(10):
        Note.objects.create(case=case, text=str(n), at=start + timedelta(seconds=n + 1))
    last = timeline.of(case, limit=4)
    assert [entry.text for entry in last] == ["6", "7", "8", "9"]
    assert [entry.text for entry in timeline.of(case, before=last[0].at, limit=2)] == ["4", "5"]


def test_its_length_does_not_change_how_often_the_database_is_asked(line, django_assert_max_num_queries):
    case = CaseFactory()
    for n in range(30):
        Note.objects.create(case=case, text=str(n))
    with django_assert_max_num_queries(8):
        timeline.of(case)
