"""What shows that goods were handed over."""

import pytest
from django.core.cache import cache
from django.utils import translation

from dispatch import proof
from dispatch.refused import Refused
from tests.factories.dispatch import StopFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stop():
    cache.clear()
    return StopFactory(pin="0428")


def test_a_pin_has_four_digits():
    assert all(len(pin) == 4 and pin.isdigit() for pin in (proof.make_pin() for _ in range(200)))


@pytest.mark.parametrize("said", ["0428", " 04 28 ", "０４２８"])
def test_the_pin_however_it_was_typed(stop, said):
    proof.check_pin(stop, said)


def test_a_wrong_pin_is_refused(stop):
    with pytest.raises(Refused):
        proof.check_pin(stop, "0429")


def test_a_stop_without_a_pin_takes_none():
    with pytest.raises(Refused):
        proof.check_pin(StopFactory(pin=""), "")


def test_guessing_ends_after_a_few_wrong_ones(stop):
    for guess in range(proof.MOST_WRONG_PINS):
        with pytest.raises(Refused):
            proof.check_pin(stop, f"999{guess}")
    with pytest.raises(Refused, match="photo"), translation.override("en"):
        proof.check_pin(stop, "0428")


def test_a_name_or_a_photo_still_counts_then(stop):
    for guess in range(proof.MOST_WRONG_PINS):
        with pytest.raises(Refused):
            proof.record(stop, pin=f"999{guess}")
    assert [p.kind for p in proof.record(stop, name="王阿婆")] == ["name"]


def test_nothing_is_no_proof(stop):
    with pytest.raises(Refused):
        proof.record(stop)


def test_a_supervisors_reason_is_proof_and_an_agents_is_not(stop):
    kinds = [p.kind for p in proof.record(stop, reason="居委会代收", by=UserFactory(role="supervisor"))]
    assert kinds == ["supervisor"]
    with pytest.raises(Refused):
        proof.record(stop, reason="居委会代收", by=UserFactory(role="agent"))
