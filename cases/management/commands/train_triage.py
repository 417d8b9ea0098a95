"""manage.py train_triage [FILE]: train the text model that suggests category and level."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from cases.triage import evaluation, labelled, model, phrases, starting, training


class Command(BaseCommand):
    help = "Trains the text model from labelled requests (JSON lines: text, category, level) and our own phrases."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="labelled requests; without it our own phrases alone")
        parser.add_argument(
            "--phrases", type=int, default=12000, help="how many of our own phrases to train on (0: none)"
        )
        parser.add_argument("--to", type=Path, default=model.FILE, help="where the model is written")

    def handle(self, *args: Any, file: Path | None, to: Path, **options: Any) -> None:
        rows, held_out = self._rows(file)
        own = list(phrases.make(options["phrases"]))
        if not rows and not own:
            raise CommandError("Nothing to train on: give a file, or let --phrases be above 0.")
        about = {"trained": timezone.localdate().isoformat(), "phrases": len(own), "labelled": len(rows)}
        trained = training.train([*own, *rows], about=about, progress=lambda turns: tqdm(turns, disable=None))
        model.save(trained, to)
        self.stdout.write(
            f"{len(own)} phrases and {len(rows)} labelled requests -> {len(trained.weights)} features, {to}"
        )
        if held_out:
            self.stdout.write(
                f"{len(held_out)} requests were kept out by their hash: evaluate_triage {file} judges by them."
            )

    def _rows(self, file: Path | None) -> tuple[list[phrases.Labelled], list[phrases.Labelled]]:
        if file is None:
            return [], []
        try:
            return evaluation.split(labelled.read(file, {"", *starting.slugs()}))
        except (OSError, labelled.BadLine) as error:
            raise CommandError(str(error)) from error
