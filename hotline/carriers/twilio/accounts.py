"""Whose account we speak for: the hotline's own, or the one of the practice line, whose telephones are nobody's.

The practice account is a second account of the same interface, at another address. Nothing that is asked under it can reach
a real telephone, and what is signed by it may speak of practice calls only (hotline.carriers.twilio.signature).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings

from hotline.models import Line


@dataclass(frozen=True)
class Account:
    """An account of the carrier's and where it is asked."""

    sid: str
    token: str
    url: str


class NoPractice(Exception):
    """No practice carrier is set up here."""


_practising: ContextVar[bool] = ContextVar("practising", default=False)


def own() -> Account:
    return Account(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_API_URL.rstrip("/"))


def practice() -> Account | None:
    """None when there is no practice carrier, or when what is named as one is the real carrier."""
    url = settings.PRACTICE_API_URL.rstrip("/")
    if not url or url == REAL:
        return None
    return Account(settings.PRACTICE_ACCOUNT_SID, settings.PRACTICE_AUTH_TOKEN, url)


REAL = "https://api.twilio.com"


def now() -> Account:
    """The account of the block we are in: the hotline's own outside `of`."""
    if not _practising.get():
        return own()
    account = practice()
    if account is None:
        raise NoPractice
    return account


@contextmanager
def of(line: Line) -> Iterator[None]:
    """What is asked of the carrier in this block is asked for this line."""
    token = _practising.set(line.practice)
    try:
        yield
    finally:
        _practising.reset(token)


def that_signs(account_sid: str) -> tuple[Account, bool]:
    """The account a webhook says it is from, and whether it may speak of practice calls only."""
    account = practice()
    if account is not None and account.sid == account_sid and account.sid != settings.TWILIO_ACCOUNT_SID:
        return account, True
    return own(), False
