"""How long `manage.py check_integrity` asks a database of 1,000,000 cases, 3,000,000 texts and 2,000,000 calls, and how much it
needs for it; question by question. It has to find nothing: the filled database is whole. --quick: 20,000 cases.
"""

import argparse
import resource
import sys
import time

from bench import kept
from bench.filled import Size
from bench.harness import Report

SLOWEST_SHOWN = 8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 cases")
    chosen = parser.parse_args()
    size = Size(20_000 if chosen.quick else 1_000_000)
    report = Report("integrity", quick=chosen.quick)
    with kept.services(size):
        from hotline import integrity

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        took, violations = [], 0
        for _number, promise, question in integrity._questions:
            began = time.monotonic()
            found = list(question())
            took.append((time.monotonic() - began, promise))
            violations += len(found)
            for violation in found[:3]:
                print(violation.row, violation.why, flush=True)
        used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        report.figure("cases", size.cases, "")
        report.figure("questions", len(took), "")
        report.figure("all questions", sum(seconds for seconds, _promise in took), "s", target="< 120")
        report.figure("memory on top of what the program needs", used, "MiB", target="< 100")
        report.figure("violations found", violations, "", target="== 0")
        for seconds, promise in sorted(took, reverse=True)[:SLOWEST_SHOWN]:
            report.figure(promise, seconds, "s")
    return report.write()


if __name__ == "__main__":
    sys.exit(main())
