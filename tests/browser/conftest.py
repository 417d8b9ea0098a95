"""A real Chromium on a running hotline: people at their desks, by keyboard. See tests/chromium.py and tests/stack.py."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.stack import Stack

Visit = Callable[..., Page]
Look = Callable[..., Page]


@pytest.fixture
def visit(stack: Stack, browser: Browser) -> Iterator[Visit]:
    """visit("agent1", "/desk/") is a page somebody has logged in to, at the size of an agent's screen."""
    opened = []

    def log_in(username: str, path: str = "/", **options: object) -> Page:
        context = browser.new_context(
            base_url=stack.web, viewport={"width": 1366, "height": 768}, locale="en-GB", **options
        )
        opened.append(context)
        page = context.new_page()
        page.errors = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
        page.set_default_timeout(10_000)
        page.goto(f"/admin/login/?next={path}")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", stack.password)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(f"**{path}")
        return page

    yield log_in
    for context in opened:
        context.close()


@pytest.fixture
def look(browser: Browser) -> Iterator[Look]:
    """look(url, width, height) is a page without a log-in, on a telephone's screen unless said otherwise."""
    opened = []

    def at(url: str, width: int = 360, height: int = 640) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(url)
        return page

    yield at
    for context in opened:
        context.close()


def handset(look: Look, stack: Stack, number: str) -> Page:
    """The carrier's telephone in somebody's hand, in a browser."""
    return look(f"{stack.carrier.base_url}/handset/?number={number.replace('+', '%2B')}", 1000, 760)
