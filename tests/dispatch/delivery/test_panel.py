"""The case's page shows its delivery; the photo of the hand-over is for those who work on cases, and looking is logged."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from cases.models import PersonalDataAccess
from dispatch import trips
from dispatch.delivery import panel
from tests.factories.cases import CaseFactory
from tests.factories.dispatch import ready_case, trip_with
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 200


@pytest.fixture
def delivered(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    trip = trips.start(trips.release(trip_with(ready_case()), None))
    pickup, delivery = trip.stops.order_by("sequence")
    trips.collect(pickup)
    return trips.deliver(delivery, name="李阿姨", photo=SimpleUploadedFile("a.jpg", JPEG))


def test_a_case_that_was_never_on_a_trip_says_only_who_receives_it():
    words = panel.render(RequestFactory().get("/"), ready_case())
    assert 'id="receiver"' in words
    assert "<li" not in words


def test_a_new_case_has_no_panel():
    assert panel.render(RequestFactory().get("/"), CaseFactory()) == ""


def test_the_panel_shows_vehicle_state_and_proof(delivered):
    words = panel.render(RequestFactory().get("/"), delivered.case)
    assert delivered.trip.vehicle.plate in words
    assert "李阿姨" in words


def test_the_photo_is_handed_out_and_who_looked_is_written_down(client, delivered):
    client.force_login(UserFactory(role="supervisor"))
    photo = delivered.proofs.get(kind="photo")
    answer = client.get(reverse("dispatch:proof-photo", args=[photo.pk]))
    assert b"".join(answer.streaming_content) == JPEG
    assert PersonalDataAccess.objects.filter(case_id=delivered.case_id).exists()


def test_without_a_log_in_there_is_no_photo(client, delivered):
    photo = delivered.proofs.get(kind="photo")
    assert client.get(reverse("dispatch:proof-photo", args=[photo.pk])).status_code == 302


def test_a_proof_without_a_photo_is_not_found(client, delivered):
    client.force_login(UserFactory(role="agent"))
    name = delivered.proofs.get(kind="name")
    assert client.get(reverse("dispatch:proof-photo", args=[name.pk])).status_code == 404
