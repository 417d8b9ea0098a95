"""How the web runs: a page runs as a whole in one thread of a small pool, a live stream on the loop without any thread.

Django's own handler changes between loop and threads at every middleware and starts a thread for each request; with
synchronous middleware and views, as ours are, that is most of what a short page costs.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.db import connections
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.urls import set_script_prefix

Done = TypeVar("Done")

AT_ONCE = 3  # short pages of one process: while one waits for the database, another is made
LONG_SECONDS = 0.1


class Application(ASGIHandler):
    """Django behind an ASGI server, with the synchronous stack of middleware."""

    def __init__(self) -> None:
        self.load_middleware(is_async=False)  # in place of the parent's asynchronous one
        self._places = asyncio.Semaphore(AT_ONCE)
        self._threads = ThreadPoolExecutor(settings.WEB_THREADS, thread_name_prefix="page")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise ValueError(f"only HTTP is spoken here, not {scope['type']}")
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        try:
            async with self._its_turn():
                response = await self._in_thread(self._serve, scope, body)
            if not response.streaming:
                await self.send_response(response, send)
            elif response.is_async:
                await self._stream(response, receive, send)
            else:
                await self._file(response, send)
        finally:
            body.close()

    @asynccontextmanager
    async def _its_turn(self) -> AsyncIterator[None]:
        """Short pages one after the other as they came: side by side, each would be as late as the last one.

        A page that takes long, or waits for the carrier, gives its place to the next one meanwhile.
        """
        await self._places.acquire()
        given_back = False

        def give_back() -> None:
            nonlocal given_back
            if not given_back:
                given_back = True
                self._places.release()

        taking_long = asyncio.get_running_loop().call_later(LONG_SECONDS, give_back)
        try:
            yield
        finally:
            taking_long.cancel()
            give_back()

    async def _in_thread(self, work: Callable[..., Done], *arguments: Any) -> Done:
        context = contextvars.copy_context()  # languages and the like are of one request
        return await asyncio.get_running_loop().run_in_executor(self._threads, context.run, work, *arguments)

    def _serve(self, scope: Any, body: Any) -> Any:
        """One request in one thread, from its first middleware to the end of its template."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refused = self.create_request(scope, body)
        response: Any = refused if request is None else self.get_response(request)
        response._handler_class = self.__class__
        if response.streaming:  # the rest comes from other threads, or from none: it keeps no connection of this one
            connections.close_all()
        else:
            response.close()
        return response

    async def _stream(self, response: StreamingHttpResponse, receive: Any, send: Any) -> None:
        """Until it ends or the page is gone."""
        telling = asyncio.create_task(self.send_response(response, send))
        leaving = asyncio.create_task(receive())
        try:
            await asyncio.wait({telling, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (telling, leaving):
                task.cancel()
            await asyncio.gather(telling, leaving, return_exceptions=True)
            response.close()

    async def _file(self, response: StreamingHttpResponse, send: Any) -> None:
        """Piece by piece, each read in a thread."""
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        pieces = iter(response)
        head = HttpResponse(status=response.status_code, headers=response.headers)
        head.cookies = response.cookies
        try:
            await self.send_response(head, _without_end(send))
            while (piece := await self._in_thread(next, pieces, None)) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body"})
        finally:
            await self._in_thread(response.close)


def _without_end(send: Any) -> Any:
    async def told(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            await send(message)

    return told
