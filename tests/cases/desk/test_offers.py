"""The list of offers."""

from django.test import Client
from django.urls import reverse

from cases.models import Offer
from hotline.models import Line
from tests.factories.cases import NeedFactory, ResidentFactory


def test_an_offer_shows_who_could_use_it_and_is_passed_on_with_a_yes(desk: Client, city: Line) -> None:
    need = NeedFactory(item="缬沙坦", case__state="triaged")
    offer = Offer.objects.create(line=city, resident=ResidentFactory(), words="多两盒", item="缬沙坦")
    assert need.case.number in desk.get(reverse("cases:offers")).content.decode()
    desk.post(reverse("cases:offer-act", args=[offer.pk, "agrees"]), {"number": need.case.number})
    offer.refresh_from_db()
    assert offer.state == "matched"
    assert "data-offer" not in desk.get(reverse("cases:offers")).content.decode()
