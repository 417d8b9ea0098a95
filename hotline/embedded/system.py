"""One whole system: started, watched, stopped."""

import os
import signal
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from hotline.embedded import ports, prepare, readiness, strays, throwaway, translations
from hotline.embedded.environment import Parts, complete, keep
from hotline.embedded.places import Places
from hotline.embedded.postgres import Postgres
from hotline.embedded.programs import Program, programs
from hotline.embedded.supervision import State, Supervision, configuration
from hotline.embedded.valkey import Valkey


class System:
    """The system of one `var` directory, with what the operator gave in the environment."""

    def __init__(self, places: Places, given: Mapping[str, str]) -> None:
        self.places = places
        self.parts = Parts.needed(given)
        self.given = given
        self.supervision = Supervision(places)

    @cached_property
    def environment(self) -> dict[str, str]:
        return complete(self.places, self.given)

    @cached_property
    def programs(self) -> list[Program]:
        return programs(self.places, self.parts, self.environment)

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.environment['WEB_PORT']}"

    @property
    def carrier(self) -> str:
        return f"http://127.0.0.1:{self.environment['CARRIER_PORT']}"

    @property
    def production(self) -> bool:
        """Then nobody gets demo data or a log-in that they did not ask for."""
        return self.environment.get("HOTLINE_PRODUCTION", "").lower() in ("1", "true", "yes", "on")

    def start(self) -> None:
        """Returns when /readyz says that all is well. Running already: mends what is missing, restarts what changed."""
        self.places.make()
        if not self._runs_as_wanted():
            self.stop()
            self._require_ports()
            self._launch()
        self._prepare()
        readiness.wait(self.web, self.places.log)

    def stop(self) -> None:
        """Ends every process, also those of a run whose supervisord was killed."""
        if self.supervision.running():
            self.supervision.shut_down()
        if self.places.var.exists():
            strays.end(self.places)

    @contextmanager
    def while_open(self) -> "Iterator[System]":
        """Runs during the block; Ctrl-C ends the block and is not an error."""
        try:
            self.start()
            yield self
        except KeyboardInterrupt:
            print("\nstopping ...", flush=True)
        finally:
            _leave_me_alone()
            self.stop()

    def states(self) -> list[State]:
        return self.supervision.states() if self.places.var.exists() else []

    def delete(self) -> None:
        self.stop()
        throwaway.remove(self.places.var)

    def _runs_as_wanted(self) -> bool:
        written = self.supervision.configuration
        wanted = configuration(self.places, self.supervision.socket, self.programs)
        before = _content(written), _content(self.places.var / "services.env")
        keep(self.places, self.environment)
        written.write_text(wanted)
        after = wanted, _content(self.places.var / "services.env")
        return before == after and self.supervision.running()

    def _require_ports(self) -> None:
        host = self.environment.get("WEB_HOST") or "127.0.0.1"
        ports.require_free(host, int(self.environment["WEB_PORT"]), "WEB_PORT")
        if self.parts.carrier:
            ports.require_free("127.0.0.1", int(self.environment["CARRIER_PORT"]), "CARRIER_PORT")

    def _launch(self) -> None:
        for old in self.places.metrics.iterdir():  # each process counts in a file of its own, named by its pid
            old.unlink()
        if self.parts.database:
            Postgres(self.places).create()
        self.supervision.launch(self.environment)

    def _prepare(self) -> None:
        """Migrates, then lets the processes come up while the city is loaded."""
        translations.compile_stale()
        self._become_part_of_it()
        with ThreadPoolExecutor(1) as aside:
            static = aside.submit(prepare.collect_static, self.places)
            self._wait_for_services()
            prepare.migrate()
            for program in self.programs:
                if program.name != "web":
                    self.supervision.start(program.name)
            if not self.production:
                prepare.load_city()
            static.result()  # the web lists its static files once, when it starts
        self.supervision.start("web")
        if self.parts.carrier:
            readiness.wait_for(f"{self.carrier}/healthz", "The loopback carrier", self.places.log / "carrier.log")
            prepare.configure_carrier()

    def _wait_for_services(self) -> None:
        if self.parts.broker:
            Valkey(self.places).wait()
        if self.parts.database:
            Postgres(self.places).wait()

    def _become_part_of_it(self) -> None:
        """Loads Django in this process with the system's settings."""
        import django

        for name in [name for name, value in os.environ.items() if not value]:
            del os.environ[name]  # given as empty is not given, here and in the processes
        os.environ.update(self.environment)
        django.setup()


def _leave_me_alone() -> None:
    """A second Ctrl-C must not leave half of the processes behind."""
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)


def _content(path: Path) -> str:
    return path.read_text() if path.exists() else ""
