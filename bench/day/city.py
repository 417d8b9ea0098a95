"""The city of the day: vehicles, drivers, shifts and papers."""

from __future__ import annotations

import random
from datetime import timedelta
from functools import partial

from bench.day import desk, dispatcher
from bench.day.asked import posts
from bench.day.clock import BEGINS
from bench.day.day import Day
from bench.day.road import Road

ROADS_OPEN = 6
# What vehicles are for, in turn: medicine is asked for most; none is for one category alone.
FLEETS = (
    ("medicine", "elderly"),
    ("medicine", "infant"),
    ("medicine", "food"),
    ("food", "elderly", "infant"),
)
NEW_TEST = timedelta(hours=2)


def set_up(day: Day) -> None:
    from django.test import Client

    from dispatch import travel
    from dispatch.city.load import load
    from hotline.models import User

    day.clock.to(BEGINS)
    day.line = load(people=False)
    day.road = Road(day.seed, travel.neighbours())
    make_vehicles(day)
    dispatcher = User.objects.create(username="dispatcher", role="dispatcher", name="D")
    day.board = Client()
    day.board.force_login(dispatcher)
    day.phone = Client()
    for post in posts(day.requests, day.hours, day.seed):
        day.at(post.at, partial(desk.arrive, day, post))


def make_vehicles(day: Day) -> None:
    from cases.models import District
    from dispatch.models import Driver, Fleet, Permit, PickupPoint, Shift, TestCertificate, Vehicle

    rng = random.Random(day.seed)
    fleets = {fleet.slug: fleet for fleet in Fleet.objects.filter(line=day.line)}
    districts = list(District.objects.order_by("pk"))
    bases = list(PickupPoint.objects.filter(line=day.line).order_by("pk"))
    opens = BEGINS.replace(hour=ROADS_OPEN)
    for n in range(day.vehicles):
        base = rng.choice(bases)
        vehicle = Vehicle.objects.create(
            line=day.line, plate=f"沪S·{n:05d}", cold_box=n % 2 == 0, lon=base.lon, lat=base.lat
        )
        vehicle.fleets.set(fleets[slug] for slug in FLEETS[n % len(FLEETS)])
        permit = Permit.objects.create(
            vehicle=vehicle, number=str(n), valid_from=BEGINS, valid_until=BEGINS + timedelta(days=3)
        )
        permit.districts.set(rng.sample(districts, 14))
        for half in (0, 1):
            driver = Driver.objects.create(line=day.line, name=f"D{n}-{half}", phone=f"+86188{2 * n + half:08d}")
            lapses = n % 4 == 1 and half == 0  # in the middle of its shift; a new test comes two hours later
            until = opens + timedelta(hours=5 if lapses else 40)
            TestCertificate.objects.create(driver=driver, sampled_at=until - timedelta(hours=48), valid_until=until)
            if lapses:
                day.at(until + NEW_TEST, partial(new_test, day, driver.pk))
            begins = opens + timedelta(hours=10 * half)
            meal = begins + timedelta(hours=5)
            Shift.objects.create(
                driver=driver,
                vehicle=vehicle,
                starts_at=begins,
                ends_at=begins + timedelta(hours=10),
                breaks=[
                    {
                        "from": meal.isoformat(),
                        "until": (meal + timedelta(hours=2)).isoformat(),
                        "minutes": 30,
                        "what": "meal",
                    }
                ],
            )
        if n % 5 == 2:
            day.at(opens + timedelta(hours=3 + n / 2), partial(dispatcher.break_down, day, vehicle.pk))


def new_test(day: Day, driver: int) -> None:
    from dispatch.models import TestCertificate

    day.counted["certificates lapsed and renewed"] += 1
    TestCertificate.objects.create(
        driver_id=driver, sampled_at=day.now - timedelta(minutes=30), valid_until=day.now + timedelta(hours=47)
    )
