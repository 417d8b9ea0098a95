"""docs/features.md is kept true: what it names exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| (N?\d+) \| (.+?) \| (.*?) \| (.*?) \|$")
ROWS = [found.groups() for line in (ROOT / "docs/features.md").read_text().splitlines() if (found := ROW.match(line))]
WORKING = [row for row in ROWS if row[2].strip() or row[3].strip()]


def test_every_function_has_its_row() -> None:
    numbers = {row[0] for row in ROWS}
    assert numbers == {str(n) for n in range(1, 81)} | {f"N{n}" for n in range(1, 14)}


@pytest.mark.parametrize("row", WORKING, ids=[row[0] for row in WORKING])
def test_a_row_that_works_names_modules_and_a_test_that_exist(row: tuple[str, str, str, str]) -> None:
    _number, _function, modules, test = row
    for module in modules.split(", "):
        assert (ROOT / module).exists(), f"{module} is not there"
    for each in test.split(", "):
        path, _, name = each.partition("::")
        text = (ROOT / "tests" / path).read_text()
        assert not name or f"def {name}(" in text, f"{each} is not there"
