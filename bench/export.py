"""How fast and with how much memory a million cases go out as a file.

The export of cases, as a supervisor orders it, from a database of 1,000,000 cases: as CSV and as a workbook, each in a process of
its own whose largest memory is read at its end; and the same CSV written from one list of model objects, as it would be
written at first (of a tenth of the cases: of all it would need gigabytes). --quick: 10,000 cases.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import kept
from bench.filled import Size
from bench.harness import Report

MOST_MIB = 300
BASE_SHARE = 10


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 45 seconds: 10,000 cases")
    parser.add_argument("--cases", type=int, help="how many cases, 1,000,000 when not said")
    parser.add_argument("--write", choices=["csv", "xlsx", "plain"], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.write:
        return write(chosen.write)
    size = Size(chosen.cases or (10_000 if chosen.quick else 1_000_000))
    report = Report("export", quick=chosen.quick)
    with kept.services(size), tempfile.TemporaryDirectory() as media:
        os.environ["BENCH_MEDIA"] = media
        report.figure("cases", size.cases, "")
        for what, name in (("csv", "CSV"), ("xlsx", "workbook")):
            done = measured(what)
            assert done["rows"] == size.cases, done
            report.figure(f"{name}, rows a second", done["rows"] / done["seconds"], "rows/s")
            report.figure(f"{name}, largest memory of the process", done["mib"], "MiB", f"< {MOST_MIB}")
            report.figure(
                f"{name}, memory above a process that has read nothing", done["mib"] - done["idle_mib"], "MiB"
            )
            report.figure(f"{name}, size", done["bytes"] / 2**20, "MiB")
        plain = measured("plain")
        report.baseline("CSV, rows a second", plain["rows"] / plain["seconds"], "rows/s", "a list of objects, same run")
        above = (plain["mib"] - plain["idle_mib"]) * size.cases / plain["rows"]
        report.baseline(
            "CSV, memory above a process that has read nothing", above, "MiB", "a list of objects, reckoned to all rows"
        )
    return report.write()


def measured(what: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "bench.export", "--write", what], stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def write(what: str) -> int:
    """In a process of its own: one export, and how much memory it took at most."""
    import django

    django.setup()
    from django.conf import settings

    from cases.exchange import exporting, kinds
    from cases.models import Case, Export
    from hotline.models import User

    settings.MEDIA_ROOT = os.environ["BENCH_MEDIA"]
    idle = most_mib()
    began = time.monotonic()
    if what == "plain":
        rows, size = plainly(Case.objects.count() // BASE_SHARE)
    else:
        by = User.objects.get(username="supervisor")
        export = exporting.ask(kinds.the("cases"), by=by, format=what, filters={}, language="zh-hans")
        while export.is_busy:
            exporting.work()
            export.refresh_from_db()
        rows, size = export.rows, export.size
        assert export.state == "done", export.state
        Export.objects.filter(pk=export.pk).delete()  # the database is kept for others
    print(
        json.dumps(
            {"rows": rows, "bytes": size, "seconds": time.monotonic() - began, "mib": most_mib(), "idle_mib": idle}
        )
    )
    return 0


def plainly(most: int) -> tuple[int, int]:
    """All of it read first, as model objects with what they need, then written."""
    import csv

    from cases.models import Case

    related = Case.objects.select_related("person", "category", "district", "address__community", "owner_agent")
    cases = list(related.prefetch_related("needs", "person__phones").order_by("pk")[:most])
    path = Path(os.environ["BENCH_MEDIA"], "plain.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for case in cases:
            place = (case.district, case.address and case.address.community)
            needs, phones = (";".join(map(str, found.all())) for found in (case.needs, case.person.phones))
            named = (case.number, case.get_state_display(), case.level, case.category, case.person, case.owner_agent)
            writer.writerow([*named, *place, needs, phones, case.words, case.created_at, case.due_at])
    return len(cases), path.stat().st_size


def most_mib() -> float:
    """Of this program alone: getrusage would count what its parent had before it became this one."""
    said = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert said
    return int(said[1]) / 1024


if __name__ == "__main__":
    sys.exit(main())
