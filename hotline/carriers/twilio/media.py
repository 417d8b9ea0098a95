"""Pictures of texts, which the carrier keeps until we have fetched them, with the account's credentials."""

from __future__ import annotations

import requests
from django.conf import settings

from hotline.carriers.twilio.client import TWILIO, AnswerLost, CarrierError, client

PIECE = 64 * 1024
GONE = (404, 410)


class TooLarge(Exception):
    """More bytes than asked for."""


def addresses(message_sid: str) -> list[str]:
    """Where the pictures of a text are, for a text that was found in the carrier's log and not told by a webhook."""
    from hotline.carriers.twilio.client import _ask

    rows = _ask(lambda: client().messages(message_sid).media.list(limit=20))
    return [TWILIO + str(row.uri).removesuffix(".json") for row in reversed(rows)]


def fetch(address: str, most_bytes: int) -> bytes:
    """The bytes behind an address of the carrier's. Raises CarrierError, AnswerLost, or TooLarge as soon as it is known."""
    there = settings.TWILIO_API_URL.rstrip("/")
    wanted = address.replace(TWILIO, there, 1)
    if not wanted.startswith(f"{there}/"):  # our credentials go to nobody else, whoever signed it
        raise CarrierError("not an address of the carrier's", permanent=True)
    credentials = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    session = client().http_client.session
    try:
        # the carrier leads on to its store; requests drops the credentials on the way to another host
        with session.get(
            wanted, auth=credentials, timeout=settings.CARRIER_TIMEOUT_SECONDS, stream=True, allow_redirects=True
        ) as answer:
            if answer.status_code != requests.codes.ok:
                permanent = answer.status_code in GONE
                raise CarrierError(f"HTTP {answer.status_code}", permanent=permanent, code=answer.status_code)
            return _read(answer, most_bytes)
    except requests.RequestException as error:
        raise AnswerLost(type(error).__name__) from error


def _read(answer: requests.Response, most_bytes: int) -> bytes:
    read = bytearray()
    for piece in answer.iter_content(PIECE):
        read += piece
        if len(read) > most_bytes:
            raise TooLarge
    return bytes(read)
