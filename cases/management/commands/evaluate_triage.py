"""manage.py evaluate_triage FILE: how good the suggestion is on labelled requests, beside keywords and the majority."""

from __future__ import annotations

from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.triage import evaluation, labelled, model, starting
from cases.triage.evaluation import Result
from cases.triage.suggesting import by_keywords, by_model

NOTHING = "(none)"


class Command(BaseCommand):
    help = "Judges the text model: macro-F1, weighted kappa, recall of level 1 and 2, calibration, confusion."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="labelled requests, as for train_triage")
        parser.add_argument("--all", action="store_true", help="every line, not only those kept out of training")
        parser.add_argument("--model", type=Path, default=model.FILE)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            rows = list(labelled.read(file, {"", *starting.slugs()}))
        except (OSError, labelled.BadLine) as error:
            raise CommandError(str(error)) from error
        judged_by = rows if options["all"] else evaluation.split(rows)[1]
        if not judged_by:
            raise CommandError("No line is left to judge by: give more lines, or --all.")
        trained = model.read(options["model"])
        most = evaluation.majority(rows)
        found = {
            "model": evaluation.evaluate(judged_by, partial(by_model, trained)),
            "keywords": evaluation.evaluate(judged_by, by_keywords),
            "majority": evaluation.evaluate(judged_by, lambda _text: most),
        }
        self._figures(found)
        self._confusion(found["model"])
        self._calibration(found["model"])

    def _figures(self, found: dict[str, Result]) -> None:
        self.stdout.write(f"{next(iter(found.values())).count} requests\n")
        self.stdout.write(f"{'':24}" + "".join(f"{name:>10}" for name in found))
        for words, name in (
            ("macro-F1 of category", "macro_f1"),
            ("weighted kappa of level", "kappa"),
            ("recall of level 1 and 2", "urgent_recall"),
            ("recall of level 1", "now_recall"),
            ("calibration error", "calibration_error"),
        ):
            self.stdout.write(f"{words:24}" + "".join(f"{getattr(each, name):10.3f}" for each in found.values()))

    def _confusion(self, found: Result) -> None:
        slugs = sorted({slug for pair in found.confusion for slug in pair})
        self.stdout.write("\nlabelled (down), proposed (across)")
        self.stdout.write(f"{'':12}" + "".join(f"{slug or NOTHING:>11}" for slug in slugs))
        for want in slugs:
            row = "".join(f"{found.confusion[want, got]:11}" for got in slugs)
            self.stdout.write(f"{want or NOTHING:12}{row}")
        self.stdout.write("\nlevel labelled (down), proposed (across)")
        for level in evaluation.LEVELS:
            self.stdout.write(f"{level:12}" + "".join(f"{found.levels[level, got]:11}" for got in evaluation.LEVELS))

    def _calibration(self, found: Result) -> None:
        self.stdout.write("\nhow sure, how often right, how many")
        for mean, share, count in found.bins:
            self.stdout.write(f"{mean:8.2f}{share:10.2f}{count:8}")
