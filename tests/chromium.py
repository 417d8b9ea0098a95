"""The browser of the browser tests: one that is there, else one that is installed in the usual ways.

`python -m tests.chromium` (make test) finds or installs it. Tests marked `browser` are skipped without it, and the end of
the run says loudly which; with HOTLINE_BROWSER=required (CI) they fail instead.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WITHOUT = "no Chromium"


@cache
def executable() -> str | None:
    """The path of a Chromium that starts: CHROMIUM's, the machine's, or Playwright's own."""
    return next((path for path in _candidates() if _starts(path)), None)


def required() -> bool:
    return os.environ.get("HOTLINE_BROWSER") == "required"


def install() -> None:
    """Debian's package as root, else Playwright's own build; what fails says so and the next is tried."""
    for attempt in _ways():
        print(f"no Chromium here, trying: {' '.join(attempt)}", flush=True)
        try:
            done = subprocess.run(attempt, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=600)
        except (OSError, subprocess.TimeoutExpired) as error:
            print(f"  {error}")
            continue
        if done.returncode:
            print(f"  {(done.stderr.strip().splitlines() or ['it says nothing'])[-1]}")


def main() -> int:
    if executable() is None:
        install()
        executable.cache_clear()
    if executable() is None:
        print("No Chromium could be found or installed: the browser tests will NOT run.", file=sys.stderr)
        return 1 if required() else 0
    return 0


def _candidates() -> Iterator[str]:
    named = os.environ.get("CHROMIUM")
    if named:
        yield named
    yield from filter(None, map(shutil.which, NAMES))
    kept = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    for pattern in ("chromium-*/chrome-linux*/chrome", "chromium_headless_shell-*/chrome-*/*headless*shell"):
        yield from map(str, sorted(kept.glob(pattern), reverse=True))


def _starts(path: str) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _ways() -> Iterator[list[str]]:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quietly = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        yield [*quietly, "update"]
        yield [*quietly, "install", "--yes", "--no-install-recommends", "chromium", "fonts-noto-cjk"]
        if any(map(shutil.which, NAMES)):
            return
    yield [sys.executable, "-m", "playwright", "install", "chromium"]


# the plugin


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: drives a real Chromium")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parent.parts or "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") and executable() is None:
        if required():
            pytest.fail(f"{WITHOUT}, and HOTLINE_BROWSER=required", pytrace=False)
        pytest.skip(WITHOUT)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser, for playwright.chromium.launch(executable_path=...)."""
    path = executable()
    assert path, WITHOUT
    return path


@pytest.fixture
def browser(chromium: str, monkeypatch: pytest.MonkeyPatch) -> Iterator["Browser"]:
    """A browser for one test. Playwright keeps an event loop running in this thread, which must not outlive the test."""
    from django.db import connections
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the ORM is used from this thread and from no coroutine
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()
        connections.close_all()  # under a loop Django has connections of its own, and they may lead to a stack


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if WITHOUT in str(report.longrepr)]
    if skipped:
        terminalreporter.section("BROWSER TESTS DID NOT RUN: there is no Chromium", sep="!", red=True, bold=True)
        for report in skipped:
            terminalreporter.line(report.nodeid)
        terminalreporter.line(
            "Install one (Debian: `apt-get install chromium`), or name it with CHROMIUM=/path/to/chromium."
        )


if __name__ == "__main__":
    sys.exit(main())
