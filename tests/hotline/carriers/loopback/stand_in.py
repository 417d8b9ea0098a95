"""A hotline of a few lines: answers webhooks with prepared TwiML and keeps what it was asked."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from twilio.request_validator import RequestValidator

from hotline.carriers.loopback.client import wait_until

Reply = str | tuple[int, str] | Callable[[dict[str, str]], str | tuple[int, str]]


@dataclass
class Asked:
    path: str
    method: str
    params: dict[str, str]
    signed: bool
    at: float = field(default_factory=time.monotonic)


class Hotline:
    def __init__(self, token: str) -> None:
        self.replies: dict[str, Reply] = {}
        self.asked: list[Asked] = []
        validator = RequestValidator(token)
        hotline = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                self._reply(dict(parse_qsl(body, keep_blank_values=True)))

            def do_GET(self) -> None:
                self._reply({})

            def _reply(self, form: dict[str, str]) -> None:
                signed = validator.validate(hotline.url + self.path, form, self.headers["X-Twilio-Signature"])
                parts = urlsplit(self.path)
                params = form | dict(parse_qsl(parts.query, keep_blank_values=True))
                hotline.asked.append(Asked(parts.path, self.command, params, signed))
                status, text = hotline.reply(parts.path, params)
                self.send_response(status)
                if status in (301, 302, 307):
                    self.send_header("Location", text)
                    text = ""
                self.send_header("Content-Type", "text/plain" if text.startswith("plain:") else "text/xml")
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def reply(self, path: str, params: dict[str, str]) -> tuple[int, str]:
        reply = self.replies.get(path, "<Response/>")
        said = reply(params) if callable(reply) else reply
        return said if isinstance(said, tuple) else (200, said)

    def says(self, path: str, twiml: Reply) -> None:
        """What the address answers from now on: the inside of a Response, a status with a body, or a function."""
        whole = isinstance(twiml, str) and not twiml.startswith(("<Response", "<?xml", "plain:"))
        self.replies[path] = f"<Response>{twiml}</Response>" if whole else twiml

    def requests(self, path: str, **params: str) -> list[Asked]:
        return [
            one
            for one in list(self.asked)
            if one.path == path and all(one.params.get(name) == value for name, value in params.items())
        ]

    def wait_for(self, path: str, times: int = 1, timeout: float = 8, **params: str) -> Asked:
        """The newest request with these parameters, once there were as many."""
        return wait_until(
            lambda: rows[-1] if len(rows := self.requests(path, **params)) >= times else None,
            timeout,
            f"{path} {params}; asked were {[(one.path, one.params.get('CallStatus')) for one in self.asked]}",
        )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
