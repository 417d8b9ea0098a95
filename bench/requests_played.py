"""Every real request of ../shared/data (or FILE) played in as a text, through carrier, webhook and workers of a running system.

Shows where each of them is, what the model said beside what the posters said (category and urgency), and whether each case
carries its suggestion, the reasons of its level and a due time; ends with check_integrity. --quick plays the first 150.
The system is one of its own, removed afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.harness import Report
from tests.stack import running

FILE = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "help_requests.jsonl"
OURS = Path(__file__).resolve().parent.parent / "cases" / "demo" / "requests.jsonl"
SPEED = "1000000"  # all at once, as fast as they are taken
SMS = "sms"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=FILE if FILE.exists() else OURS)
    parser.add_argument("--quick", action="store_true", help="the first 150")
    parser.add_argument("--limit", type=int)
    chosen = parser.parse_args()
    limit = chosen.limit or (150 if chosen.quick else None)
    report = Report("requests_played", quick=chosen.quick)
    with running(LOG_LEVEL="WARNING") as stack:
        os.environ |= stack.environment | {"DJANGO_SETTINGS_MODULE": "hotline.settings"}
        import django

        django.setup()
        from cases.demo import outcome, scenario

        requests = scenario.read(chosen.file, limit)
        said = {row["id"]: row for row in _rows(chosen.file)}
        began = time.monotonic()
        asked = ["play", str(chosen.file), "--as", SMS, "--speed", SPEED, "-v", "0"]
        played = stack.manage(*asked, *(["--limit", str(limit)] if limit else []), check=False, seconds=3600)
        seconds = time.monotonic() - began
        print(played.stdout[-2000:] + played.stderr[-2000:], flush=True)
        rows = outcome.of(requests, SMS)
        report.figure("requests", len(requests), "")
        report.figure("seconds until each had its place", seconds, "s")
        report.figure("taken in a second", len(requests) / seconds, "1/s")
        for where, count in outcome.figures(rows):
            report.figure(f"is: {where}", count, "")
        report.figure("nowhere", sum(not row.place for row in rows), "", target="== 0")
        cases = cases_of(rows)
        judge(report, cases)
        compare(cases, rows, said)
        checked = stack.manage("check_integrity", check=False)
        print(checked.stdout[-1500:], flush=True)
        report.figure("violations of the invariants (exit status of check_integrity)", checked.returncode, "", "== 0")
    return report.write()


def cases_of(rows: Iterable[Any]) -> dict[str, Any]:
    """The case of each request that is on one, by the request's id."""
    from cases.models import Case
    from cases.models.case import FIRST_NUMBER

    numbers = {row.request.id: int(row.number) - FIRST_NUMBER for row in rows if row.place == "case"}
    found = Case.objects.select_related("category").in_bulk(set(numbers.values()))
    return {request: found[pk] for request, pk in numbers.items()}


def judge(report: Report, cases: dict[str, Any]) -> None:
    """What every case has to carry."""
    report.figure("on a case", len(cases), "")
    report.figure("cases", len({case.pk for case in cases.values()}), "")
    open_ones = [case for case in cases.values() if case.is_open]
    report.figure("case without a suggestion", sum(not case.suggestion for case in cases.values()), "", "== 0")
    report.figure(
        "case without the reasons of its level", sum(not case.level_reasons for case in cases.values()), "", "== 0"
    )
    report.figure(
        "open case without a due time and its sum", sum(not (c.due_at and c.due_sum) for c in open_ones), "", "== 0"
    )


def compare(cases: dict[str, Any], rows: Iterable[Any], said: dict[str, dict[str, Any]]) -> None:
    """Two tables: the posters' categories and urgencies down, the model's across."""
    category: dict[str, Counter[str]] = defaultdict(Counter)
    urgency: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        case, poster = cases.get(row.request.id), said[row.request.id]
        proposed = (case.suggestion.get("category") or "none") if case else row.place or "nowhere"
        level = str(case.level) if case else row.place or "nowhere"
        category[str(poster.get("category") or "-")][proposed] += 1
        urgency[str(poster.get("urgency") or "-")][level] += 1
    table("posters' category, and what the model suggested", category)
    table("posters' urgency, and the level that was judged", urgency)


def table(title: str, counted: dict[str, Counter[str]]) -> None:
    columns = sorted({name for row in counted.values() for name in row})
    print(f"\n{title}\n{'':<14}" + "".join(f"{name:>12}" for name in columns) + f"{'all':>9}")
    for name, row in sorted(counted.items(), key=lambda pair: -sum(pair[1].values())):
        wide = 14 - sum(ord(sign) > 0x2E80 for sign in name)  # such signs take two places
        print(
            f"{name:<{wide}}" + "".join(f"{row[column] or '.':>12}" for column in columns) + f"{sum(row.values()):>9}"
        )
    sys.stdout.flush()


def _rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [row | {"id": str(row["id"])} for row in map(json.loads, filter(str.strip, lines))]


if __name__ == "__main__":
    sys.exit(main())
