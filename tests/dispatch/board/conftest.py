from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories.dispatch import DriverFactory, PlanFactory, ShiftFactory, VehicleFactory, ready_case
from tests.factories.hotline import UserFactory


@pytest.fixture
def dispatcher(client, db):
    client.force_login(UserFactory(role="dispatcher"))
    return client


def proposal_of(*cases, vehicle=None, driver=None):
    """One proposed trip of these cases, as the planner writes it."""
    vehicle, driver = vehicle or VehicleFactory(), driver or DriverFactory()
    shift = ShiftFactory(vehicle=vehicle, driver=driver)
    start = timezone.now() + timedelta(minutes=5)
    stops = []
    for kind in ("pickup", "delivery"):
        for case in cases:
            goods = case.sourcings.select_related("pickup_point").get()
            collect = kind == "pickup"
            place = goods.pickup_point if collect else case.address.community
            stops.append(
                {
                    "kind": kind,
                    "case": case.pk,
                    "pickup_point": goods.pickup_point_id if collect else None,
                    "sourcing": goods.pk,
                    "lon": place.lon,
                    "lat": place.lat,
                    "eta": (start + timedelta(minutes=20 * (len(stops) + 1))).isoformat(),
                    "window_from": None,
                    "window_until": None,
                }
            )
    return {
        "vehicle": vehicle.pk,
        "driver": driver.pk,
        "shift": shift.pk,
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=3)).isoformat(),
        "metres": 18_000,
        "stops": stops,
    }


@pytest.fixture
def plan(db):
    """A proposal of two vehicles with a case each, and one case left out with its reason."""
    left_out = ready_case(level=3)
    words = {"zh-hans": "没有车辆有崇明的通行证", "en": "no vehicle with a pass for Chongming"}
    return PlanFactory(
        trips=[proposal_of(ready_case(level=1)), proposal_of(ready_case())],
        unserved=[{"case": left_out.pk, "code": "no_permit", "words": words}],
    )
