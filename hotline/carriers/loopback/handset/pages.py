from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

HERE = Path(__file__).parent / "page"


async def page(request: Request) -> Response:
    return FileResponse(HERE / "index.html", headers={"Cache-Control": "no-store"})


async def to_page(request: Request) -> Response:
    return RedirectResponse("/handset/")


def routes() -> list[BaseRoute]:
    return [
        Route("/", to_page),
        Route("/handset", to_page),
        Route("/handset/", page),
        Mount("/handset/files", StaticFiles(directory=HERE)),
    ]
