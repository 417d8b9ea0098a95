"""The starting data of the city: loaded once or ten times, it is there once, and what ran out is renewed."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cases.models import Community, District
from dispatch import clearance
from dispatch.city.load import load
from dispatch.models import Driver, Permit, PickupPoint, Shift, TestCertificate, Vehicle
from hotline.models import AgentSkill, Line, MessageTemplate, User

pytestmark = pytest.mark.django_db
COUNTED = (Line, District, Community, PickupPoint, Vehicle, Driver, Permit, TestCertificate, Shift, User, AgentSkill)


@pytest.fixture(autouse=True)
def demo_password(monkeypatch):
    monkeypatch.setenv("DEMO_PASSWORD", "plum-rain-over-the-river")


def counts():
    return {model.__name__: model.objects.count() for model in COUNTED}


def test_everything_is_there():
    load()
    have = counts()
    assert have["District"] == 16
    assert have["Community"] >= 200
    assert have["Vehicle"] == 12
    assert have["PickupPoint"] == 12
    assert User.objects.filter(role="agent").count() == 200
    assert {"supervisor", "dispatcher", "administrator"} <= set(User.objects.values_list("role", flat=True))
    assert MessageTemplate.objects.filter(event="on_its_way", language="en").exists()


def test_a_second_run_adds_nothing():
    load()
    before = counts()
    load()
    assert counts() == before


def test_what_somebody_changed_stays():
    load()
    Vehicle.objects.filter(plate="沪A·D0101").update(capacity_boxes=12)
    MessageTemplate.objects.filter(event="received", language="en").update(body="Thank you, {number}.")
    load()
    assert Vehicle.objects.get(plate="沪A·D0101").capacity_boxes == 12
    assert MessageTemplate.objects.get(event="received", language="en", category="").body == "Thank you, {number}."


def test_a_line_of_an_older_set_up_gets_its_test_number():
    load()
    Line.objects.update(test_number="")
    load()
    assert Line.objects.get().test_number == "+862152345679"


def test_a_line_with_a_number_of_its_own_gets_none():
    load()
    Line.objects.update(number="+862112345678", test_number="")
    load()
    assert Line.objects.get().test_number == ""


def test_next_week_vehicles_can_drive_again():
    load()
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        load()
        now = timezone.now()
        shift = Shift.objects.filter(starts_at__lte=now, ends_at__gt=now, vehicle__plate="沪A·D0101").get()
        span = clearance.Span(now, now + timedelta(hours=2))
        huangpu = District.objects.get(slug="huangpu")
        assert clearance.why_not(shift.vehicle, shift.driver, [huangpu], span) == []


@pytest.mark.parametrize("hour", [0, 5, 6, 12, 18, 23])
def test_somebody_drives_at_every_hour(hour):
    at = timezone.localtime().replace(hour=hour, minute=30)
    load(now=at)
    assert Shift.objects.filter(starts_at__lte=at, ends_at__gt=at).count() == 12


def test_communities_lie_in_their_districts():
    load()
    for community in Community.objects.select_related("district"):
        assert inside(community.district.outline, community.lon, community.lat), community


def test_neighbours_know_each_other():
    load()
    minhang = District.objects.get(slug="minhang")
    assert District.objects.get(slug="xuhui") in minhang.borders.all()
    assert minhang in District.objects.get(slug="xuhui").borders.all()


def test_staff_can_log_in():
    load()
    for name in ("agent1", "agent200", "supervisor", "dispatcher", "admin"):
        assert User.objects.get(username=name).check_password("plum-rain-over-the-river"), name


def test_agents_have_desk_phones_languages_and_subjects():
    load()
    agent = User.objects.get(username="agent1")
    assert agent.desk_phone == "+862150000001"
    assert {"zh", "wuu", "en"} & set(agent.skills.filter(kind="language").values_list("slug", flat=True))
    assert agent.skills.filter(kind="subject").exists()


def test_production_gets_no_demo_people():
    load(people=False)
    assert not User.objects.exists()
    assert not Vehicle.objects.exists()
    assert District.objects.count() == 16


def inside(ring, x, y):
    crossings = 0
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            crossings += 1
    return crossings % 2 == 1
