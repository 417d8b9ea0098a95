from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from hotline.carriers.twilio import client as carrier
from hotline.models import Line


class Command(BaseCommand):
    help = "Tells the carrier to send what comes to each line's number to this system. Run again after moving it."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in Line.objects.filter(active=True):
            for number in (line.number, line.test_number):
                if number:
                    self.stdout.write(f"{line}: {self._configured(line, str(number))}")

    def _configured(self, line: Line, number: str) -> str:
        try:
            return carrier.configure_number(
                number,
                sms_url=reverse("line:message"),
                voice_url=reverse("line:call"),
                status_callback=reverse("line:call-status"),
            )
        except (carrier.CarrierError, carrier.AnswerLost) as error:
            raise CommandError(f"the carrier did not take the settings of {line}: {error}") from error
