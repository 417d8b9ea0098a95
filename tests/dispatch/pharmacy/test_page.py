"""A pickup point's page: what is asked, and its answers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.pharmacy import link
from hotline import links
from tests.factories.cases import NeedFactory
from tests.factories.dispatch import PickupPointFactory, SourcingFactory
from tests.factories.hotline import LINE_NUMBER

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked():
    asked = SourcingFactory()
    NeedFactory(case=asked.case, item="甘精胰岛素", quantity=3, prescription_needed=True)
    return asked


@pytest.fixture
def counter(client):
    """Opens the point's link, or answers on it."""

    def at(point, **said):
        path = "/" + link.address(point).split("/", 3)[3]
        return client.post(path, said, follow=True) if said else client.get(path)

    return at


def test_the_goods_asked_for_are_listed_with_what_the_counter_must_know(counter, asked):
    words = counter(asked.pickup_point).content.decode()
    assert "甘精胰岛素" in words
    assert asked.case.number in words


def test_nothing_of_the_person_is_shown(counter, asked):
    words = counter(asked.pickup_point).content.decode()
    assert asked.case.person.name not in words
    assert str(asked.case.person.phones.get().number) not in words
    assert asked.case.address.community.name not in words


def test_what_is_asked_of_others_is_not_shown(counter, asked):
    other = SourcingFactory()
    assert other.case.number not in counter(asked.pickup_point).content.decode()


def test_we_have_it_makes_the_case_ready(counter, asked):
    counter(asked.pickup_point, sourcing=asked.pk, said="yes", ready="60", kept="tomorrow")
    asked.refresh_from_db()
    assert asked.state == "confirmed"
    assert timedelta(minutes=55) < asked.ready_at - timezone.now() < timedelta(minutes=65)
    assert asked.case.state == "ready"


def test_pressing_twice_is_harmless(counter, asked):
    counter(asked.pickup_point, sourcing=asked.pk, said="yes")
    answer = counter(asked.pickup_point, sourcing=asked.pk, said="yes")
    assert "bar bad" not in answer.content.decode()


@pytest.mark.parametrize(("said", "state"), [("part", "part"), ("substitute", "substitute"), ("no", "refused")])
def test_the_other_answers(counter, asked, said, state):
    counter(asked.pickup_point, sourcing=asked.pk, said=said, words="有另一厂家的")
    asked.refresh_from_db()
    assert (asked.state, asked.words) == (state, "有另一厂家的")


def test_something_else_instead_needs_words(counter, asked):
    answer = counter(asked.pickup_point, sourcing=asked.pk, said="substitute")
    assert "bar bad" in answer.content.decode()
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_a_question_to_another_point_cannot_be_answered(counter, asked):
    other = PickupPointFactory()
    counter(other, sourcing=asked.pk, said="yes")
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_a_forged_link_says_so_with_a_number_to_call(client, asked):
    answer = client.get("/p/forged/")
    assert answer.status_code == 404
    assert f"tel:{LINE_NUMBER}" in answer.content.decode()


def test_a_drivers_link_does_not_open_here(client, asked):
    assert client.get(f"/p/{links.sign('driver', point=asked.pickup_point_id)}/").status_code == 404


def test_an_expired_link_says_so(counter, asked, monkeypatch):
    monkeypatch.setattr(link, "SIGNED_FOR", timedelta(seconds=-1))
    assert counter(asked.pickup_point).status_code == 410


def test_a_point_that_is_no_longer_asked_is_told_so(counter, asked):
    asked.pickup_point.active = False
    asked.pickup_point.save()
    assert counter(asked.pickup_point).status_code == 410


def test_the_page_asks_the_database_a_fixed_number_of_times(counter, asked, django_assert_max_num_queries):
    for _ in range(10):
        NeedFactory(case=SourcingFactory(pickup_point=asked.pickup_point).case)
    with django_assert_max_num_queries(7):
        counter(asked.pickup_point)
