"""`manage.py play_city`: agents, pharmacies, a dispatcher, drivers and residents play along, so that every screen is alive."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, close_old_connections

from cases.demo.desk import Desk
from cases.demo.telephones import Telephones
from dispatch.demo.road import Road, find_goods

TURN_SECONDS = 1.0
AFTER_SECONDS = 60.0  # what is under way when the callers are done is brought to an end, for at most so long
QUIET_TURNS = 8


class Command(BaseCommand):
    help = "Plays everybody who answers: twelve agents, the pickup points, a dispatcher, drivers. For the demo and practice."
    stealth_options = ("over",)  # set by `manage.py play --with-desk` when the last request has come in

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seconds", type=float, default=60.0, help="how long, when it plays alone")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verbosity"] < 2:
            logging.getLogger().setLevel(logging.WARNING)
        over: threading.Event | None = options.get("over")
        end = time.monotonic() + options["seconds"]
        telephones = Telephones(settings.TWILIO_API_URL)
        desk, road = Desk(telephones, find_goods), Road(telephones)
        desk.open()
        try:
            while not (over.is_set() if over else time.monotonic() > end):
                self._turn(desk, road)
            self._bring_to_an_end(desk, road)
        finally:
            desk.close()
            telephones.close()
            close_old_connections()

    def _bring_to_an_end(self, desk: Desk, road: Road) -> None:
        end, quiet = time.monotonic() + AFTER_SECONDS, 0
        while time.monotonic() < end and quiet < QUIET_TURNS:
            self._turn(desk, road)
            quiet = quiet + 1 if road.is_quiet() and desk.is_quiet() else 0

    @staticmethod
    def _turn(desk: Desk, road: Road) -> None:
        """One turn for everybody. Whatever is away (database, carrier) is there again at a later one."""
        close_old_connections()
        try:
            desk.turn()
            road.turn()
        except (DatabaseError, httpx.HTTPError):
            close_old_connections()
        time.sleep(TURN_SECONDS)
