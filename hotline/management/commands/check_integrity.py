import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from hotline import integrity


class Command(BaseCommand):
    help = "Proves the invariants over the live database and names every row that breaks one. Exit status 1 if any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        answers = integrity.ask_all()
        broken = sum(len(answer.violations) for answer in answers)
        if options["json"]:
            self.stdout.write(json.dumps({"violations": broken, "checks": [_plain(a) for a in answers]}, indent=2))
        else:
            for answer in answers:
                self._show(answer)
            self.stdout.write(f"{len(answers)} checks, {broken} violations")
        if broken:
            sys.exit(1)

    def _show(self, answer: integrity.Answer) -> None:
        mark = "ok " if not answer.violations else "NO "
        self.stdout.write(f"{mark} {answer.number}  {answer.promise}")
        for violation in answer.violations:
            self.stdout.write(f"       {violation.row}: {violation.why}")


def _plain(answer: integrity.Answer) -> dict[str, Any]:
    rows = [{"row": violation.row, "why": violation.why} for violation in answer.violations]
    return {"invariant": answer.number, "promise": answer.promise, "violations": rows}
