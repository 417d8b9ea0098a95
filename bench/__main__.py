"""`python -m bench [--quick] [NAME ...]`: every measurement, one after the other; exit status 1 when a target is missed."""

import argparse
import subprocess
import sys
from pathlib import Path

OURS = ("__init__", "__main__", "harness", "ready_city", "filled", "day", "kept", "serving", "helpdesk")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="each under 45 seconds")
    parser.add_argument("names", nargs="*", metavar="NAME")
    chosen = parser.parse_args()
    there = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in OURS)
    missed = []
    for name in chosen.names or there:
        command = [sys.executable, "-m", f"bench.{name}", *(["--quick"] if chosen.quick else [])]
        if subprocess.run(command).returncode:
            missed.append(name)
    if missed:
        print(f"missed or failed: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
