"""`manage.py play FILE`: requests of a file come in through the loopback carrier, as texts and calls."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections
from tqdm import tqdm

from cases.demo import outcome, scenario
from cases.demo.player import GIVE_UP_SECONDS, Carrier, NotTheLoopback, Play
from cases.demo.scenario import Request
from cases.models import Category
from hotline.models import Line

SETTLE_SECONDS = 90.0
AGAIN_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Plays requests from a JSON-lines file into the hotline through the loopback carrier, as if people had sent them "
        "at their recorded times. Played again, the same file goes on where it stopped and repeats nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="way", choices=scenario.AS, default="mixed", help="texts, calls or both")
        parser.add_argument("--speed", type=float, default=1.0, help="how many times as fast as recorded")
        parser.add_argument("--limit", type=int, help="only the first so many")
        parser.add_argument("--give-up", type=float, default=GIVE_UP_SECONDS, metavar="SECONDS", help="for one request")
        parser.add_argument("--with-desk", action="store_true", help="agents, pharmacies and drivers play along")

    def handle(self, *args: Any, **options: Any) -> None:
        requests = self._read(options)
        way = options["way"]
        with self._desk(options["with_desk"], options["verbosity"]):
            trouble = self._play(requests, options)
            self._settle(requests, way)
        rows = self._settle(requests, way)
        self._table(rows, each=options["verbosity"] > 0)
        nowhere = [row.request.id for row in rows if not row.place]
        if nowhere:
            why = "".join(f"\n{id_}: {trouble[id_]}" for id_ in nowhere if id_ in trouble)
            raise CommandError(f"neither on a case, a call-back nor in the inbox: {', '.join(nowhere)}{why}")

    def _read(self, options: dict[str, Any]) -> list[Request]:
        if options["speed"] <= 0:
            raise CommandError("--speed must be above 0")
        try:
            requests = scenario.read(options["file"], options["limit"])
        except (OSError, scenario.BadScenario) as error:
            raise CommandError(str(error)) from error
        if not requests:
            raise CommandError(f"no requests in {options['file']}")
        return requests

    def _play(self, requests: list[Request], options: dict[str, Any]) -> dict[str, str]:
        line = Line.objects.filter(active=True).order_by("id").first()
        if line is None:
            raise CommandError("there is no line yet: load the city first (manage.py load_city)")
        keys = dict(Category.objects.exclude(menu_key="").values_list("slug", "menu_key"))

        async def play() -> dict[str, str]:
            carrier = Carrier(settings.TWILIO_API_URL)
            try:
                await carrier.check()
                run = Play(
                    requests,
                    options["way"],
                    options["speed"],
                    str(line.number),
                    keys,
                    carrier,
                    played=lambda request: bar.update(),
                    give_up_seconds=options["give_up"],
                )
                await run.run()
                return run.trouble
            finally:
                await carrier.close()

        with self._bar("played", len(requests), options["verbosity"]) as bar:
            try:
                return asyncio.run(play())
            except NotTheLoopback as error:
                raise CommandError(str(error)) from error

    def _settle(self, requests: list[Request], way: str) -> list[outcome.Became]:
        """Waits until the workers have put each request where it belongs, for as long as they go on doing so."""
        until, placed = time.monotonic() + SETTLE_SECONDS, 0
        while True:
            close_old_connections()
            began = time.monotonic()
            try:
                rows = outcome.of(requests, way)
                now_placed = sum(bool(row.place) for row in rows)
                if now_placed == len(rows) or time.monotonic() > until:
                    return rows
                if now_placed > placed:
                    until, placed = time.monotonic() + SETTLE_SECONDS, now_placed
            except DatabaseError:
                close_old_connections()
                if time.monotonic() > until:
                    raise
            time.sleep(AGAIN_SECONDS + 3 * (time.monotonic() - began))  # looking is not to slow those who work

    def _table(self, rows: list[outcome.Became], *, each: bool) -> None:
        for row in rows if each else []:
            self.stdout.write(f"{row.request.id:>10}  {'call' if row.by_call else 'text'}  {row}")
        self.stdout.write(f"{len(rows)} requests")
        for where, count in outcome.figures(rows):
            self.stdout.write(f"{count:>6}  {where}")

    @staticmethod
    def _bar(what: str, total: int, verbosity: int) -> Any:
        return tqdm(total=total, desc=what, unit="request", file=sys.stderr, disable=verbosity == 0, mininterval=0.5)

    @staticmethod
    @contextmanager
    def _desk(wanted: bool, verbosity: int) -> Iterator[None]:
        """Those who answer play along in a thread of their own; the command is dispatch's, which knows all the parts."""
        if not wanted:
            yield
            return
        over = threading.Event()
        thread = threading.Thread(
            target=call_command, args=("play_city",), kwargs={"over": over, "verbosity": verbosity}, daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
