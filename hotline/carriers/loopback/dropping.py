"""Answers that never arrive: the request was carried out, and the line went dead."""

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

DROP = "loopback.drop"


class Droppable:
    """Lets an answer cut the connection, which ASGI itself cannot: uvicorn's transport is behind its send()."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[DROP] = getattr(getattr(send, "__self__", None), "transport", None)
        await self._app(scope, receive, send)


class Dropped(Response):
    """Closes the connection without a byte of answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get(DROP):
            scope[DROP].abort()
        await _until_gone(receive)


class Unanswered(Response):
    """Keeps the connection open and silent until the other side gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _until_gone(receive)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
