"""`make demo`: the system with the demo scenario played into it, in the foreground."""

import subprocess
import sys

from hotline.embedded import report
from hotline.embedded.places import CHECKOUT
from hotline.embedded.system import System

SCENARIO = CHECKOUT / "cases" / "demo" / "requests.jsonl"
SPEED = "2000"


def run(system: System) -> int:
    """Starts, plays, shows the way in, follows the logs; Ctrl-C stops everything in order."""
    with system.while_open():
        play = [sys.executable, "manage.py", "play", str(SCENARIO), "--as", "mixed", "--speed", SPEED]
        subprocess.run(play, cwd=CHECKOUT, env=system.environment, check=True)
        report.addresses(system)
        print("\nCtrl-C stops everything.\n", flush=True)
        report.follow(system.places.log)
    return 0
