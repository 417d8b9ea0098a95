"""Compiles locale/*/LC_MESSAGES/*.po with Babel, so that no machine needs GNU gettext."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from hotline.embedded.places import CHECKOUT


def compile_stale(locale: Path = CHECKOUT / "locale") -> int:
    """Writes each .mo that is older than its .po; returns how many."""
    stale = [path for path in locale.glob("*/LC_MESSAGES/*.po") if _is_stale(path)]
    for path in stale:
        _compile(path)
    return len(stale)


def _is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime


def _compile(path: Path) -> None:
    with path.open("rb") as source:
        catalog = read_po(source)
    fresh = path.with_suffix(f".{os.getpid()}")  # several test runs may compile at once
    with fresh.open("wb") as target:
        write_mo(target, catalog)
    fresh.replace(path.with_suffix(".mo"))
