"""The way in to the REST interface: authentication, faults, errors in Twilio's form."""

import asyncio
import base64
import binascii
import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from ..config import Config
from ..dropping import Dropped, Unanswered
from ..faults import REQUEST_KINDS, Rule
from . import calls, conferences, media, messages, notifications, numbers, participants, queues, recordings
from .asked import Asked
from .errors import ApiError, not_found

Handler = Callable[[Asked], dict[str, Any] | Response | None]
ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"
CONFERENCE = "/Conferences/{ConferenceSid}"

# path under the account, resource, {HTTP method: (operation, handler)}
RESOURCES: list[tuple[str, str, dict[str, tuple[str, Handler]]]] = [
    ("/Messages.json", "messages", {"GET": ("list", messages.list_), "POST": ("create", messages.create)}),
    ("/Messages/{Sid}.json", "messages", {
        "GET": ("fetch", messages.fetch), "POST": ("update", messages.update), "DELETE": ("delete", messages.delete)}),
    ("/Messages/{MessageSid}/Media.json", "media", {"GET": ("list", messages.list_media)}),
    ("/Messages/{MessageSid}/Media/{Sid}.json", "media", {
        "GET": ("fetch", messages.fetch_media), "DELETE": ("delete", messages.delete_media)}),
    ("/Messages/{MessageSid}/Media/{Sid}", "media", {"GET": ("download", media.message_media)}),
    ("/Calls.json", "calls", {"GET": ("list", calls.list_), "POST": ("create", calls.create)}),
    ("/Calls/{Sid}.json", "calls", {
        "GET": ("fetch", calls.fetch), "POST": ("update", calls.update), "DELETE": ("delete", calls.delete)}),
    ("/Calls/{CallSid}/Recordings.json", "recordings", {
        "GET": ("list", recordings.list_), "POST": ("create", recordings.create)}),
    ("/Calls/{CallSid}/Recordings/{Sid}.json", "recordings", {
        "GET": ("fetch", recordings.fetch), "POST": ("update", recordings.update),
        "DELETE": ("delete", recordings.delete)}),
    ("/Calls/{CallSid}/Notifications.json", "notifications", {"GET": ("list", notifications.list_)}),
    ("/Queues.json", "queues", {"GET": ("list", queues.list_), "POST": ("create", queues.create)}),
    ("/Queues/{Sid}.json", "queues", {
        "GET": ("fetch", queues.fetch), "POST": ("update", queues.update), "DELETE": ("delete", queues.delete)}),
    ("/Queues/{QueueSid}/Members.json", "members", {"GET": ("list", queues.list_members)}),
    ("/Queues/{QueueSid}/Members/{CallSid}.json", "members", {
        "GET": ("fetch", queues.fetch_member), "POST": ("update", queues.update_member)}),
    ("/Conferences.json", "conferences", {"GET": ("list", conferences.list_)}),
    ("/Conferences/{Sid}.json", "conferences", {
        "GET": ("fetch", conferences.fetch), "POST": ("update", conferences.update)}),
    (CONFERENCE + "/Participants.json", "participants", {
        "GET": ("list", participants.list_), "POST": ("create", participants.create)}),
    (CONFERENCE + "/Participants/{CallSid}.json", "participants", {
        "GET": ("fetch", participants.fetch), "POST": ("update", participants.update),
        "DELETE": ("delete", participants.delete)}),
    (CONFERENCE + "/Recordings.json", "recordings", {"GET": ("list", recordings.list_)}),
    (CONFERENCE + "/Recordings/{Sid}.json", "recordings", {
        "GET": ("fetch", recordings.fetch), "POST": ("update", recordings.update),
        "DELETE": ("delete", recordings.delete)}),
    ("/Recordings.json", "recordings", {"GET": ("list", recordings.list_)}),
    ("/Recordings/{Sid}.json", "recordings", {
        "GET": ("fetch", recordings.fetch), "DELETE": ("delete", recordings.delete)}),
    ("/Recordings/{Sid}", "recordings", {"GET": ("download", media.recording_media)}),
    ("/IncomingPhoneNumbers.json", "numbers", {"GET": ("list", numbers.list_), "POST": ("create", numbers.create)}),
    ("/IncomingPhoneNumbers/{Sid}.json", "numbers", {
        "GET": ("fetch", numbers.fetch), "POST": ("update", numbers.update), "DELETE": ("delete", numbers.delete)}),
    ("/Notifications.json", "notifications", {"GET": ("list", notifications.list_)}),
]  # fmt: skip
STATUS = {"create": 201, "delete": 204}


def routes() -> list[BaseRoute]:
    return [
        Route(ACCOUNT + path, _endpoint(resource, methods), methods=list(methods))
        for path, resource, methods in RESOURCES
    ]


def _endpoint(resource: str, methods: dict[str, tuple[str, Handler]]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        name, handler = methods["GET" if request.method == "HEAD" else request.method]
        return await _serve(request, f"{resource}.{name}", name, handler)

    return endpoint


async def _serve(request: Request, operation: str, name: str, handler: Handler) -> Response:
    carrier = request.app.state.carrier
    form = parse_qsl((await request.body()).decode(), keep_blank_values=True)
    query = parse_qsl(request.url.query, keep_blank_values=True)
    asked = Asked(carrier, request.url.path, dict(request.path_params), query, form)
    try:
        _authenticate(request, carrier.config)
        rules = await _faults(asked, operation)
        answer = handler(asked)
    except ApiError as error:
        return _log(asked, operation, error_response(error), error.code)
    response = answer if isinstance(answer, Response) else _response(answer, STATUS.get(name, 200))
    _log(asked, operation, response, 0, lost=bool(rules), sid=answer.get("sid") if isinstance(answer, dict) else None)
    if "lost" in rules:
        return Dropped()
    return Unanswered() if "silent" in rules else response


async def _faults(asked: Asked, operation: str) -> set[str]:
    """Delays or refuses as the switches say; returns what shall happen to the answer."""
    if asked.carrier.faults.outage:
        raise ApiError(503, 20503, "Service Unavailable")
    struck: list[Rule] = asked.carrier.faults.draw(REQUEST_KINDS, operation, asked.get("To"), asked.get("From"))
    for rule in struck:
        if rule.kind == "latency":
            await asyncio.sleep(rule.seconds)
        elif rule.kind == "429":
            raise TooMany(rule.seconds)
        elif rule.kind in ("500", "503"):
            text = "Internal Server Error" if rule.kind == "500" else "Service Unavailable"
            raise ApiError(int(rule.kind), 20000 + int(rule.kind), text)
    return {rule.kind for rule in struck} & {"lost", "silent"}


class TooMany(ApiError):
    def __init__(self, seconds: float) -> None:
        super().__init__(429, 20429, "Too Many Requests")
        self.seconds = seconds


def _authenticate(request: Request, config: Config) -> None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user = password = ""
    if scheme.lower() != "basic" or not _known(config, user, password):
        raise ApiError(401, 20003, "Authenticate")
    if request.path_params["AccountSid"] != config.account_sid:
        raise ApiError(401, 20003, "Authenticate")


def _known(config: Config, user: str, password: str) -> bool:
    if user == config.account_sid:
        return hmac.compare_digest(password.encode(), config.auth_token.encode())
    named = user == config.api_key if config.api_key else user.startswith("SK")
    return named and hmac.compare_digest(password.encode(), (config.api_secret or config.auth_token).encode())


def _response(answer: dict[str, Any] | None, status: int) -> Response:
    return Response(status_code=204) if answer is None else JSONResponse(answer, status_code=status)


def error_response(error: ApiError) -> Response:
    response = JSONResponse(error.body(), status_code=error.status)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = f"{error.seconds:g}"
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response


def _log(
    asked: Asked, operation: str, response: Response, code: int, *, lost: bool = False, sid: str | None = None
) -> Response:
    asked.carrier.log.add(
        "rest",
        operation=operation,
        path=asked.path,
        params=dict(asked.form or asked.query),
        status=response.status_code,
        error_code=code,
        answer_lost=lost,
        sid=sid,
    )
    return response


def refusal(request: Request, status: int) -> Response:
    """What a path or a method that does not exist is answered with."""
    wrong_method = ApiError(405, 20004, "Method not allowed")
    return error_response(wrong_method if status == 405 else not_found(request.url.path))
