"""One web process on the listening socket that supervisord owns (standard input).

Because the socket outlives us, a web process that dies costs nobody a refused connection: callers wait in its backlog.
"""

import gc
import socket
import sys

import uvicorn

# A webhook asks for the interpreter some ten times, and may find a long page of another thread in it each time.
SWITCH_SECONDS = 0.001
# Python's search for cycles: seldom, and never through what is loaded once and stays. It took a tenth of every page.
SEARCH_AFTER = (50_000, 20, 20)


def main() -> None:
    sys.setswitchinterval(SWITCH_SECONDS)
    # fileno lets Python see that it is TCP; uvicorn's own --fd takes it for a Unix socket and loses TCP_NODELAY
    listening = socket.socket(fileno=0)
    config = uvicorn.Config(
        "hotline.asgi:application",
        lifespan="off",
        access_log=False,  # a search in the address bar is somebody's name or number
        log_level="warning",
        backlog=4096,
        timeout_graceful_shutdown=5,  # live streams never end by themselves
    )
    _load(config)
    uvicorn.Server(config).run(sockets=[listening])


def _load(config: uvicorn.Config) -> None:
    """The application with all its pages, before the first request."""
    config.load()
    from django.urls import get_resolver

    _every_page = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SEARCH_AFTER)


if __name__ == "__main__":
    main()
