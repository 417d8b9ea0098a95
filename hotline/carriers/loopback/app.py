from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from .carrier import Carrier
from .config import Config
from .control import api
from .dropping import Droppable
from .handset import pages
from .rest import door

LOCAL_ONLY = ("/loopback", "/handset")


def make_app(config: Config) -> ASGIApp:
    """The carrier as an ASGI application: REST, the control interface and the handset."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        carrier = app.state.carrier = Carrier(config)
        carrier.start()
        yield
        await carrier.stop()

    app = Starlette(
        routes=[Route("/healthz", healthz), *door.routes(), *api.routes(), *pages.routes()],
        lifespan=lifespan,
        middleware=[] if config.open else [Middleware(LocalOnly)],
        exception_handlers={HTTPException: _http_error},
    )
    return Droppable(app)


async def healthz(request: Request) -> Response:
    carrier = request.app.state.carrier
    return JSONResponse({"ok": not carrier.faults.outage, "live_calls": len(carrier.exchange.legs)})


class LocalOnly:
    """The control interface has no password: it is for this machine, and not for pages of other sites opened on it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(LOCAL_ONLY) and not _is_local(Request(scope)):
            await PlainTextResponse("for this machine only", status_code=403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_local(request: Request) -> bool:
    origin = request.headers.get("origin")
    if origin and origin.partition("://")[2] != request.headers.get("host"):
        return False
    try:
        return request.client is None or ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if request.url.path.startswith("/2010-04-01"):
        return door.refusal(request, error.status_code)
    return PlainTextResponse(str(error.detail), status_code=error.status_code)
