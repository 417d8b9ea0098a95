"""Waiting for something that another process does: polls with a deadline, and says what did not happen."""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


def until(condition: Callable[[], Result], what: str, seconds: float = 20) -> Result:
    """The first true value of `condition`; AssertionError naming `what` when the deadline passes first."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain for {what}"
        time.sleep(0.05)
    return result
