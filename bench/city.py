"""A day in the city: a thousand requests over a day, twelve vehicles, a new plan every five minutes, things going wrong.

Twice at once, in two processes with the same requests, vehicles and luck: with the planner, and with first come,
first served on the same pages and rules. What is simulated and what is real: bench/day/__init__.py.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys

from bench.day.dispatcher import SOLVERS
from bench.harness import Report, options

# requests, vehicles, hours from two at night, minutes between two plans
LONG, QUICK = ("1000", "12", "24", "5"), ("50", "4", "8", "10")
TARGETS = {"invariants broken": "== 0", "presses refused": None}


def main() -> int:
    quick = options(__doc__ or "").quick
    days = {policy: _begin(policy, QUICK if quick else LONG) for policy in SOLVERS}
    figures = {policy: _end(policy, running) for policy, running in days.items()}
    report = Report("city", quick=quick)
    ours, theirs = figures["planner"], figures["first come"]
    with report.run():
        for name, value in ours.items():
            if math.isnan(value):  # nobody of that level was served
                continue
            report.figure(name, value, "", TARGETS.get(name))
            if not math.isnan(theirs[name]):
                report.baseline(name, theirs[name], "", "first come, first served")
        report.figure("first come: invariants broken", theirs["invariants broken"], "", "== 0")
        level_1 = "level 1: served"
        report.figure("level 1 served, beyond first come", ours[level_1] - theirs[level_1], "", ">= 0")
        report.figure("level 1 and 2 served, beyond first come", _urgent(ours) - _urgent(theirs), "", ">= 0")
    return report.write()


def _begin(policy: str, size: tuple[str, ...]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.day", policy, *size]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _end(policy: str, running: subprocess.Popen[str]) -> dict[str, float]:
    said = running.communicate()[0]
    if running.returncode:
        raise SystemExit(f"the day by {policy} ended with {running.returncode}")
    return json.loads(said.strip().splitlines()[-1])


def _urgent(figures: dict[str, float]) -> float:
    return figures["level 1: served"] + figures["level 2: served"]


if __name__ == "__main__":
    sys.exit(main())
