"""Waiting for a process to say over HTTP that it is well."""

import json
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

from hotline.embedded.trouble import Trouble

START_SECONDS = 90
direct = build_opener(ProxyHandler({}))  # a proxy of the machine's does not know our loopback


def ask(url: str, seconds: float = 5) -> tuple[int, bytes]:
    """Status and body; 0 when nobody answers."""
    try:
        with direct.open(url, timeout=seconds) as answer:
            return answer.status, answer.read()
    except HTTPError as refusal:
        return refusal.code, refusal.read()
    except (URLError, HTTPException, OSError):
        return 0, b""


def parts(web: str) -> dict[str, Any]:
    """What /readyz says of each part; empty when the web does not answer."""
    body = ask(f"{web}/readyz")[1]
    try:
        return json.loads(body)
    except ValueError:
        return {}


def wait(web: str, log: Path, seconds: float = START_SECONDS) -> None:
    """Returns when /readyz answers 200; otherwise Trouble that names what is not well."""
    deadline = time.monotonic() + seconds
    while ask(f"{web}/readyz")[0] != 200:
        if time.monotonic() > deadline:
            raise Trouble(f"The system is not ready after {seconds:g} s: {_complaint(web)}; its logs are in {log}.")
        time.sleep(0.1)


def wait_for(url: str, who: str, log: Path, seconds: float = 30) -> None:
    """Returns when the address answers 200."""
    deadline = time.monotonic() + seconds
    while ask(url)[0] != 200:
        if time.monotonic() > deadline:
            raise Trouble(f"{who} does not answer at {url}; its log is {log}.")
        time.sleep(0.05)


def _complaint(web: str) -> str:
    said = parts(web)
    wrong = [f"{name}: {part.get('why')}" for name, part in said.get("parts", {}).items() if not part.get("ok")]
    return ", ".join(wrong) or "the web does not answer"
