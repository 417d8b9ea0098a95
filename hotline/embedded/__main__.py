import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable

from hotline.embedded import demo, report, throwaway
from hotline.embedded.environment import found
from hotline.embedded.places import Places
from hotline.embedded.system import System
from hotline.embedded.trouble import Trouble


def main() -> int:
    """python -m hotline.embedded COMMAND; `make help` says what each is for."""
    parser = argparse.ArgumentParser(prog="python -m hotline.embedded")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, (run, purpose) in COMMANDS.items():
        command = commands.add_parser(name, help=purpose)
        command.set_defaults(run=run)
        if name == "throwaway":
            command.add_argument("program", nargs=argparse.REMAINDER, metavar="-- PROGRAM ...")
        if name == "reset":
            command.add_argument("--force", action="store_true", help="do not ask")
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # SIGINT too: a shell's `&` hands it down ignored
        signal.signal(each, _as_interrupt)
    chosen = parser.parse_args()
    try:
        return chosen.run(chosen)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _as_interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _system() -> System:
    return System(Places.of_this_checkout(), dict(os.environ))


def _start(chosen: argparse.Namespace) -> int:
    system = _system()
    system.start()
    report.addresses(system)
    return 0


def _run(chosen: argparse.Namespace) -> int:
    with _system().while_open() as system:
        report.addresses(system)
        signal.pause()
    return 0


def _demo(chosen: argparse.Namespace) -> int:
    return demo.run(_system())


def _stop(chosen: argparse.Namespace) -> int:
    system = _system()
    was_there = bool(system.states())
    system.stop()
    print("stopped" if was_there else "was not running")
    return 0


def _status(chosen: argparse.Namespace) -> int:
    places = Places.of_this_checkout()
    return report.status(System(places, found(places, os.environ)))


def _logs(chosen: argparse.Namespace) -> int:
    return report.follow(_system().places.log)


def _reset(chosen: argparse.Namespace) -> int:
    system = _system()
    question = f"Delete everything in {system.places.var}, the database included? Type yes: "
    if not chosen.force and os.environ.get("FORCE") != "1" and input(question).strip() != "yes":
        print("nothing deleted")
        return 1
    system.delete()
    print(f"deleted {system.places.var}")
    return 0


def _throwaway(chosen: argparse.Namespace) -> int:
    program = [part for part in chosen.program if part != "--"]
    with throwaway.services() as environment:
        return subprocess.run(program, env=os.environ | environment).returncode


COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int], str]] = {
    "start": (_start, "start everything in the background, return when it is ready"),
    "run": (_run, "start everything, stop it when this command is ended"),
    "demo": (_demo, "start everything, play the demo scenario, follow the logs until Ctrl-C"),
    "stop": (_stop, "stop everything"),
    "status": (_status, "one line per process, and what /readyz says"),
    "logs": (_logs, "follow the logs"),
    "reset": (_reset, "stop and delete all data"),
    "throwaway": (_throwaway, "run a program with a PostgreSQL and a Valkey of its own"),
}

if __name__ == "__main__":
    sys.exit(main())
