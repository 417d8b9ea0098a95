"""`manage.py load_city`: the starting data of Shanghai. Run it as often as you like."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from cases.models import Category, Community, District
from dispatch.city.load import CITY, load
from dispatch.models import PickupPoint, Shift, Vehicle
from hotline.models import User


class Command(BaseCommand):
    help = "Writes the starting data of the city and renews shifts, permits and certificates that ran out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-people", action="store_true", help="no demo log-ins, vehicles or drivers (as in production)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        people = not (options["without_people"] or settings.PRODUCTION)
        line = load(CITY, people=people)
        counts = {
            "districts": District.objects.count(),
            "communities": Community.objects.count(),
            "categories": Category.objects.count(),
            "pickup points": PickupPoint.objects.count(),
            "vehicles": Vehicle.objects.count(),
            "shifts": Shift.objects.count(),
            "users": User.objects.count(),
        }
        said = ", ".join(f"{count} {what}" for what, count in counts.items())
        self.stdout.write(f"{line.name} {line.number}: {said}")
