"""`manage.py apply_retention --dry-run [--days N]`: whose data has had its time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases import retention


class Command(BaseCommand):
    help = "Takes away people's data that has been kept long enough; --dry-run only says whose that would be."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count and list numbers of people, change nothing")
        parser.add_argument("--days", type=int, help="with --dry-run: as if every line kept data for so many days")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            count = 0
            for person in retention.due(days=options["days"]):
                count += 1
                if count <= 50:
                    self.stdout.write(f"resident {person.pk}: {retention.cases_of(person).count()} cases")
            self.stdout.write(f"{count} people, nothing changed")
            return
        if options["days"] is not None:
            self.stderr.write("--days is for --dry-run: set the days in the admin (Retention)")
            return
        total = 0
        while done := retention.apply():
            total += done
        self.stdout.write(f"{total} people")
