"""What we ask of the carrier, through its own SDK. The one place that knows the SDK's errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from hotline.carriers.twilio import accounts

T = TypeVar("T")
TWILIO = "https://api.twilio.com"
NOT_FOUND = 20404
LOG_PAGE = 1000
LOGGED_AT = "LoggedAt"  # of a text found in the log; a webhook has no such thing


class CarrierError(Exception):
    """The carrier did not do it. `permanent`: asking again changes nothing. `code`: the carrier's own number, or 0.

    `status` is that of its HTTP answer; 0: there was none.
    """

    def __init__(self, words: str, *, permanent: bool, code: int = 0, status: int = 0) -> None:
        super().__init__(words)
        self.permanent = permanent
        self.code = code
        self.status = status


class AnswerLost(Exception):
    """Asked, and no answer came: it may have been done or not. To be looked up, never to be asked again blindly."""

    def __init__(self, words: str, *, status: int = 0) -> None:
        super().__init__(words)
        self.status = status


class _Http(TwilioHttpClient):
    """The SDK's own transport, to the account's address."""

    def __init__(self, to: str) -> None:
        super().__init__(pool_connections=True, timeout=settings.CARRIER_TIMEOUT_SECONDS)
        self._to = to
        if urlsplit(self._to).hostname in ("127.0.0.1", "localhost"):
            self.session.trust_env = False  # a proxy of the machine's does not know our loopback

    def request(self, method: str, url: str, *args: Any, **options: Any) -> Any:
        return super().request(method, url.replace(TWILIO, self._to, 1), *args, **options)


@cache
def _client(account: accounts.Account) -> Client:
    return Client(account.sid, account.token, http_client=_Http(account.url))


def client() -> Client:
    """For the account of the block we are in (hotline.carriers.twilio.accounts)."""
    try:
        return _client(accounts.now())
    except accounts.NoPractice as error:
        raise CarrierError("there is no practice carrier", permanent=True) from error


client.cache_clear = _client.cache_clear  # type: ignore[attr-defined]


def _ask(ask: Callable[[], T]) -> T:
    """Translates every way in which asking can go wrong into CarrierError or AnswerLost."""
    try:
        return ask()
    except TwilioException as error:
        status, code = _refusal(error)
        if status >= 500:  # it broke while doing it: nobody knows how far it got
            raise AnswerLost(f"HTTP {status}", status=status) from error
        permanent = status != 429 and 400 <= status < 500
        raise CarrierError(f"{status} {code}", permanent=permanent, code=code, status=status) from error
    except requests.ConnectTimeout as error:
        raise CarrierError("no connection", permanent=False) from error
    except requests.ConnectionError as error:
        if _never_left(error):
            raise CarrierError("no connection", permanent=False) from error
        raise AnswerLost(type(error).__name__) from error
    except requests.RequestException as error:
        raise AnswerLost(type(error).__name__) from error


def _refusal(error: TwilioException) -> tuple[int, int]:
    """HTTP status and the carrier's number. Of a list that is refused the SDK raises the bare answer, without a class."""
    if isinstance(error, TwilioRestException):
        return error.status, error.code or 0
    answer = error.args[1] if len(error.args) > 1 else None
    return getattr(answer, "status_code", 0), 0


def _never_left(error: requests.ConnectionError) -> bool:
    """Whether not even the connection came about, so that nothing can have been done."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def address(path: str) -> str:
    """Where the carrier reaches us."""
    return settings.HOTLINE_BASE_URL + path


# texts


@dataclass(frozen=True)
class SentText:
    """An outgoing text in the carrier's log."""

    sid: str
    status: str
    body: str
    error: int | None
    created_at: datetime


def send_text(*, to: str, from_: str, body: str, status_path: str) -> str:
    """Creates a text and returns the carrier's id. Raises CarrierError or AnswerLost."""
    made = _ask(lambda: client().messages.create(to=to, from_=from_, body=body, status_callback=address(status_path)))
    return str(made.sid)


def texts_sent(*, to: str, from_: str, since: datetime) -> list[SentText]:
    """The carrier's log of texts from us to this number created since then; also those still queued there."""
    rows = _ask(lambda: client().messages.list(to=to, from_=from_, limit=100))
    return [
        SentText(row.sid, str(row.status), row.body or "", row.error_code, row.date_created)
        for row in rows
        if row.date_created and row.date_created >= since
    ]


def texts_received(*, to: str, since: datetime) -> list[dict[str, str]]:
    """Texts that people sent to one of our numbers since then, oldest first, as a webhook would tell them."""
    rows = _ask(lambda: client().messages.list(to=to, date_sent_after=since, page_size=LOG_PAGE))
    return [
        {
            "MessageSid": row.sid,
            "From": row.from_ or "",
            "To": row.to or "",
            "Body": row.body or "",
            "NumMedia": str(row.num_media or 0),
            LOGGED_AT: row.date_created.isoformat() if row.date_created else "",
        }
        for row in reversed(rows)
        if row.direction == "inbound"
    ]


# calls


def place_call(
    *, to: str, from_: str, answer_path: str, status_path: str, ring_seconds: int, detect_path: str = ""
) -> str:
    """Calls somebody; what happens when they pick up is fetched from answer_path. Returns the leg's id.

    With detect_path the carrier listens beside the talk whether a machine has picked up, and says so there.
    """
    more: dict[str, Any] = {}
    if detect_path:
        more = {"machine_detection": "Enable", "async_amd": "true", "async_amd_status_callback": address(detect_path)}
    made = _ask(
        lambda: client().calls.create(
            to=to,
            from_=from_,
            url=address(answer_path),
            status_callback=address(status_path),
            status_callback_event=["ringing", "answered", "completed"],
            timeout=ring_seconds,
            **more,
        )
    )
    return str(made.sid)


def lead_call(sid: str, path: str) -> None:
    """Takes a live leg out of what it is in and leads it to another document of ours."""
    _ask(lambda: client().calls(sid).update(url=address(path), method="POST"))


def end_call(sid: str) -> None:
    """Ends a leg; one that has ended already is fine."""
    try:
        _ask(lambda: client().calls(sid).update(status="completed"))
    except CarrierError as error:
        if not error.permanent:
            raise


def call_status(sid: str) -> str:
    """What the carrier says of a leg now: queued, ringing, in-progress, completed, busy, no-answer, failed, canceled."""
    try:
        return str(_ask(lambda: client().calls(sid).fetch()).status)
    except CarrierError as error:
        if error.code == NOT_FOUND:
            return "failed"
        raise


def calls_received(*, to: str, since: datetime) -> list[dict[str, str]]:
    """Calls that came in since then, oldest first."""
    rows = _ask(lambda: client().calls.list(to=to, start_time_after=since, page_size=LOG_PAGE))
    return [
        {"CallSid": row.sid, "From": row._from or "", "To": row.to or "", "CallStatus": str(row.status)}
        for row in reversed(rows)
        if row.direction == "inbound"
    ]


def recording_sound(sid: str) -> tuple[bytes, str]:
    """The sound of a recording and its type, fetched with the account's credentials."""
    path = f"/2010-04-01/Accounts/{settings.TWILIO_ACCOUNT_SID}/Recordings/{sid}.mp3"
    session = client().http_client.session  # the SDK's own request() makes text of what it gets
    credentials = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    address_there = settings.TWILIO_API_URL.rstrip("/") + path
    got = _ask(lambda: session.get(address_there, auth=credentials, timeout=settings.CARRIER_TIMEOUT_SECONDS))
    if got.status_code != requests.codes.ok:
        raise CarrierError(f"{got.status_code}", permanent=400 <= got.status_code < 500 and got.status_code != 429)
    return got.content, got.headers.get("Content-Type", "audio/mpeg")


def delete_recording(sid: str) -> None:
    """Deletes the sound; what is gone already is fine."""
    try:
        _ask(lambda: client().recordings(sid).delete())
    except CarrierError as error:
        if error.code != NOT_FOUND:
            raise


def add_participant(conference: str, *, to: str, from_: str, label: str, status_path: str, ring_seconds: int) -> str:
    """Calls somebody into a running conference, who may leave without ending it; returns the leg's id."""
    made = _ask(
        lambda: (
            client()
            .conferences(conference)
            .participants.create(
                to=to,
                from_=from_,
                label=label,
                beep="false",
                end_conference_on_exit=False,
                status_callback=address(status_path),
                status_callback_event=["ringing", "answered", "completed"],
                timeout=ring_seconds,
            )
        )
    )
    return str(made.call_sid)


def change_participant(conference: str, leg_sid: str, **changes: Any) -> None:
    """Holds, mutes or moves one leg of a running conference, named as we named it."""
    found = _ask(lambda: client().conferences.list(friendly_name=conference, status="in-progress", limit=1))
    if not found:
        raise CarrierError("the conference is over", permanent=True, code=NOT_FOUND)
    _ask(lambda: client().conferences(found[0].sid).participants(leg_sid).update(**changes))


# our numbers


def is_there() -> None:
    """Asks for something small; raises what is wrong when the carrier does not answer it."""
    _ask(lambda: client().incoming_phone_numbers.list(limit=1, page_size=1))


def configure_number(number: str, **urls: str) -> str:
    """Makes the carrier send what comes to `number` to these paths of ours; returns "made" or "changed"."""
    addresses = {name: address(path) for name, path in urls.items()}
    known = _ask(lambda: client().incoming_phone_numbers.list(phone_number=number, limit=1))
    if known:
        _ask(lambda: client().incoming_phone_numbers(known[0].sid).update(**addresses))
        return "changed"
    _ask(lambda: client().incoming_phone_numbers.create(phone_number=number, **addresses))
    return "made"
