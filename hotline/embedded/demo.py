"""`make demo`: the system with the demo scenario played into it, in the foreground."""

import subprocess
import sys

from hotline.embedded import report
from hotline.embedded.places import CHECKOUT
from hotline.embedded.system import System

SCENARIO = CHECKOUT / "cases" / "demo" / "requests.jsonl"
SPEED = "2000"


def run(system: System) -> int:
    """Starts, shows the way in, plays, follows the logs; Ctrl-C stops everything in order."""
    with system.while_open():
        report.addresses(system)
        print("\nOpen it now, or watch the day of requests come in:\n", flush=True)
        play = [sys.executable, "manage.py", "play", str(SCENARIO), "--as", "mixed", "--speed", SPEED, "--with-desk"]
        played = subprocess.run(play, cwd=CHECKOUT, env=system.environment)
        if played.returncode:
            print(f"\nThe scenario ended with status {played.returncode}; what it says above is to be looked at.")
        report.addresses(system)
        print("\nCtrl-C stops everything.\n", flush=True)
        report.follow(system.places.log, lines=0)
    return 0
