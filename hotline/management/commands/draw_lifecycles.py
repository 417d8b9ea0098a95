"""Writes docs/lifecycles.md from the declarations, so that the drawing is never another life than the code's."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from hotline.lifecycle import DECLARED

HEAD = """# Lifecycles

Drawn by `manage.py draw_lifecycles` from the declarations; PostgreSQL refuses every other change of these states.
"""


def drawing() -> str:
    """The whole page, one Mermaid diagram per lifecycle, in alphabetical order."""
    parts = [f"## {name}\n\n```mermaid\n{DECLARED[name].drawing()}\n```\n" for name in sorted(DECLARED)]
    return "\n".join([HEAD, *parts])


class Command(BaseCommand):
    help = "Draws every lifecycle into docs/lifecycles.md"

    def handle(self, *args: Any, **options: Any) -> None:
        Path(settings.BASE_DIR, "docs", "lifecycles.md").write_text(drawing(), encoding="utf-8")
