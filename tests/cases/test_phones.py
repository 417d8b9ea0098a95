"""Several numbers: one preferred, each with its hours."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from cases import callbacks, people, phones
from hotline.lifecycle import MoveRefused
from tests.factories.cases import CallbackFactory, CaseFactory, ResidentFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 4, 6, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def person(line):
    return ResidentFactory(number="+8613812345678")


def test_another_number_is_added_and_can_become_the_preferred_one(person):
    phones.write(person, "139 0000 0001", label="女儿")
    assert people.numbers(person) == ["+8613812345678", "+8613900000001"]
    phones.write(person, "+8613900000001", label="女儿", preferred=True)
    assert people.numbers(person) == ["+8613900000001", "+8613812345678"]
    assert person.phones.filter(preferred=True).count() == 1


def test_the_first_number_is_the_preferred_one_and_a_removed_one_hands_on(line):
    person = ResidentFactory(number="")
    first = phones.write(person, "13900000001")
    phones.write(person, "13900000002")
    assert first.preferred
    phones.remove(first)
    assert person.phones.get().preferred


def test_a_number_that_takes_no_texts_is_not_written_to(person):
    phones.write(person, "+8613812345678", takes_texts=False)
    assert people.text_number(person) == ""


@pytest.mark.parametrize("hours", [("09:00", ""), ("20:00", "09:00"), ("x", "y")])
def test_hours_that_are_none_are_refused(person, hours):
    with pytest.raises(MoveRefused):
        phones.write(person, "+8613812345678", call_from=hours[0], call_until=hours[1])


def test_they_are_called_again_at_the_hours_they_asked_for(person):
    phones.write(person, "+8613812345678", call_from="18:00", call_until="20:00")
    with time_machine.travel(NOON, tick=False):
        case = CaseFactory(person=person, level=3)
        owed = CallbackFactory(case=case, level=3)
        callbacks.record(owed, "no_answer", by=UserFactory(role="supervisor"))
    assert owed.due_at == NOON.replace(hour=18)


def test_an_urgent_call_waits_for_no_hours(person):
    phones.write(person, "+8613812345678", call_from="18:00", call_until="20:00")
    with time_machine.travel(NOON, tick=False):
        owed = CallbackFactory(case=CaseFactory(person=person, level=1), level=1)
        callbacks.record(owed, "no_answer", by=UserFactory(role="supervisor"))
    assert owed.due_at < NOON.replace(hour=13)


def test_they_are_written_down_on_the_case_page_and_only_for_its_people(client: Client, person):
    case, other = CaseFactory(person=person), CaseFactory()
    client.force_login(UserFactory())
    add = reverse("cases:case-phone", args=[case.number])
    client.post(add, {"number": "13900000001", "label": "邻居", "takes_texts": "on"})
    assert people.numbers(person) == ["+8613812345678", "+8613900000001"]
    foreign = other.person.phones.get()
    assert client.post(add, {"phone": foreign.pk, "label": "x"}).status_code == 404
    remove = reverse("cases:case-phone-remove", args=[case.number])
    assert client.post(remove, {"phone": foreign.pk}).status_code == 404
    assert client.post(remove, {"phone": person.phones.first().pk}).status_code == 302
    assert people.numbers(person) == ["+8613900000001"]
