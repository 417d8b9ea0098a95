"""Proofs lose their picture and name with the person's data, and stay proofs."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from dispatch import retention
from dispatch.models import Proof
from tests.factories.dispatch import StopFactory

pytestmark = pytest.mark.django_db


def test_a_proof_stays_without_picture_name_and_pin(
    settings, tmp_path: Path, django_capture_on_commit_callbacks
) -> None:
    settings.MEDIA_ROOT = tmp_path
    stop = StopFactory(pin="123456", lon=121.534567, lat=31.281234)
    proof = Proof.objects.create(stop=stop, kind="photo", words="王秀英")
    proof.photo.save("door.jpg", ContentFile(b"picture"))
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.erase([stop.case_id]) == {"proof photos": 1}
    proof.refresh_from_db()
    stop.refresh_from_db()
    assert (proof.kind, proof.words, proof.photo.name) == ("photo", "", "")
    assert (stop.pin, stop.lon, stop.lat) == ("", 121.53, 31.28)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
