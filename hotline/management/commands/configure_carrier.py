from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from hotline.carriers.twilio import client as carrier
from hotline.models import Line


class Command(BaseCommand):
    help = "Tells the carrier to send what comes to each line's number to this system. Run again after moving it."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in Line.objects.filter(active=True):
            try:
                done = carrier.configure_number(
                    str(line.number),
                    sms_url=reverse("line:message"),
                    voice_url=reverse("line:call"),
                    status_callback=reverse("line:call-status"),
                )
            except (carrier.CarrierError, carrier.AnswerLost) as error:
                raise CommandError(f"the carrier did not take the settings of {line}: {error}") from error
            self.stdout.write(f"{line}: {done}")
