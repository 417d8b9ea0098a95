"""manage.py train_triage and evaluate_triage."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases.triage import model, phrases


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in phrases.make(300, seed=9)))
    return path


def run(name: str, *args: str) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue()


def test_trains_from_a_file_and_judges_by_the_lines_kept_out(labelled: Path, tmp_path: Path) -> None:
    to = tmp_path / "model.json"
    said = run("train_triage", str(labelled), "--phrases", "300", "--to", str(to))
    assert "kept out" in said
    assert model.read(to).about["phrases"] == 300
    shown = run("evaluate_triage", str(labelled), "--model", str(to))
    for words in ("macro-F1", "kappa", "recall of level 1 and 2", "keywords", "majority", "how sure"):
        assert words in shown


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("not json", "not JSON"),
        ('{"category": "food", "level": 3}', "'text' is missing"),
        ('{"text": "x", "category": "gold", "level": 3}', "'category' must be one of"),
        ('{"text": "x", "category": "food", "level": 9}', "'level' must be 1 to 5"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(f'{{"text": "米", "category": "food", "level": 3}}\n{line}\n')
    with pytest.raises(CommandError, match=rf"bad.jsonl:2: .*{why}"):
        run("train_triage", str(path), "--to", str(tmp_path / "model.json"))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        run("evaluate_triage", str(tmp_path / "nowhere.jsonl"))


def test_nothing_to_train_on(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Nothing to train on"):
        run("train_triage", "--phrases", "0", "--to", str(tmp_path / "model.json"))
