"""The whole system answers, and a test reaches every part of it."""

from cases.models import Case, Contact
from hotline.models import Message, User
from tests.waiting import until


def test_a_text_becomes_a_case_and_is_answered_with_its_number(stack):
    resident = stack.phone("+8613800990001")
    resident.text(stack.number, "我爸的降压药明天就没有了，住在静安区")
    contact = until(
        lambda: Contact.objects.filter(message__number="+8613800990001", case__isnull=False).first(), "a case"
    )
    assert contact.case.number in resident.wait_for_message(contact.case.number, timeout=30)["body"]
    assert Case.objects.get(pk=contact.case_id).state == "new"
    assert Message.objects.filter(number="+8613800990001", direction="out").count() == 1


def test_every_role_can_log_in(stack):
    for name in ("agent1", "supervisor", "dispatcher", "admin"):
        assert stack.log_in(name).get("/").is_success, name
        assert User.objects.get(username=name).is_active


def test_metrics_count_what_every_process_did(stack):
    page = stack.log_in("admin").get("/metrics").text
    for name in ("hotline_outbox_messages", "hotline_inbound_events", "cases_in_queue", "django_http_requests"):
        assert name in page
