"""The page of a case."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import duplicates
from cases.models import Case, Contact, Note, PersonalDataAccess, Prescription
from hotline.models import Call, Message, User
from tests.factories.cases import CaseFactory, NeedFactory, ResidentFactory
from tests.factories.hotline import MessageFactory, UserFactory


@pytest.fixture
def case(city: object) -> Case:
    case = CaseFactory(person=ResidentFactory(name="王秀英", number="+8613812345678"))
    NeedFactory(case=case)
    return case


def page(client: Client, case: Case) -> str:
    return client.get(reverse("cases:case", args=[case.number])).content.decode()


def post(client: Client, case: Case, name: str, *args: str, **fields: str):
    return client.post(reverse(f"cases:case-{name}", args=[case.number, *args]), fields)


def test_it_shows_what_happened_and_hides_who_it_is(desk: Client, case: Case) -> None:
    Note.objects.create(case=case, text="已联系居委会")
    shown = page(desk, case)
    assert case.number in shown
    assert "胰岛素笔芯" in shown
    assert "已联系居委会" in shown
    assert "138 **** 5678" in shown
    assert "13812345678" not in shown
    assert "王秀英" not in shown


def test_showing_it_in_full_is_written_down(desk: Client, case: Case, agent: User) -> None:
    shown = post(desk, case, "unmask").content.decode()
    assert "王秀英" in shown
    assert "+8613812345678" in shown
    looked = PersonalDataAccess.objects.get()
    assert (looked.user, looked.case_id) == (agent, case.pk)


def test_an_unknown_number_is_not_found(desk: Client, case: Case) -> None:
    for number in ("100000", "nonsense", "999999999"):
        assert desk.get(reverse("cases:case", args=[number])).status_code == 404


def test_unread_words_are_marked_and_then_read(desk: Client, case: Case) -> None:
    message = MessageFactory(direction="in", state="handled", body="还有两盒降压药", idempotency_key=None)
    Contact.objects.create(line=case.line, case=case, message=message, unread=True)
    assert 'id="unread"' in page(desk, case)
    assert 'id="unread"' not in page(desk, case)


def test_a_dispatcher_reads_and_does_not_act(client: Client, case: Case) -> None:
    client.force_login(UserFactory(role="dispatcher"))
    shown = page(client, case)
    assert 'data-step="' not in shown
    assert post(client, case, "note", text="x").status_code == 403
    assert post(client, case, "unmask").status_code == 403
    assert not PersonalDataAccess.objects.exists()


def test_a_note_stands_in_the_time_line(desk: Client, case: Case, agent: User) -> None:
    assert "门卫换了电话" in post(desk, case, "note", text="门卫换了电话").content.decode()
    assert case.notes.get().by == agent


def test_a_text_is_sent_once_however_often_it_is_pressed(desk: Client, case: Case, agent: User) -> None:
    for _press in range(2):
        assert post(desk, case, "text", body="请把处方拍照发来", key="abc").status_code == 200
    sent = Message.objects.get(direction="out")
    assert (sent.number, sent.body, sent.topic, sent.author) == (
        "+8613812345678",
        "请把处方拍照发来",
        f"case:{case.pk}",
        agent,
    )


def test_somebody_without_a_number_cannot_be_texted(desk: Client, city: object) -> None:
    case = CaseFactory(person=ResidentFactory(number=""))
    assert post(desk, case, "text", body="您好", key="abc").status_code == 409


def test_calling_the_person_rings_the_agent_first(desk: Client, case: Case, agent: User) -> None:
    post(desk, case, "call", phone=str(case.person.phones.get().pk))
    call = Call.objects.get()
    assert (call.agent, call.number, call.topic, call.state) == (agent, "+8613812345678", f"case:{case.pk}", "ringing")


def test_resuming_a_hold_from_its_page(desk: Client, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(
        state="on_hold",
        held_from="sourcing",
        held_until=timezone.now() + timedelta(days=1),
        owner="timer",
        hold_reason="photo",
    )
    assert 'data-move="resume"' in page(desk, case)
    post(desk, case, "move", "resume")
    case.refresh_from_db()
    assert case.state == "sourcing"


def test_reopening_is_a_supervisors_with_a_reason(desk: Client, case: Case, supervisor: User) -> None:
    Case.objects.filter(pk=case.pk).update(state="cancelled", outcome="no_longer_needed", owner="", next_step="")
    assert post(desk, case, "move", "reopen", reason="又需要了").status_code == 409
    desk.force_login(supervisor)
    assert post(desk, case, "move", "reopen", reason="").status_code == 409
    post(desk, case, "move", "reopen", reason="又需要了")
    case.refresh_from_db()
    assert case.state == "triaged"


def test_no_other_move_is_made_by_its_name(desk: Client, case: Case) -> None:
    assert post(desk, case, "move", "deliver", reason="x").status_code == 404


def test_two_cases_of_one_matter_are_merged_where_they_are_proposed(desk: Client, case: Case) -> None:
    other = CaseFactory(person=case.person)
    assert [twin.case for twin in duplicates.of_case(case)] == [other]
    assert other.number in page(desk, case)
    post(desk, case, "merge", into=other.number)
    case.refresh_from_db()
    assert (case.state, case.merged_into) == ("duplicate", other)


def test_who_else_is_here_is_named(client: Client, case: Case) -> None:
    first, second = UserFactory(name="陈老师"), UserFactory(name="周老师")
    client.force_login(first)
    page(client, case)
    client.force_login(second)
    shown = page(client, case)
    assert "陈老师" in shown.split('id="here"', 1)[1][:400]


def test_the_photo_of_a_prescription_is_for_those_who_work_on_cases(
    desk: Client, case: Case, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    paper = Prescription.objects.create(need=case.needs.get(), state="received")
    paper.photo.save("p.jpg", ContentFile(b"\xff\xd8\xff"))
    where = reverse("cases:prescription-photo", args=[paper.pk])
    answer = desk.get(where)
    assert b"".join(answer.streaming_content) == b"\xff\xd8\xff"
    assert PersonalDataAccess.objects.get().what == "prescription photo"
    desk.force_login(UserFactory(role="dispatcher"))
    assert desk.get(where).status_code == 403


def test_the_page_asks_a_bounded_number_of_times(desk: Client, case: Case, django_assert_max_num_queries) -> None:
    for i in range(20):
        Note.objects.create(case=case, text=f"note {i}")
        message = MessageFactory(topic=f"case:{case.pk}", number="+8613812345678")
        Contact.objects.create(line=case.line, case=case, message=message)
        NeedFactory(case=case)
    with django_assert_max_num_queries(30):
        page(desk, case)


def test_a_prescription_goes_on_from_the_page_of_the_case(desk: Client, case: Case) -> None:
    need = NeedFactory(case=case, prescription_needed=True)
    desk.post(reverse("cases:ask-photo", args=[case.number]))
    assert need.prescription.state == "photo_asked"
    desk.post(reverse("cases:prescription-act", args=[need.prescription.pk, "received"]))
    desk.post(reverse("cases:prescription-act", args=[need.prescription.pk, "checked"]))
    need.prescription.refresh_from_db()
    assert need.prescription.state == "checked"
    assert desk.get(reverse("cases:case", args=[case.number])).status_code == 200


def test_only_a_supervisor_allows_a_controlled_drug(desk: Client, case: Case) -> None:
    NeedFactory(case=case, controlled=True)
    assert desk.post(reverse("cases:allow-controlled", args=[case.number])).status_code == 403


def test_what_was_asked_is_approved_in_one_press_or_by_quantity(desk: Client, case: Case) -> None:
    post(desk, case, "approve", all="yes")
    need = case.needs.get()
    assert need.approved == need.quantity
    post(desk, case, "approve", **{f"approved-{need.pk}": "1"})
    need.refresh_from_db()
    assert need.approved == 1


def test_what_is_no_quantity_is_said_and_changes_nothing(desk: Client, case: Case) -> None:
    need = case.needs.get()
    assert post(desk, case, "approve", **{f"approved-{need.pk}": "viele"}).status_code == 409
    need.refresh_from_db()
    assert need.approved is None
