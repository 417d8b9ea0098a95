"""Tests of 48 hours: a reminder before they lapse, once, and a new one by photo that counts when it has been seen."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cases.models import PersonalDataAccess
from dispatch import certificates, clearance
from dispatch.models import TestCertificate
from hotline.models import Message
from tests.factories.dispatch import CertificateFactory, DriverFactory, ShiftFactory

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def driver(templates):
    """On duty, with a test that lapses in two hours."""
    driver = DriverFactory(tested=46)
    ShiftFactory(driver=driver)
    return driver


def reminders():
    return Message.objects.filter(purpose="certificate_ends")


def path_of(driver):
    return "/" + certificates.address(driver).split("/", 3)[3]


def send(client, driver, hours_ago=1, content=PNG):
    at = timezone.localtime() - timedelta(hours=hours_ago)
    fields = {
        "sampled_at": at.strftime("%Y-%m-%dT%H:%M"),
        "photo": SimpleUploadedFile("test.png", content, "image/png"),
    }
    return client.post(path_of(driver), fields)


def test_a_test_that_lapses_soon_is_told_once(driver):
    assert certificates.remind_due() == 1
    assert certificates.remind_due() == 0
    assert reminders().get().number == str(driver.phone)
    assert "/c/" in reminders().get().body


def test_who_has_a_newer_one_or_is_not_on_duty_is_not_told(driver):
    CertificateFactory(driver=driver)
    DriverFactory(tested=46)
    assert certificates.remind_due() == 0


def test_a_photo_counts_when_a_dispatcher_has_seen_it(driver, client, dispatcher, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    assert send(client, driver).status_code == 302
    sent = TestCertificate.objects.get(waits_for_check=True)
    before = clearance.papers_of([], [driver.pk], until_after=timezone.now())
    certificates.accept(sent, dispatcher)
    after = clearance.papers_of([], [driver.pk], until_after=timezone.now())
    now = timezone.now()
    assert before.certified_until(driver.pk, now) < now + timedelta(hours=3)
    assert after.certified_until(driver.pk, now) == sent.valid_until
    assert Message.objects.filter(purpose="certificate_taken").count() == 1


def test_one_that_shows_nothing_is_gone_and_asked_for_again(driver, client, dispatcher, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    send(client, driver)
    certificates.refuse(TestCertificate.objects.get(waits_for_check=True), dispatcher)
    assert not TestCertificate.objects.filter(waits_for_check=True).exists()
    assert Message.objects.filter(purpose="certificate_refused").count() == 1


@pytest.mark.parametrize(("hours_ago", "content"), [(60, PNG), (-2, PNG), (1, b"no picture")])
def test_what_cannot_be_a_valid_test_is_refused_in_words(driver, client, hours_ago, content, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    answer = send(client, driver, hours_ago, content)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert not TestCertificate.objects.filter(waits_for_check=True).exists()


def test_sent_twice_it_is_one(driver, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    send(client, driver)
    send(client, driver)
    assert TestCertificate.objects.filter(waits_for_check=True).count() == 1


def test_the_dispatcher_finds_it_on_the_page_of_drivers_and_the_look_is_written_down(
    driver, client, dispatcher, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    send(client, driver)
    sent = TestCertificate.objects.get(waits_for_check=True)
    client.force_login(dispatcher)
    page = client.get("/dispatch/crew/").content.decode()
    assert f"/dispatch/certificates/{sent.pk}/look/" in page
    assert client.get(f"/dispatch/certificates/{sent.pk}/photo/").status_code == 200
    assert PersonalDataAccess.objects.filter(user=dispatcher).exists()
    client.post(f"/dispatch/certificates/{sent.pk}/look/", {"says": "yes"})
    sent.refresh_from_db()
    assert not sent.waits_for_check


def test_a_forged_link_leads_nowhere(db, client):
    assert client.get("/c/nonsense/").status_code == 404
