import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin

import aiohttp
from yarl import URL

from .log import Log
from .signature import sign

TIMEOUT_SECONDS = 15.0
AT_ONCE = 200
MAX_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}

RETRIEVAL_FAILED = 11200  # the hotline answered with something other than 2xx
CONNECTION_FAILED = 11205
TOO_MANY_REDIRECTS = 11215


@dataclass
class Answer:
    """What the hotline said to a webhook. error is one of Twilio's 11xxx codes, or 0."""

    url: str
    status: int | None = None
    body: bytes = b""
    content_type: str = ""
    error: int = 0
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return self.error == 0


class Webhooks:
    """Signed requests to the hotline, logged with their outcome. Nothing is retried: Twilio does not either."""

    def __init__(self, account_sid: str, auth_token: str, log: Log) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._log = log
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._sent: set[asyncio.Task[Answer]] = set()
        self.seconds: list[float] = []
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=4.0),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT_SECONDS, sock_read=TIMEOUT_SECONDS),
            headers={"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def ask(self, kind: str, operation: str, url: str, method: str, params: Mapping[str, str]) -> Answer:
        """Sends params to url and returns the answer; never raises. kind is the log's: webhook or callback."""
        async with self._turn:
            begun = time.monotonic()
            answer = await asyncio.shield(self._send(url, method.upper(), dict(params)))
            answer.seconds = time.monotonic() - begun
        self._note(kind, operation, url, method, params, answer)
        return answer

    async def answered(self, seconds: float) -> None:
        """Returns when the hotline has answered what it was asked, also for those who wait no longer, or after `seconds`."""
        if self._sent:
            await asyncio.wait(self._sent, timeout=seconds)

    async def close(self) -> None:
        for task in list(self._sent):
            task.cancel()
        await self._session.close()

    def _send(self, url: str, method: str, params: dict[str, str]) -> asyncio.Task[Answer]:
        """A request on its way: it cannot be called back when the call that it belongs to is forgotten."""
        task = asyncio.get_running_loop().create_task(self._follow(url, method, params))
        self._sent.add(task)
        task.add_done_callback(self._sent.discard)
        return task

    async def _follow(self, url: str, method: str, params: dict[str, str]) -> Answer:
        for _ in range(MAX_REDIRECTS):
            answer, location = await self._request(url, method, params)
            if not location:
                return answer
            url = urljoin(url, location)
            method = method if answer.status in (307, 308) else "GET"
        return Answer(url=url, error=TOO_MANY_REDIRECTS)

    async def _request(self, url: str, method: str, params: dict[str, str]) -> tuple[Answer, str]:
        """The answer, and where it leads to if it leads elsewhere."""
        if method == "GET" and params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        form = params if method == "POST" else {}
        headers = {"X-Twilio-Signature": sign(self._auth_token, url, form)}
        try:
            data = urlencode(form) if method == "POST" else None
            async with self._session.request(
                method,
                URL(url, encoded=url.isascii()),  # as it was signed
                data=data,
                headers=headers | FORM if method == "POST" else headers,
                allow_redirects=False,
            ) as response:
                location = response.headers.get("location", "") if response.status in REDIRECTS else ""
                return await _answer(url, response), location
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return Answer(url=url, error=CONNECTION_FAILED), ""

    def _note(
        self, kind: str, operation: str, url: str, method: str, params: Mapping[str, str], answer: Answer
    ) -> None:
        self.seconds.append(answer.seconds)
        del self.seconds[:-10_000]
        entry: dict[str, Any] = {
            "operation": operation,
            "method": method,
            "url": url,
            "params": dict(params),
            "status": answer.status,
            "error_code": answer.error,
            "milliseconds": round(answer.seconds * 1000, 1),
        }
        self._log.add(kind, **entry)
        if answer.error:
            self._log.alert(
                answer.error,
                f"{operation}: HTTP {answer.status}" if answer.status else f"{operation}: no answer",
                url=url,
                method=method,
                sid=params.get("CallSid") or params.get("MessageSid") or "",
            )


async def _answer(url: str, response: aiohttp.ClientResponse) -> Answer:
    return Answer(
        url=url,
        status=response.status,
        body=await response.read(),
        content_type=response.headers.get("content-type", "").split(";")[0].strip().lower(),
        error=0 if 200 <= response.status < 300 else RETRIEVAL_FAILED,
    )
