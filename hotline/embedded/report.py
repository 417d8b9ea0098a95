"""What the operator reads on the terminal."""

import subprocess
import sys
import time
from pathlib import Path

from django.urls import reverse

from hotline.embedded import readiness
from hotline.embedded.supervision import State
from hotline.embedded.system import System

PAGES = (
    ("administration", "admin:index"),
    ("agent's desk", "cases:desk"),
    ("wallboard", "cases:wallboard"),
    ("dispatch", "dispatch:board"),
)
LOG_INS = "agent1 ... agent200, supervisor, dispatcher, admin"


def addresses(system: System) -> None:
    """Where to go and how to log in; the last line is out before anybody waits for it."""
    base = system.environment.get("HOTLINE_BASE_URL") or system.web
    print(f"\nThe hotline runs: {base}/")
    rows = [(name, f"{base}{reverse(page)}") for name, page in PAGES]
    if system.parts.carrier:
        rows.append(("handset", f"{system.carrier}/handset/   (any telephone: texts and calls)"))
    if not system.production:
        rows += [("log-ins", LOG_INS), ("password", f"{system.environment['DEMO_PASSWORD']}   (of all of them)")]
    for name, value in rows:
        print(f"  {name:<16}{value}")
    sys.stdout.flush()


def status(system: System) -> int:
    """Prints one line per process and per part of /readyz; 0 when everything is well."""
    states = system.states()
    if not states:
        print("not running: `make start` starts it")
        return 1
    for state in states:
        print(_process_line(state))
    said = readiness.parts(system.web)
    for name, part in said.get("parts", {}).items():
        print(f"{name:<12} {'ok' if part['ok'] else 'NOT OK: ' + part.get('why', '')}")
    ready = bool(said.get("ready"))
    print(f"{system.web}/readyz: {'ready' if ready else 'not ready' if said else 'no answer'}")
    return 0 if ready else 1


def follow(log: Path, lines: int = 20) -> int:
    """Shows the last lines of each log, then the logs as they grow, until interrupted."""
    files = sorted(str(path) for path in log.glob("*.log"))
    if not files:
        print(f"no logs yet in {log}")
        return 1
    return subprocess.run(["tail", "-n", str(lines), "-F", *files]).returncode


def _process_line(state: State) -> str:
    if not state.pid:
        return f"{state.name:<12} {state.state}"
    seconds = max(0, int(time.time() - state.since))
    age = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{state.name:<12} {state.state:<9} pid {state.pid:<8} up {age}"
