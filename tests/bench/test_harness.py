import json

import pytest

from bench.harness import Report, meets, percentile


@pytest.fixture
def report():
    return Report("sample", quick=True)


def test_a_figure_within_its_target_holds(report):
    assert report.figure("plan", 1.5, "s", "< 2").holds is True


def test_a_figure_beyond_its_target_fails_the_measurement(report, tmp_path):
    report.figure("plan", 2.5, "s", "< 2")
    assert report.write(tmp_path) == 1


def test_a_figure_without_a_target_neither_holds_nor_fails(report, tmp_path):
    assert report.figure("rows", 12, "1").holds is None
    assert report.write(tmp_path) == 0


def test_a_bare_number_is_an_upper_bound(report):
    assert report.figure("p95", 100, "ms", 100).holds is True
    assert report.figure("p99", 101, "ms", 100).holds is False


def test_several_runs_are_their_median_with_the_spread(report):
    for seconds in (3.0, 1.0, 2.0):
        report.figure("plan", seconds, "s", "< 2.5")
    data = report.as_data()
    figure = data["figures"][0]
    assert (figure["value"], figure["holds"], figure["spread"]) == (2.0, True, {"least": 1.0, "most": 3.0})
    assert data["runs"] == 3


def test_a_run_that_says_it_does_not_hold_is_not_outvoted(report):
    report.figure("integrity", 0, "rows", "no violation", holds=True)
    report.figure("integrity", 1, "rows", "no violation", holds=False)
    assert report.holds is False


def test_a_target_in_words_needs_a_verdict(report):
    with pytest.raises(ValueError, match="holds"):
        report.figure("plan", 1, "s", "quick enough")


def test_a_figure_keeps_its_unit(report):
    report.figure("plan", 1, "s")
    with pytest.raises(ValueError, match="was noted in s"):
        report.figure("plan", 1000, "ms")


def test_the_file_says_everything_that_a_reader_needs_to_judge_it(report, tmp_path):
    report.figure("plan", 1.5, "s", "< 2")
    report.baseline("plan", 30, "s", "another solver")
    report.write(tmp_path)
    data = json.loads((tmp_path / "sample.json").read_text())
    assert {"figures", "baseline", "machine", "versions", "runs", "quick", "holds"} <= data.keys()
    assert {"value", "unit", "target", "holds", "runs", "spread"} <= data["figures"][0].keys()
    assert data["machine"]["cores"] >= 1
    assert data["versions"]["Django"]


def test_the_table_shows_the_verdict_beside_the_figure(report):
    report.figure("plan", 2.5, "s", "< 2")
    report.baseline("plan", 30, "s")
    assert report.table().splitlines()[1].split() == ["plan", "2.5", "s", "<", "2", "NO", "30", "s"]


def test_percentile_is_the_nearest_rank():
    assert percentile([4, 1, 3, 2], 50) == 2
    assert percentile(range(1, 101), 95) == 95
    assert percentile([7], 99) == 7


@pytest.mark.parametrize(
    ("value", "target", "verdict"), [(0, "== 0", True), (1_000, ">= 1,000", True), (2, "> 2", False)]
)
def test_targets_are_comparisons(value, target, verdict):
    assert meets(value, target) is verdict
