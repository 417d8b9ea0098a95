"""Telephones in people's hands at the loopback carrier, for those who play along; one thing after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import httpx


class Telephones:
    """Raises httpx.HTTPError while the carrier is away."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.Client(base_url=f"{base_url}/loopback", timeout=30, trust_env=False)

    def behave(self, numbers: Iterable[str], **habits: Any) -> None:
        """Gives these telephones habits, for example voice="answer"."""
        self._http.put("/phones", json={"numbers": list(numbers), "behaviour": habits}).raise_for_status()

    def heard(self, sid: str) -> str:
        """What people have said into this leg of a call; "" for a call the carrier no longer knows."""
        answer = self._http.get(f"/calls/{quote(sid)}")
        if answer.status_code != httpx.codes.OK:
            return ""
        return "".join(row["text"] for row in answer.json()["heard"] if row["kind"] == "person")

    def sentences(self, sid: str) -> list[str]:
        """The same, sentence by sentence."""
        answer = self._http.get(f"/calls/{quote(sid)}")
        if answer.status_code != httpx.codes.OK:
            return []
        return [row["text"] for row in answer.json()["heard"] if row["kind"] == "person"]

    def is_practice(self) -> bool:
        """Whether what answers there is a carrier of simulated telephones, and not one of real ones."""
        try:
            answer = self._http.get("/stats")
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK and "live_calls" in answer.text

    def dial(self, from_: str, to: str, **habits: Any) -> str:
        """Somebody with these habits calls; the carrier's id of the call."""
        self.behave([from_], **habits)
        answer = self._http.post("/calls", json={"from": from_, "to": to})
        answer.raise_for_status()
        return str(answer.json()["sid"])

    def pick_up(self, address: str) -> bool:
        """Answers what rings at this telephone; whether anything did."""
        answer = self._http.get(f"/phones/{quote(address, safe='+@:')}")
        answer.raise_for_status()
        ringing = [row["sid"] for row in answer.json()["ringing"] if row["status"] == "ringing"]
        return bool(ringing) and self._http.post(f"/calls/{ringing[-1]}/answer").status_code == httpx.codes.OK

    def text(self, from_: str, to: str, body: str) -> None:
        self._http.post("/messages", json={"from": from_, "to": to, "body": body}).raise_for_status()

    def close(self) -> None:
        self._http.close()
