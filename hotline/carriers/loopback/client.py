"""The loopback carrier's control interface for tests and for playing scenarios. Synchronous; one client per thread."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

T = TypeVar("T")
POLL_SECONDS = 0.03
PATIENCE_SECONDS = 10.0


class Refused(Exception):
    """The carrier answered that what was asked makes no sense; the text says why."""


def wait_until(check: Callable[[], T | None], timeout: float = PATIENCE_SECONDS, what: str = "it") -> T:
    """Polls check until it returns something true; raises AssertionError with `what` when it does not in time."""
    deadline = time.monotonic() + timeout
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout:g} s for {what}")
        time.sleep(POLL_SECONDS)


class Loopback:
    """The carrier as a whole."""

    def __init__(self, base_url: str, timeout: float = 30.0) -> None:
        self.base_url = base_url.rstrip("/")
        self._http = httpx.Client(base_url=self.base_url + "/loopback", timeout=timeout, trust_env=False)

    def phone(self, number: str) -> "LoopbackPhone":
        return LoopbackPhone(self.base_url, number, carrier=self)

    def healthy(self) -> bool:
        try:
            return httpx.get(self.base_url + "/healthz", timeout=2, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def stats(self) -> dict[str, Any]:
        return self.ask("GET", "/stats")

    def log(self, since: int = 0, kind: str = "", limit: int = 100_000) -> list[dict[str, Any]]:
        """What passed, oldest first. kind: rest, webhook, callback, sms, alert."""
        entries: list[dict[str, Any]] = self.ask("GET", f"/log?since={since}&kind={kind}&limit={limit}")["entries"]
        return entries

    def last_seq(self) -> int:
        """The number of the newest log entry, to pass to log(since=...)."""
        return int(self.ask("GET", "/log?limit=0")["last"])

    def call(self, sid: str) -> dict[str, Any]:
        return self.ask("GET", f"/calls/{sid}")

    def recording(self, sid: str) -> dict[str, Any]:
        return self.ask("GET", f"/recordings/{sid}")

    def fault(self, kind: str, on: str = "*", **details: Any) -> None:
        """Adds one switch to those that are on; see docs/carrier-loopback.md for the kinds."""
        rules = [_asked(rule) for rule in self.ask("GET", "/faults")["rules"]]
        self.set_faults([*rules, {"kind": kind, "on": on, **details}])

    def set_faults(self, rules: list[dict[str, Any]], messages_per_second: Any = None) -> None:
        """Replaces all switches."""
        self.ask("PUT", "/faults", rules=rules, messages_per_second=messages_per_second)

    def clear_faults(self) -> None:
        self.ask("DELETE", "/faults")

    def settings(self, **changes: Any) -> dict[str, Any]:
        """speed=10, stop_words=["STOP"]"""
        return self.ask("PUT", "/settings", **changes)

    def behave(self, numbers: list[str] | None = None, **habits: Any) -> None:
        """Habits for many telephones, or without numbers for all that are not mentioned yet."""
        if numbers is None:
            self.ask("PUT", "/phones", default=habits)
        else:
            self.ask("PUT", "/phones", numbers=numbers, behaviour=habits)

    def reset(self, *, numbers: bool = False) -> None:
        """Forgets all that happened; with numbers=True also the account's numbers."""
        self.ask("POST", "/reset", numbers=numbers)

    def ask(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        response = self._http.request(method, path, json=body if method in ("POST", "PUT") else None)
        if response.status_code >= 400:
            raise Refused(f"{method} {path}: {response.json().get('error', response.text)}")
        answer: dict[str, Any] = response.json()
        return answer

    def close(self) -> None:
        self._http.close()


class LoopbackPhone:
    """One telephone in somebody's hand. The call methods act on its live call unless a sid is given."""

    def __init__(self, base_url: str, number: str, carrier: Loopback | None = None) -> None:
        self.number = number
        self.carrier = carrier or Loopback(base_url)
        self._path = f"/phones/{quote(number, safe='+@:')}"

    # texts

    def text(self, to: str, body: str, media: list[Any] | None = None, *, wait: bool = True) -> dict[str, Any]:
        """Sends a text; {sid, webhook_status} with the hotline's HTTP status when waiting for it."""
        return self.carrier.ask(
            "POST", "/messages", **{"from": self.number, "to": to, "body": body, "media": media or [], "wait": wait}
        )

    def messages(self, direction: str = "") -> list[dict[str, Any]]:
        """Oldest first; direction "in" is what the person received, "out" what the person wrote."""
        return [row for row in self.state()["messages"] if not direction or row["direction"] == direction]

    def wait_for_message(
        self, contains: str = "", timeout: float = PATIENCE_SECONDS, after: int = 0, times: int = 1
    ) -> dict[str, Any]:
        """The newest received text with these words, once there are `times` of them after the first `after` texts."""

        def found() -> dict[str, Any] | None:
            fitting = [row for row in self.messages("in")[after:] if contains in row["body"]]
            return fitting[-1] if len(fitting) >= times else None

        return wait_until(found, timeout, f"a text with {contains!r} (has {[r['body'] for r in self.messages('in')]})")

    # calls

    def dial(self, to: str, *, withheld: bool = False) -> str:
        """Calls the hotline, with the number withheld if so wished, and returns the call's sid."""
        return str(self.carrier.ask("POST", "/calls", **{"from": self.number, "to": to, "withheld": withheld})["sid"])

    def wait_until_ringing(self, timeout: float = PATIENCE_SECONDS) -> str:
        """The sid of the call that rings here."""
        rows = wait_until(
            lambda: [row for row in self.state()["ringing"] if row["status"] == "ringing"], timeout, "ringing"
        )
        return str(rows[-1]["sid"])

    def answer(self, sid: str = "", timeout: float = PATIENCE_SECONDS) -> str:
        """Picks up, after waiting for it to ring."""
        sid = sid or self.wait_until_ringing(timeout)
        self.carrier.ask("POST", f"/calls/{sid}/answer")
        return sid

    def decline(self, sid: str = "", timeout: float = PATIENCE_SECONDS) -> str:
        sid = sid or self.wait_until_ringing(timeout)
        self.carrier.ask("POST", f"/calls/{sid}/decline")
        return sid

    def press(self, digits: str, sid: str = "", timeout: float = PATIENCE_SECONDS) -> None:
        """Presses keys, once something listens for them."""
        sid = sid or self.live_sid()
        for digit in digits:
            wait_until(partial(self._taken, sid, digit), timeout, f"a prompt that takes {digit}")

    def speak(self, text: str, sid: str = "") -> list[str]:
        """Says something; returns the numbers that heard it."""
        return list(self.carrier.ask("POST", f"/calls/{sid or self.live_sid()}/speak", text=text)["heard_by"])

    def mute(self, muted: bool = True, sid: str = "") -> None:
        self.carrier.ask("POST", f"/calls/{sid or self.live_sid()}/mute", muted=muted)

    def hang_up(self, sid: str = "") -> None:
        self.carrier.ask("POST", f"/calls/{sid or self.live_sid()}/hangup")

    def call(self, sid: str = "") -> dict[str, Any]:
        """All about a call: status, heard, said, waiting_for, hears, heard_by, on_hold."""
        return self.carrier.call(sid or self.live_sid())

    def heard(self, sid: str = "") -> str:
        """Everything said to this telephone so far, a line each."""
        rows = self.call(sid or self.last_sid())["heard"]
        return "\n".join(row["text"] for row in rows if row["kind"] in ("say", "person"))

    def wait_to_hear(self, contains: str, sid: str = "", timeout: float = PATIENCE_SECONDS) -> str:
        return wait_until(lambda: heard if contains in (heard := self.heard(sid)) else "", timeout, repr(contains))

    def wait_for(self, kind: str, sid: str = "", timeout: float = PATIENCE_SECONDS) -> dict[str, Any]:
        """Until the call is in this: gather, queue, conference, talking, dial, record, ringing, over."""
        sid = sid or self.last_sid()
        return wait_until(
            lambda: row if (row := self.call(sid)["waiting_for"])["kind"] == kind else None,
            timeout,
            f"{kind} (is {self.call(sid)['waiting_for']})",
        )

    def wait_until_hung_up(self, sid: str = "", timeout: float = PATIENCE_SECONDS) -> dict[str, Any]:
        sid = sid or self.last_sid()
        return wait_until(lambda: row if not (row := self.call(sid))["live"] else None, timeout, "the end of the call")

    def live_sid(self) -> str:
        rows = self.state()["calls"]
        if not rows:
            raise Refused(f"{self.number} is on no call")
        return str(rows[-1]["sid"])

    def last_sid(self) -> str:
        state = self.state()
        rows = state["calls"][::-1] + state["past_calls"]
        if not rows:
            raise Refused(f"{self.number} has had no call")
        return str(max(rows, key=lambda row: row["at"])["sid"])

    # the telephone

    def _taken(self, sid: str, digit: str) -> bool:
        return bool(self.carrier.ask("POST", f"/calls/{sid}/digits", digits=digit)["taken"])

    def state(self) -> dict[str, Any]:
        return self.carrier.ask("GET", self._path)

    def behave(self, **habits: Any) -> None:
        """voice="answer", after=2, talk=30, patience=60, press=["1"], sms_error=30003, auto_reply="...", opted_out=True"""
        self.carrier.ask("PUT", self._path, **habits)


def _asked(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != "done"}
