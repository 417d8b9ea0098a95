"""A city in a throw-away database for measurements: ready cases all over it, and vehicles to bring what they need.

Places are real communities from ../shared/data/shanghai_communities.csv where that is present, else those of the project.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

COMMUNITIES = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "shanghai_communities.csv"
# Share of each category among the cases, and of each level, as in a week of a closed city.
CATEGORIES = {"medicine": 0.5, "food": 0.2, "infant": 0.12, "elderly": 0.18}
LEVELS = {1: 0.02, 2: 0.28, 3: 0.45, 4: 0.25}
FLEETS = {"medicine": 0.45, "food": 0.2, "infant": 0.15, "elderly": 0.2}


def load(cases: int, vehicles: int, seed: int = 1) -> Any:
    """The starting data of the city with so many ready cases and vehicles on duty; the line."""
    from dispatch.city.load import load as load_city

    line = load_city(people=False)
    rng = random.Random(seed)
    _vehicles(line, vehicles, rng)
    _cases(line, cases, rng)
    return line


def places(rng: random.Random) -> Iterator[tuple[str, float, float]]:
    """(name of the district, lon, lat) without end."""
    from cases.models import Community

    if COMMUNITIES.exists():
        with COMMUNITIES.open(encoding="utf-8") as file:
            known = [(row["district"], float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)]
    else:
        rows = Community.objects.values_list("district__name", "lon", "lat")
        known = [
            (name, lon + rng.gauss(0, 0.004), lat + rng.gauss(0, 0.003)) for name, lon, lat in rows for _ in "12345"
        ]
    while True:
        rng.shuffle(known)
        yield from known


def _vehicles(line: Any, count: int, rng: random.Random) -> None:
    from django.utils import timezone

    from cases.models import District
    from dispatch.models import Driver, Fleet, Permit, PickupPoint, Shift, TestCertificate, Vehicle

    now = timezone.now()
    districts = list(District.objects.exclude(slug="chongming"))
    bases = list(PickupPoint.objects.filter(line=line))
    fleets = {fleet.slug: fleet for fleet in Fleet.objects.filter(line=line)}
    for n in range(count):
        base = rng.choice(bases)
        vehicle = Vehicle.objects.create(
            line=line, plate=f"沪B·{n:05d}", cold_box=n % 2 == 0, lon=base.lon, lat=base.lat, capacity_kg=600
        )
        vehicle.fleets.add(fleets[_pick(FLEETS, rng)])
        driver = Driver.objects.create(line=line, name=f"D{n}", phone=f"+86188{n:08d}")
        TestCertificate.objects.create(
            driver=driver, sampled_at=now - timedelta(hours=4), valid_until=now + timedelta(hours=44)
        )
        permit = Permit.objects.create(
            vehicle=vehicle, number=str(n), valid_from=now - timedelta(days=1), valid_until=now + timedelta(days=3)
        )
        permit.districts.set(rng.sample(districts, 11))
        Shift.objects.create(
            driver=driver, vehicle=vehicle, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=9)
        )


def _cases(line: Any, count: int, rng: random.Random) -> None:
    from django.utils import timezone

    from cases.models import Address, Case, Category, District, Need, Resident
    from dispatch.models import PickupPoint, Sourcing

    now = timezone.now()
    districts = {d.name: d for d in District.objects.all()}
    categories = {c.slug: c for c in Category.objects.all()}
    points = {slug: list(PickupPoint.objects.filter(categories=c)) for slug, c in categories.items()}
    resident = Resident.objects.create(name="")
    where = places(rng)
    addresses = Address.objects.bulk_create(
        Address(district=districts[name], lon=lon, lat=lat) for name, lon, lat in (next(where) for _ in range(count))
    )
    cases = []
    for address in addresses:
        level = _pick(LEVELS, rng)
        needed = now + timedelta(hours=rng.uniform(-2, {1: 4, 2: 24, 3: 72, 4: 168}[level]))
        cases.append(
            Case(
                line=line,
                channel="sms",
                person=resident,
                address=address,
                district=address.district,
                category=categories[_pick(CATEGORIES, rng)],
                level=level,
                needed_by=needed,
                due_at=needed - timedelta(hours=3),
                state="ready",
                next_step="plan",
                owner="dispatch",
            )
        )
    cases = Case.objects.bulk_create(cases)
    Need.objects.bulk_create(
        Need(case=case, item="x", weight_grams=rng.randrange(200, 6000), needs_cooling=rng.random() < 0.08)
        for case in cases
    )
    Sourcing.objects.bulk_create(
        Sourcing(
            case=case,
            pickup_point=rng.choice(points[case.category.slug]),
            state="confirmed",
            ready_at=now,
            reserved_until=now + timedelta(days=2),
        )
        for case in cases
    )


def _pick(shares: dict[Any, float], rng: random.Random) -> Any:
    return rng.choices(list(shares), list(shares.values()))[0]
