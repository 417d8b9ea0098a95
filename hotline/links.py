"""Signed links for people without a log-in: drivers, pharmacies, residents. Scoped to one thing, and they expire."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse


class BadLink(Exception):
    """The link is forged, for something else, or has expired. `expired` tells the last from the others."""

    def __init__(self, *, expired: bool = False) -> None:
        super().__init__("expired" if expired else "not valid")
        self.expired = expired


def sign(kind: str, **claims: Any) -> str:
    """A token good for one kind of page and what `claims` name (ids and versions, never personal data)."""
    return signing.dumps(claims, salt=f"hotline.link.{kind}", compress=True)


def unsign(kind: str, token: str, *, max_age: timedelta) -> dict[str, Any]:
    """The claims of a token of this kind; raises BadLink."""
    try:
        return signing.loads(token, salt=f"hotline.link.{kind}", max_age=max_age)
    except signing.SignatureExpired as error:
        raise BadLink(expired=True) from error
    except signing.BadSignature as error:
        raise BadLink from error


def url(kind: str, url_name: str, **claims: Any) -> str:
    """The whole address, as it goes into a text message; the URL takes one argument, `token`."""
    return settings.HOTLINE_BASE_URL + reverse(url_name, kwargs={"token": sign(kind, **claims)})
