"""Rows of dispatch for tests: a vehicle with a pass, a driver with a fresh test, goods that lie ready, a trip with stops."""

from datetime import time, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory
from psycopg.types.range import TimestamptzRange

from cases.models import District
from dispatch.models import (
    Driver,
    Fleet,
    Permit,
    PickupPoint,
    Plan,
    Shift,
    Sourcing,
    Stop,
    TestCertificate,
    Trip,
    Vehicle,
)
from tests.factories.cases import CaseFactory, CategoryFactory, DistrictFactory, NeedFactory
from tests.factories.hotline import LineFactory


class FleetFactory(DjangoModelFactory):
    """A fleet for some categories: `FleetFactory(categories=[...])`; medicine when none are named."""

    class Meta:
        model = Fleet
        django_get_or_create = ("line", "slug")
        skip_postgeneration_save = True

    line = factory.SubFactory(LineFactory)
    slug = "medicine"
    name = "药品专车"
    name_en = "Medicine"

    @factory.post_generation
    def categories(self, create, extracted, **kwargs):
        if create:
            self.categories.add(*(extracted or [CategoryFactory()]))


class VehicleFactory(DjangoModelFactory):
    """A vehicle of the medicine fleet; `districts` is where its pass is good: the districts there are, [] for no pass."""

    class Meta:
        model = Vehicle
        skip_postgeneration_save = True

    line = factory.SubFactory(LineFactory)
    plate = factory.Sequence(lambda n: f"沪A·T{n:04d}")
    cold_box = True
    lon = 121.50
    lat = 31.25

    @factory.post_generation
    def fleets(self, create, extracted, **kwargs):
        if create:
            self.fleets.add(*([FleetFactory(line=self.line)] if extracted is None else extracted))

    @factory.post_generation
    def districts(self, create, extracted, **kwargs):
        if create and extracted != []:
            DistrictFactory()
            PermitFactory(vehicle=self, districts=extracted or District.objects.all())


class PermitFactory(DjangoModelFactory):
    class Meta:
        model = Permit
        skip_postgeneration_save = True

    vehicle = factory.SubFactory(VehicleFactory, districts=[])
    number = factory.Sequence(lambda n: f"通行证{n:05d}")
    valid_from = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    valid_until = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))

    @factory.post_generation
    def districts(self, create, extracted, **kwargs):
        if create:
            self.districts.add(*(extracted or []))


class DriverFactory(DjangoModelFactory):
    """A driver; `tested` is how many hours ago, None for no test."""

    class Meta:
        model = Driver
        skip_postgeneration_save = True

    line = factory.SubFactory(LineFactory)
    name = factory.Sequence(lambda n: f"张师傅{n}")
    phone = factory.Sequence(lambda n: f"+86136{n:08d}")
    licence = "A1"
    licence_valid_until = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=400))

    @factory.post_generation
    def tested(self, create, extracted, **kwargs):
        if create and extracted != -1:
            CertificateFactory(driver=self, sampled_at=timezone.now() - timedelta(hours=extracted or 2))


class CertificateFactory(DjangoModelFactory):
    class Meta:
        model = TestCertificate

    driver = factory.SubFactory(DriverFactory, tested=-1)
    sampled_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=2))
    valid_until = factory.LazyAttribute(lambda o: o.sampled_at + timedelta(hours=48))


class ShiftFactory(DjangoModelFactory):
    class Meta:
        model = Shift

    driver = factory.SubFactory(DriverFactory)
    vehicle = factory.SubFactory(VehicleFactory)
    starts_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    ends_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=9))


class PickupPointFactory(DjangoModelFactory):
    """A pharmacy with medicine, or with `categories`."""

    class Meta:
        model = PickupPoint
        skip_postgeneration_save = True

    line = factory.SubFactory(LineFactory)
    name = factory.Sequence(lambda n: f"康宁药房{n}")
    kind = "pharmacy"
    district = factory.SubFactory(DistrictFactory)
    street = "国和路 88 号"
    lon = 121.515
    lat = 31.30
    phone = factory.Sequence(lambda n: f"+86135{n:08d}")

    @factory.post_generation
    def categories(self, create, extracted, **kwargs):
        if create:
            self.categories.add(*([CategoryFactory()] if extracted is None else extracted))


class SourcingFactory(DjangoModelFactory):
    """A question to a pickup point that waits for an answer."""

    class Meta:
        model = Sourcing

    case = factory.SubFactory(CaseFactory, state="sourcing", next_step="confirm_goods", owner="timer")
    pickup_point = factory.SubFactory(PickupPointFactory)
    state = "asked"
    due_at = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1))


class PlanFactory(DjangoModelFactory):
    class Meta:
        model = Plan

    line = factory.SubFactory(LineFactory)
    state = "proposed"
    proposed_at = factory.LazyFunction(timezone.now)


class TripFactory(DjangoModelFactory):
    """An accepted trip without stops, from now for four hours."""

    class Meta:
        model = Trip

    line = factory.SubFactory(LineFactory)
    vehicle = factory.SubFactory(VehicleFactory)
    driver = factory.SubFactory(DriverFactory)
    state = "planned"
    period = factory.LazyFunction(
        lambda: TimestamptzRange(timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(hours=4))
    )
    metres = 21_000


class StopFactory(DjangoModelFactory):
    class Meta:
        model = Stop

    trip = factory.SubFactory(TripFactory)
    sequence = factory.LazyAttribute(lambda o: o.trip.stops.count() + 1)
    kind = "delivery"
    case = factory.SubFactory(CaseFactory, state="ready", next_step="plan", owner="dispatch")
    lon = 121.53
    lat = 31.28
    eta = factory.LazyFunction(lambda: timezone.now() + timedelta(hours=1))


def ready_case(**fields):
    """A case whose goods lie ready at a pickup point; its sourcing is `case.sourcings.get()`."""
    point = fields.pop("pickup_point", None) or PickupPointFactory()
    case = CaseFactory(**({"state": "ready", "next_step": "plan", "owner": "dispatch"} | fields))
    NeedFactory(case=case)
    SourcingFactory(case=case, pickup_point=point, state="confirmed", ready_at=timezone.now())
    return case


def never_close():
    """The counters shut in the evening, and goods of theirs wait for the morning; a test means the same at any hour."""
    PickupPoint.objects.update(opens=time.min, closes=time.min)


def trip_with(*cases, **fields):
    """A planned trip that collects the goods of these ready cases and then hands them over, in this order."""
    trip = TripFactory(**fields)
    for kind in ("pickup", "delivery"):
        for case in cases:
            goods = case.sourcings.select_related("pickup_point").get()
            collect = kind == "pickup"
            place = goods.pickup_point if collect else case.address.community
            StopFactory(
                trip=trip,
                case=case,
                kind=kind,
                pickup_point=goods.pickup_point if collect else None,
                sourcing=goods if collect else None,
                lon=place.lon,
                lat=place.lat,
            )
    return trip
