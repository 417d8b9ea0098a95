import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlencode, urljoin

import httpx

from .log import Log
from .signature import sign

TIMEOUT_SECONDS = 15.0
AT_ONCE = 200
MAX_REDIRECTS = 5

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
        self.seconds: list[float] = []
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(TIMEOUT_SECONDS, pool=None),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=AT_ONCE, keepalive_expiry=4.0),
            headers={"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"},
            trust_env=False,
        )
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    async def ask(self, kind: str, operation: str, url: str, method: str, params: Mapping[str, str]) -> Answer:
        """Sends params to url and returns the answer; never raises. kind is the log's: webhook or callback."""
        async with self._turn:
            begun = time.monotonic()
            answer = await self._follow(url, method.upper(), dict(params))
            answer.seconds = time.monotonic() - begun
        self._note(kind, operation, url, method, params, answer)
        return answer

    async def close(self) -> None:
        await self._client.aclose()

    async def _follow(self, url: str, method: str, params: dict[str, str]) -> Answer:
        for _ in range(MAX_REDIRECTS):
            response = await self._request(url, method, params)
            if isinstance(response, Answer):
                return response
            if not response.has_redirect_location:
                return _answer(url, response)
            url = urljoin(url, response.headers["location"])
            method = method if response.status_code in (307, 308) else "GET"
        return Answer(url=url, error=TOO_MANY_REDIRECTS)

    async def _request(self, url: str, method: str, params: dict[str, str]) -> httpx.Response | Answer:
        if method == "GET" and params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        form = params if method == "POST" else None
        headers = {"X-Twilio-Signature": sign(self._auth_token, url, form or {})}
        try:
            return await self._client.request(method, url, data=form, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return Answer(url=url, error=CONNECTION_FAILED)

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


def _answer(url: str, response: httpx.Response) -> Answer:
    return Answer(
        url=url,
        status=response.status_code,
        body=response.content,
        content_type=response.headers.get("content-type", "").split(";")[0].strip().lower(),
        error=0 if response.is_success else RETRIEVAL_FAILED,
    )
