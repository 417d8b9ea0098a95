"""The resident's page: the same words as the text message, and what can be said without a log-in or scripts."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cases import status
from cases.models import Callback, Prescription
from cases.resident import link
from hotline import links
from tests.factories.cases import AddressFactory, CaseFactory, CommunityFactory, NeedFactory
from tests.factories.hotline import LINE_NUMBER

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 200


@pytest.fixture
def case():
    case = CaseFactory()
    NeedFactory(case=case)
    return case


@pytest.fixture
def resident(client):
    """Opens the link, or says something on it and reads the answer."""

    def at(case, **said):
        path = "/" + link.address(case).split("/", 3)[3]
        return client.post(path, said, follow=True) if said else client.get(path)

    return at


def test_the_words_are_those_of_the_text_message(resident, case):
    assert status.words(case, case.language) in resident(case).content.decode()


def test_there_is_no_script_on_the_page(resident, case):
    assert "<script" not in resident(case).content.decode()


def test_neither_name_nor_number_is_shown(resident, case):
    words = resident(case).content.decode()
    assert case.person.name not in words
    assert str(case.person.phones.get().number) not in words


def test_no_longer_needed_cancels_at_once_and_twice_is_harmless(resident, case):
    for _ in range(2):
        assert resident(case, say="no_longer").status_code == 200
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("cancelled", "no_longer_needed")


def test_still_needed_ends_a_hold_that_waited_for_the_resident(resident):
    case = CaseFactory(
        state="on_hold",
        held_from="triaged",
        hold_reason="resident",
        held_until=timezone.now() + timedelta(hours=3),
        owner="timer",
        next_step="resume",
    )
    resident(case, say="still")
    case.refresh_from_db()
    assert case.state == "triaged"


def test_a_corrected_address_is_taken_where_it_is_understood_and_checked_by_telephone(resident, case):
    there = CommunityFactory(name="海棠花园")
    resident(case, say="address", words="杨浦区海棠花园 8号楼 301室")
    case.refresh_from_db()
    assert case.address.community == there
    assert Callback.objects.get(case=case).kind == "clarify"


def test_once_goods_are_ready_a_corrected_address_waits_for_the_call(resident):
    case = CaseFactory(state="ready", owner="dispatch", next_step="plan")
    CommunityFactory(name="海棠花园")
    before = case.address
    resident(case, say="address", words="杨浦区海棠花园 8号楼 301室")
    case.refresh_from_db()
    assert case.address == before
    assert "海棠花园" in case.notes.get().text


def test_the_same_address_twice_is_written_once(resident, case):
    for _ in range(2):
        resident(case, say="address", words="杨浦区某路 8号楼 301室")
    assert case.notes.count() == 1


def test_a_photo_is_kept_with_the_prescription_and_ends_the_hold(resident, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = CaseFactory(
        state="on_hold",
        held_from="triaged",
        hold_reason="photo",
        held_until=timezone.now() + timedelta(hours=3),
        owner="timer",
        next_step="resume",
    )
    NeedFactory(case=case, prescription_needed=True)
    resident(case, say="photo", photo=SimpleUploadedFile("我的处方.JPG", JPEG, "image/jpeg"))
    paper = Prescription.objects.get(need__case=case)
    assert paper.state == "received"
    assert "处方" not in paper.photo.name
    case.refresh_from_db()
    assert case.state == "triaged"


def test_what_is_not_a_picture_is_refused_in_words(resident, case):
    answer = resident(case, say="photo", photo=SimpleUploadedFile("x.jpg", b"<html>", "image/jpeg"))
    assert "said bad" in answer.content.decode()
    assert not Prescription.objects.exists()


def test_a_forged_link_says_in_both_languages_whom_to_call(client, case):
    answer = client.get("/r/forged/")
    words = answer.content.decode()
    assert answer.status_code == 404
    assert "This link does not open" in words
    assert f"tel:{LINE_NUMBER}" in words


def test_a_link_of_another_kind_does_not_open(client, case):
    assert client.get(f"/r/{links.sign('driver', case=case.pk)}/").status_code == 404


def test_an_expired_link_says_so(resident, case, monkeypatch):
    monkeypatch.setattr(link, "SIGNED_FOR", timedelta(seconds=-1))
    assert resident(case).status_code == 410


def test_a_merged_case_leads_to_the_one_it_is_part_of(resident, case):
    twin = CaseFactory(state="duplicate", merged_into=case, outcome="duplicate", next_step="", owner="", due_at=None)
    assert case.number in resident(twin).content.decode()


def test_after_the_delivery_the_page_asks_the_question_of_the_text(resident):
    from cases import survey

    case = CaseFactory(state="delivered", owner="timer", next_step="follow_up", delivered_at=timezone.now())
    survey.ask(case)
    assert 'value="1"' in resident(case).content.decode()
    resident(case, say="1")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "received")


def test_an_address_without_community_is_shown_as_said(resident):
    case = CaseFactory(address=AddressFactory(said="门口有棵大树"))
    assert resident(case).status_code == 200
