from datetime import timedelta

import pytest
from django.utils import timezone

from cases import categories, status
from cases.handlers import CaseHandlers
from cases.models import Callback, Contact
from tests.factories.cases import CallbackFactory, CaseFactory, ResidentFactory
from tests.factories.hotline import CallFactory, MessageFactory, UserFactory

pytestmark = pytest.mark.django_db
NUMBER = "+8613812345678"
handlers = CaseHandlers()


def test_the_menu_is_the_categories_with_their_keys(line):
    categories.load()
    keys = [(entry.key, entry.slug) for entry in handlers.menu("zh-hans")]
    assert keys[:3] == [("1", "medicine"), ("2", "infant"), ("3", "elderly")]
    assert all(entry.spoken for entry in handlers.menu("en"))
    assert handlers.menu("zh-hans")[0].spoken != handlers.menu("en")[0].spoken


def test_a_category_that_has_ended_leaves_the_menu(line):
    categories.load()
    gone = categories.active()[0]
    gone.active_until = timezone.now() - timedelta(minutes=1)
    gone.save()
    assert gone.slug not in [entry.slug for entry in handlers.menu("zh-hans")]


def test_an_unknown_number_is_unknown(line):
    caller = handlers.who_is_calling(NUMBER)
    assert (caller.match, caller.name, caller.open_cases) == ("unknown", "", [])


def test_a_known_caller_comes_with_their_open_case_its_urgency_and_its_status(line):
    case = CaseFactory(person=ResidentFactory(number=NUMBER), level=1)
    caller = handlers.who_is_calling(NUMBER)
    assert (caller.match, caller.name, caller.level) == ("known", case.person.name, 1)
    assert caller.open_cases == [case.number]
    assert caller.status == status.words(case, "zh-hans")


def test_of_several_people_under_a_number_no_name_is_taken_for_sure(line):
    ResidentFactory(number=NUMBER)
    ResidentFactory(number=NUMBER)
    caller = handlers.who_is_calling(NUMBER)
    assert (caller.match, caller.name) == ("maybe", "")


def test_a_connected_call_is_in_the_visible_inbox_until_something_is_written_down(line):
    call = CallFactory(state="connected", agent=UserFactory(), connected_at=timezone.now())
    handlers.call_connected(call)
    contact = Contact.objects.get(call=call)
    assert (contact.case, contact.settled_at) == (None, None)


def test_a_caller_who_pressed_for_an_existing_case_is_on_it(line):
    case = CaseFactory(person__number=NUMBER)
    call = CallFactory(state="connected", number=NUMBER, choice="existing", connected_at=timezone.now())
    handlers.call_connected(call)
    assert Contact.objects.get(call=call).case == case
    case.refresh_from_db()
    assert case.contacted_at is not None


def test_an_abandoned_call_is_owed_a_call_from_the_time_they_began_to_wait(line):
    call = CallFactory(state="abandoned", number=NUMBER, waited=600)
    handlers.call_not_answered(call)
    owed = Callback.objects.get()
    assert (owed.kind, owed.first_due_at, owed.number, owed.call) == ("missed_call", call.waiting_since, NUMBER, call)


def test_three_abandoned_calls_are_one_call_back(line):
    for _ in range(3):
        handlers.call_not_answered(CallFactory(state="abandoned", number=NUMBER))
    assert Callback.objects.count() == 1


def test_a_withheld_number_that_was_missed_lies_in_the_visible_inbox(line):
    call = CallFactory(state="abandoned", number="")
    handlers.call_not_answered(call)
    assert not Callback.objects.exists()
    assert Contact.objects.get(call=call).unread


def test_getting_through_ends_the_call_back_for_the_missed_call(line):
    owed = CallbackFactory(kind="missed_call", case=None, resident=None, number=NUMBER)
    handlers.call_connected(CallFactory(state="connected", number=NUMBER, connected_at=timezone.now()))
    owed.refresh_from_db()
    assert owed.state == "done"


def test_a_call_that_did_not_come_about_is_a_recorded_attempt(line):
    agent = UserFactory()
    owed = CallbackFactory(state="claimed", claimed_by=agent, claimed_until=timezone.now() + timedelta(minutes=9))
    handlers.call_failed(CallFactory(direction="out", state="failed", agent=agent, topic=f"callback:{owed.pk}"), "busy")
    owed.refresh_from_db()
    assert (owed.state, owed.attempts.get().outcome) == ("retry", "busy")


def test_a_call_out_for_a_call_back_is_on_its_case(line):
    owed = CallbackFactory()
    call = CallFactory(
        direction="out", state="connected", topic=f"callback:{owed.pk}", number=owed.number, connected_at=timezone.now()
    )
    handlers.call_connected(call)
    assert Contact.objects.get(call=call).case == owed.case


def test_a_text_that_did_not_arrive_becomes_a_call(line):
    case = CaseFactory(person__number=NUMBER)
    handlers.message_undeliverable(
        MessageFactory(number=NUMBER, topic=f"case:{case.pk}", state="undelivered", purpose="planned")
    )
    owed = Callback.objects.get()
    assert (owed.kind, owed.case) == ("message_failed", case)


def test_a_text_about_a_case_that_has_ended_needs_no_call(line):
    case = CaseFactory(state="closed", next_step="", owner="", due_at=None, outcome="received")
    handlers.message_undeliverable(MessageFactory(topic=f"case:{case.pk}", state="failed"))
    assert not Callback.objects.exists()
