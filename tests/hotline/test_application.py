"""How the web runs: pages in threads, files in pieces, streams on the loop."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from hotline.access import public
from hotline.application import AT_ONCE, Application


async def _words() -> Any:
    yield threading.current_thread().name
    yield " open"
    await asyncio.sleep(3600)


@public("test")
def thread(request: HttpRequest) -> HttpResponse:
    return HttpResponse(threading.current_thread().name)


@public("test")
def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(_words())


@public("test")
def file(request: HttpRequest) -> FileResponse:
    return FileResponse(Path(__file__).open("rb"))


let_go = threading.Event()


@public("test")
def long(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(let_go.wait(20)))


@public("test")
def ends_the_long_ones(request: HttpRequest) -> HttpResponse:
    let_go.set()
    return HttpResponse("")


urlpatterns = [
    path("thread", thread),
    path("stream", stream),
    path("file", file),
    path("long", long),
    path("ends-the-long-ones", ends_the_long_ones),
]


@pytest.fixture(autouse=True)
def these_pages() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def scope_of(where: str) -> dict[str, Any]:
    headers = [(b"host", b"localhost")]
    return {"type": "http", "method": "GET", "path": where, "headers": headers, "query_string": b""}


def asked(where: str, parts: int | None = None) -> tuple[int, list[bytes]]:
    """The status and the parts of the body; only the first so many, and then the page is left."""

    async def ask() -> tuple[int, list[bytes]]:
        page = ApplicationCommunicator(Application(), scope_of(where))
        await page.send_input({"type": "http.request"})
        begin = await page.receive_output(20)
        body = []
        while parts is None or len(body) < parts:
            piece = await page.receive_output(20)
            body.append(piece.get("body", b""))
            if not piece.get("more_body"):
                break
        if parts is not None:
            await page.send_input({"type": "http.disconnect"})
        await page.wait(20)
        return begin["status"], body

    return asyncio.run(ask())


def test_a_page_is_made_in_a_thread_of_the_pool() -> None:
    status, body = asked("/thread")
    assert status == 200
    assert body[0].startswith(b"page")


def test_a_stream_runs_on_the_loop_and_ends_when_the_page_is_left() -> None:
    status, body = asked("/stream", parts=2)
    assert (status, b"".join(body)) == (200, b"MainThread open")


def test_a_file_comes_whole() -> None:
    status, body = asked("/file")
    assert (status, b"".join(body)) == (200, Path(__file__).read_bytes())


def test_what_is_not_there_is_said() -> None:
    assert asked("/nothing")[0] == 404


def test_pages_that_take_long_give_their_place_to_the_next_one() -> None:
    let_go.clear()

    async def ask() -> list[bytes]:
        application = Application()
        where = ["/long"] * (AT_ONCE + 1) + ["/ends-the-long-ones"]
        pages = [ApplicationCommunicator(application, scope_of(each)) for each in where]
        for page in pages:
            await page.send_input({"type": "http.request"})
        await asyncio.gather(*(page.receive_output(20) for page in pages))
        return [(await page.receive_output(20))["body"] for page in pages]

    assert asyncio.run(ask()) == [b"True"] * (AT_ONCE + 1) + [b""]
