"""Browser tests that could not run are never passed over in silence."""

import os
import subprocess
import sys

import pytest

from hotline.embedded.places import CHECKOUT


@pytest.fixture
def run_without_chromium(tmp_path):
    (tmp_path / "browser").mkdir()
    (tmp_path / "browser/test_page.py").write_text("def test_a_page_opens():\n    pass\n")

    def run(**settings):
        environment = os.environ | {
            "PATH": "/nowhere",
            "HOME": str(tmp_path),
            "PYTHONPATH": str(CHECKOUT),
            "CHROMIUM": "",
        }
        environment.pop("PLAYWRIGHT_BROWSERS_PATH", None)
        options = [
            "-c",
            os.devnull,
            "--rootdir",
            str(tmp_path),
            "-p",
            "tests.chromium",
            "-p",
            "no:django",
            "-p",
            "no:randomly",
        ]
        return subprocess.run(
            [sys.executable, "-m", "pytest", *options, str(tmp_path / "browser")],
            cwd=CHECKOUT,
            env=environment | {"HOTLINE_BROWSER": ""} | settings,
            capture_output=True,
            text=True,
        )

    return run


def test_the_end_of_a_run_says_which_browser_tests_did_not_run(run_without_chromium):
    done = run_without_chromium()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "BROWSER TESTS DID NOT RUN" in done.stdout
    assert "test_page.py::test_a_page_opens" in done.stdout


def test_where_the_browser_is_required_its_absence_fails_the_run(run_without_chromium):
    done = run_without_chromium(HOTLINE_BROWSER="required")
    assert done.returncode == 1
    assert "no Chromium" in done.stdout
