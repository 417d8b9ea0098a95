"""One web process on the listening socket that supervisord owns (standard input).

Because the socket outlives us, a web process that dies costs nobody a refused connection: callers wait in its backlog.
"""

import socket
import sys

import uvicorn

# A webhook asks for the interpreter some ten times, and may find a long page of another thread in it each time.
SWITCH_SECONDS = 0.001


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
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
