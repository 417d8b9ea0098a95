import pytest

from cases import offers
from cases.models import Offer, Referral
from hotline.lifecycle import MoveRefused
from tests.factories.cases import CaseFactory, DistrictFactory, NeedFactory, ResidentFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db
GIVER = "+8613900001111"


@pytest.fixture
def agent(line):
    return UserFactory()


@pytest.fixture
def offer(line):
    return Offer.objects.create(
        line=line,
        resident=ResidentFactory(name="陈某", number=GIVER),
        words="我有两盒缬沙坦可以送人",
        item="缬沙坦",
        district=DistrictFactory(),
    )


@pytest.fixture
def case(line):
    return NeedFactory(case__state="triaged", case__next_step="source", item="缬沙坦").case


def test_it_is_matched_by_item_with_its_own_district_first(offer, case):
    far = CaseFactory(district=DistrictFactory(slug="minhang", name="闵行区"), level=1)
    NeedFactory(case=far, item="缬沙坦胶囊")
    NeedFactory(item="奶粉")
    assert offers.matches(offer) == [case, far]


def test_a_controlled_drug_is_not_passed_on(offer, case, agent):
    offers.name(offer, "吗啡", by=agent)
    assert offers.matches(offer) == []
    with pytest.raises(MoveRefused):
        offers.ask(offer, case, by=agent)


def test_nothing_is_passed_on_without_a_yes(offer, case, agent, told):
    offers.ask(offer, case, by=agent)
    assert told(GIVER) == ["offer_asked"]
    assert not Referral.objects.exists()


def test_the_givers_1_makes_them_a_volunteer_for_the_case(offer, case, agent, text_in):
    offers.ask(offer, case, by=agent)
    text_in(GIVER, "1")
    offer.refresh_from_db()
    case.refresh_from_db()
    asked = Referral.objects.get()
    assert (offer.state, offer.consent) == ("matched", True)
    assert (asked.case, asked.to, asked.whom, asked.number) == (case, "volunteer", "陈某", GIVER)
    assert case.next_step == "referral"


def test_a_2_keeps_the_offer_for_others(offer, case, agent, text_in):
    offers.ask(offer, case, by=agent)
    text_in(GIVER, "2")
    offer.refresh_from_db()
    assert (offer.state, offer.consent, offer.case) == ("open", False, None)
    assert not Referral.objects.exists()


def test_what_was_given_away_is_not_given_twice(offer, case, agent):
    offers.answer(offer, True, by=agent, case=case)
    with pytest.raises(MoveRefused):
        offers.answer(offer, True, by=agent, case=CaseFactory(state="triaged"))


@pytest.mark.parametrize(
    ("words", "event"),
    [("家里有多余的缬沙坦可以送给需要的人", "offer_noted"), ("我要投诉居委会不作为", "complaint_where")],
)
def test_offers_and_complaints_are_answered_and_stay_out_of_the_queue(line, text_in, told, words, event):
    text_in(GIVER, words)
    text_in(GIVER, words + "！")
    assert told(GIVER) == [event]
