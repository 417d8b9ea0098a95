"""The loopback carrier in a thread of the test process, for tests that need a carrier and no whole system."""

import socket
import threading

import uvicorn

from hotline.carriers.loopback.app import make_app
from hotline.carriers.loopback.client import wait_until
from hotline.carriers.loopback.config import Config


class Server:
    """Listens on a port of its own until stopped."""

    def __init__(self, config: Config) -> None:
        listening = socket.socket()
        listening.bind(("127.0.0.1", config.port))
        config.port = listening.getsockname()[1]
        self.base_url = config.base_url
        self._server = uvicorn.Server(
            uvicorn.Config(make_app(config), log_level="warning", access_log=False, timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        wait_until(lambda: self._server.started, 10, "the carrier")

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
