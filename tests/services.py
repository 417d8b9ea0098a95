"""Throw-away PostgreSQL and Valkey for one run of pytest, however it was started.

Loaded with `-p tests.services` (pyproject.toml), because settings read DATABASE_URL before any conftest is imported. The
xdist workers inherit the controller's services; each has a Valkey database of its own, as pytest-django gives each a
database of its own. DATABASE_URL and REDIS_URL, when set, are used instead.
"""

import os
from contextlib import ExitStack

import pytest

running = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        os.environ["REDIS_URL"] = _own_database(os.environ["REDIS_URL"], int(worker.removeprefix("gw")) + 1)
    elif not _asks_only(early_config):
        from hotline.embedded import throwaway, translations

        translations.compile_stale()  # every test meets the words as they are shipped
        os.environ.update(running.enter_context(throwaway.services()))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    running.close()


def _asks_only(config: pytest.Config) -> bool:
    options = config.known_args_namespace
    return bool(options.help or options.version)


def _own_database(url: str, number: int) -> str:
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number}"
    return f"{url.rstrip('/').rsplit('/', 1)[0]}/{number}" if url.count("/") > 2 else f"{url}/{number}"
