"""`load`: everything a city starts with, however often it is called."""

from __future__ import annotations

import json
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cases import categories
from dispatch.city import places, staff, vehicles
from hotline.models import Line, MessageTemplate

CITY = "shanghai"


@transaction.atomic
def load(city: str = CITY, *, now: datetime | None = None, people: bool = True) -> Line:
    """Writes what is missing and renews what ran out. `people`: also the demo's log-ins, vehicles and drivers."""
    now = now or timezone.now()
    line = places.load_line(city)
    categories.load()
    load_templates()
    districts = places.load_districts(city)
    places.load_communities(city, districts)
    places.load_pickup_points(city, line, districts)
    fleets = vehicles.load_fleets(city, line)
    if people:
        vehicles.load_vehicles(city, line, districts, fleets, now)
        staff.load_staff(city)
    return line


def load_templates() -> int:
    """The message texts of cases/city/templates.json that are not there yet; an edited one stays. Returns how many."""
    file = settings.BASE_DIR / "cases" / "city" / "templates.json"
    if not file.exists():
        return 0
    rows = [MessageTemplate(**row) for row in json.loads(file.read_text(encoding="utf-8"))]
    before = MessageTemplate.objects.count()
    MessageTemplate.objects.bulk_create(rows, ignore_conflicts=True)
    return MessageTemplate.objects.count() - before
