"""The visible inbox."""

import pytest
from django.test import Client
from django.urls import reverse

from cases import inbox
from cases.models import Case, Contact, Draft
from hotline.models import User
from tests.factories.cases import CaseFactory, ResidentFactory
from tests.factories.hotline import CallFactory, MessageFactory


@pytest.fixture
def contact(city: object) -> Contact:
    message = MessageFactory(
        direction="in", state="handled", body="我爸胰岛素没有了", number="+8613812345678", idempotency_key=None
    )
    return Contact.objects.create(line=message.line, message=message, taken_as="unclear", unread=True)


def act(desk: Client, contact: Contact, what: str, **fields: str):
    answer = desk.post(reverse("cases:inbox-act", args=[contact.pk, what]), fields)
    contact.refresh_from_db()
    return answer


def test_it_shows_the_words_and_hides_the_number(desk: Client, contact: Contact) -> None:
    page = desk.get(reverse("cases:inbox")).content.decode()
    assert "我爸胰岛素没有了" in page
    assert "138 **** 5678" in page
    assert "13812345678" not in page


def test_settling_names_who_did_it_and_can_be_undone(desk: Client, contact: Contact, agent: User) -> None:
    act(desk, contact, "settle")
    assert contact.settled_by == agent
    assert not inbox.open_ones().exists()
    act(desk, contact, "unsettle")
    assert inbox.open_ones().get() == contact


def test_open_cases_of_the_number_are_offered(desk: Client, contact: Contact) -> None:
    case = CaseFactory(person=ResidentFactory(number="+8613812345678"))
    assert f'"number": "{case.number}"' in desk.get(reverse("cases:inbox")).content.decode()


def test_putting_it_on_a_case(desk: Client, contact: Contact) -> None:
    case = CaseFactory()
    act(desk, contact, "put", number=case.number)
    assert contact.case == case
    assert contact.unread
    assert not inbox.open_ones().exists()


def test_a_number_of_no_case_is_refused(desk: Client, contact: Contact) -> None:
    assert act(desk, contact, "put", number="999999").status_code == 409
    assert act(desk, contact, "put", number="abc").status_code == 409
    assert contact.case is None


def test_a_text_that_is_a_need_after_all_becomes_a_case_once(desk: Client, contact: Contact) -> None:
    act(desk, contact, "make")
    act(desk, contact, "make")
    case = Case.objects.get()
    assert case.words == "我爸胰岛素没有了"
    assert not inbox.open_ones().exists()
    assert case.contacts.get().message == contact.message


def test_a_call_opens_its_form_on_the_desk(desk: Client, city: object) -> None:
    call = CallFactory(state="voicemail")
    contact = Contact.objects.create(line=call.line, call=call, taken_as="voicemail")
    answer = act(desk, contact, "make")
    draft = Draft.objects.get(call=call)
    assert answer.headers["HX-Redirect"] == f"{reverse('cases:desk')}?draft={draft.key}"


def test_the_inbox_asks_a_bounded_number_of_times(
    desk: Client, contact: Contact, django_assert_max_num_queries
) -> None:
    for _i in range(20):
        message = MessageFactory(direction="in", state="handled", idempotency_key=None)
        Contact.objects.create(line=message.line, message=message)
    with django_assert_max_num_queries(9):
        desk.get(reverse("cases:inbox"))
