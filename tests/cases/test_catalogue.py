"""The catalogue grows with what agents write, and is read at once."""

import pytest
from django.utils.translation import override

from cases import catalogue, intake, triage
from cases.models import CatalogueItem
from cases.triage import items
from hotline.lifecycle import MoveRefused
from tests.factories.cases import NeedFactory
from tests.factories.hotline import PresenceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english(settings):
    """The words of these tests are those of the code."""
    settings.LANGUAGE_CODE = "en"
    with override("en"):
        yield


NEW = "康悦宁口崩膜"


@pytest.fixture(autouse=True)
def as_it_was():
    yield
    items.add(())
    catalogue._newest = (None, 0)


@pytest.fixture
def lead(line):
    return UserFactory(role="supervisor")


@pytest.fixture
def candidate(line):
    catalogue.count([NeedFactory(item=NEW, unit="盒")])
    return CatalogueItem.objects.get()


def read(text):
    return [(line.item, line.group, line.cooling, line.controlled) for line in items.read(text)]


def test_what_an_agent_writes_and_nobody_knows_is_counted(line):
    agent = PresenceFactory(user=UserFactory()).user
    for n in range(2):
        data = {"caller": {"number": f"1380000000{n}"}, "needs": [{"item": NEW, "unit": "盒"}, {"item": "阿卡波糖"}]}
        intake.save(data, agent=agent, key=f"k{n}")
    item = CatalogueItem.objects.get()
    assert (item.name, item.times, item.state, item.unit) == (NEW, 2, "candidate", "盒")


def test_saving_the_same_form_again_counts_nothing_twice(line):
    agent = PresenceFactory(user=UserFactory()).user
    case = intake.save({"caller": {}, "needs": [{"item": NEW}]}, agent=agent, key="k")
    need = case.needs.get()
    intake.save({"caller": {}, "needs": [{"id": str(need.pk), "item": NEW}]}, agent=agent, key="k", case=case)
    assert CatalogueItem.objects.get().times == 1


def test_small_differences_of_writing_are_one_candidate(line):
    catalogue.count([NeedFactory(item="康悦宁 口崩膜"), NeedFactory(item=NEW)])
    assert CatalogueItem.objects.get().times == 2


def test_a_candidate_is_read_by_nobody(candidate):
    catalogue.refresh(at_once=True)
    assert NEW not in [item for item, *_ in read(f"想要{NEW}两盒")]


def test_accepted_it_is_read_with_what_it_needs(candidate, lead):
    catalogue.accept(candidate, by=lead, group="mental_health", controlled=True, cooling=True)
    catalogue.refresh(at_once=True)
    assert read(f"想要{NEW}两盒") == [(NEW, "mental_health", True, True)]
    assert triage.read("x", at=lead.date_joined) is not None


def test_another_name_is_read_as_what_it_means(lead, line):
    catalogue.count([NeedFactory(item="小黄盒")])
    catalogue.merge(CatalogueItem.objects.get(), "拜唐苹", by=lead)
    catalogue.refresh(at_once=True)
    known = items.look_up("小黄盒")
    assert known is not None
    assert known.first == items.look_up("拜唐苹").first


def test_without_a_kind_nothing_is_accepted_and_nothing_means_what_nobody_knows(candidate, lead):
    with pytest.raises(MoveRefused):
        catalogue.accept(candidate, by=lead)
    with pytest.raises(MoveRefused):
        catalogue.merge(candidate, "没有这种东西哦", by=lead)


def test_what_is_none_is_asked_about_no_more(candidate, lead):
    catalogue.refuse(candidate, by=lead)
    catalogue.count([NeedFactory(item=NEW)])
    candidate.refresh_from_db()
    assert (candidate.state, candidate.times) == ("refused", 2)


def test_the_items_of_the_file_stay_as_they_are(candidate, lead):
    before = items.look_up("阿卡波糖")
    catalogue.accept(candidate, by=lead, group="food", also="阿卡波糖")
    catalogue.refresh(at_once=True)
    assert items.look_up("阿卡波糖") == before


def test_the_desk_completes_from_it(candidate, lead, client):
    catalogue.accept(candidate, by=lead, group="mental_health", specification="5mg")
    client.force_login(lead)
    page = client.get("/desk/items/", {"q": "悦宁"}).content.decode()
    assert NEW in page
    assert "5mg" in page


def test_a_supervisor_decides_in_the_admin(candidate, client, lead):
    lead.is_staff = True
    lead.save()
    client.force_login(lead)
    change = f"/admin/cases/catalogueitem/{candidate.pk}/change/"
    said = {"name": NEW, "state": "accepted", "means": "", "also": "", "group": "", "unit": "盒", "specification": ""}
    assert "choose a kind" in client.post(change, said).content.decode()
    assert client.post(change, said | {"group": "food"}).status_code == 302
    candidate.refresh_from_db()
    assert (candidate.state, candidate.decided_by) == ("accepted", lead)
