"""supervisord keeps the processes running; this writes its configuration and speaks to it."""

import os
import resource
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ProtocolError, ServerProxy

from supervisor.xmlrpc import Faults, SupervisorTransport

from hotline.embedded import strays
from hotline.embedded.environment import MARK
from hotline.embedded.places import Places
from hotline.embedded.programs import Program
from hotline.embedded.trouble import Trouble

WANTED_FILES = 8192
HARMLESS = (Faults.ALREADY_STARTED, Faults.NOT_RUNNING, Faults.SHUTDOWN_STATE)


@dataclass(frozen=True)
class State:
    """One process as supervisord sees it."""

    name: str
    state: str
    pid: int
    since: float


@dataclass(frozen=True)
class Supervision:
    places: Places

    @property
    def configuration(self) -> Path:
        return self.places.run / "supervisord.conf"

    @property
    def socket(self) -> Path:
        return self.places.sockets / "supervisord.sock"

    def running(self) -> bool:
        return self.places.run.exists() and self._ask("getState") is not None

    def launch(self, environment: Mapping[str, str]) -> None:
        """Starts supervisord in the background, and with it the programs that come first."""
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self.configuration)]
        own = dict(environment) | {MARK: str(self.places.var)}
        done = subprocess.run(command, env=own, cwd=self.places.var, capture_output=True, text=True)
        if done.returncode:
            raise Trouble(f"supervisord did not start: {(done.stdout + done.stderr).strip()}")
        deadline = time.monotonic() + 20
        while not self.running():
            if time.monotonic() > deadline:
                raise Trouble(f"supervisord does not answer; its log is {self.places.log / 'supervisord.log'}.")
            time.sleep(0.02)

    def start(self, name: str) -> None:
        """Starts every copy of one program without waiting for it."""
        self._ask("startProcessGroup", name, False)

    def stop(self, name: str) -> None:
        """Stops every copy of one program and returns when it has ended. It stays stopped until `start`."""
        self._ask("stopProcessGroup", name, True)

    def states(self) -> list[State]:
        found = self._ask("getAllProcessInfo") or []
        return [State(each["name"], each["statename"], each["pid"], each["start"]) for each in found]

    def pids(self, name: str) -> list[int]:
        """Process ids of the running copies of one program."""
        return [s.pid for s in self.states() if s.pid and (s.name == name or s.name.startswith(f"{name}_"))]

    def shut_down(self) -> None:
        """Stops every program in order and supervisord itself; returns when it has ended."""
        pid = self._ask("getPID")
        self._ask("shutdown")
        while pid and strays.alive(pid):
            time.sleep(0.05)

    def _ask(self, method: str, *arguments: object) -> Any:
        """The answer, or None when supervisord is not there or has it so already."""
        transport = SupervisorTransport(serverurl=f"unix://{self.socket}")
        try:
            with ServerProxy("http://localhost", transport=transport) as server:
                return getattr(server.supervisor, method)(*arguments)
        except Fault as fault:
            if fault.faultCode in HARMLESS:
                return None
            raise Trouble(f"supervisord refuses {method}: {fault.faultString}.") from fault
        except (OSError, ProtocolError):
            return None


def configuration(places: Places, socket: Path, programs: Iterable[Program]) -> str:
    """supervisord's configuration file."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    files = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    general = [
        "[supervisord]",
        f"logfile={_plain(places.log / 'supervisord.log')}",
        f"pidfile={_plain(places.run / 'supervisord.pid')}",
        f"childlogdir={_plain(places.log)}",
        f"directory={_plain(places.var)}",
        "logfile_maxbytes=5MB",
        "logfile_backups=2",
        f"minfds={files}",
        *(["user=root"] if os.geteuid() == 0 else []),
        "[unix_http_server]",
        f"file={_plain(socket)}",
        "chmod=0700",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]
    return "\n".join([*general, *(line for program in programs for line in _section(places, program))]) + "\n"


def _section(places: Places, program: Program) -> list[str]:
    kind = "fcgi-program" if program.address else "program"
    lines = [
        f"[{kind}:{program.name}]",
        f"command={_plain(shlex.join(program.command))}",
        f"directory={_plain(program.directory)}",
        f"priority={program.priority}",
        f"autostart={'true' if program.first else 'false'}",
        "autorestart=true",
        "startsecs=1",
        "startretries=1000000",  # never gives up: whatever it lacks may come back
        f"stopsignal={program.stop_signal}",
        f"stopwaitsecs={program.stop_seconds}",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={_plain(places.log / program.name)}.log",
        "stdout_logfile_maxbytes=10MB",
        "stdout_logfile_backups=3",
    ]
    if program.address:
        lines += [f"socket=tcp://{program.address}", "socket_backlog=4096"]
    if program.copies > 1:
        lines += [f"numprocs={program.copies}", "process_name=%(program_name)s_%(process_num)d"]
    if program.user:
        lines.append(f"user={program.user}")
    return lines


def _plain(value: object) -> str:
    """supervisord expands %(...)s in its file."""
    return str(value).replace("%", "%%")
