"""What shows that goods were handed over: the PIN the resident was sent, a photo, the receiver's name, or a supervisor.

A PIN has four digits, so guessing is limited: after a few wrong ones only a photo or a name counts for a while.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import unicodedata

from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from dispatch.models import Proof, Stop
from dispatch.refused import Refused
from hotline.access import ADMINISTRATOR, SUPERVISOR
from hotline.models import User

log = logging.getLogger(__name__)
MOST_WRONG_PINS = 5
FORGOTTEN_AFTER_SECONDS = 15 * 60


def make_pin() -> str:
    return f"{secrets.randbelow(10_000):04d}"


def is_pin(stop: Stop, pin: str) -> bool:
    """Whether this is the PIN of this stop, for one that was not guessed at too often; counts nothing."""
    return (
        bool(stop.pin) and _wrong_pins(stop) < MOST_WRONG_PINS and hmac.compare_digest(pin.encode(), stop.pin.encode())
    )


def check_pin(stop: Stop, pin: str) -> None:
    """Raises Refused when it is not the PIN of this stop, or was guessed at too often. Takes the same time for any wrong one.

    The count lives outside the database, so that a refusal, which rolls the act back, does not forget it.
    """
    if _wrong_pins(stop) >= MOST_WRONG_PINS:
        raise Refused(_("too many wrong PINs: take a photo or write down who received it"))
    said = "".join(unicodedata.normalize("NFKC", pin).split())
    right = hmac.compare_digest(said.encode(), stop.pin.encode())
    if right and stop.pin:
        return
    _count_wrong(stop)
    log.info("stop %s: wrong PIN", stop.pk)
    raise Refused(_("that is not the PIN of this delivery"))


def record(
    stop: Stop,
    *,
    pin: str = "",
    name: str = "",
    photo: UploadedFile | None = None,
    by: User | None = None,
    reason: str = "",
) -> list[Proof]:
    """Writes what was brought as proof; raises Refused when nothing was, or the PIN is wrong."""
    proofs: list[Proof] = []
    if pin.strip():
        check_pin(stop, pin)
        proofs.append(Proof(stop=stop, kind=Proof.Kind.PIN, by=by))
    if photo is not None:
        proofs.append(Proof(stop=stop, kind=Proof.Kind.PHOTO, photo=photo, by=by))
    if name.strip():
        proofs.append(Proof(stop=stop, kind=Proof.Kind.NAME, words=name.strip()[:120], by=by))
    if reason.strip() and by is not None and by.role in (SUPERVISOR, ADMINISTRATOR):
        proofs.append(Proof(stop=stop, kind=Proof.Kind.SUPERVISOR, words=reason.strip()[:120], by=by))
    if not proofs:
        raise Refused(_("hand-over needs proof: the PIN, a photo or the receiver's name"))
    for one in proofs:
        one.save()
    return proofs


def _key(stop: Stop) -> str:
    return f"wrong-pins:{stop.pk}"


def _wrong_pins(stop: Stop) -> int:
    try:
        return int(cache.get(_key(stop), 0))
    except RedisError:
        return 0  # a driver at a door is not stopped by a missing cache


def _count_wrong(stop: Stop) -> None:
    try:
        cache.add(_key(stop), 0, FORGOTTEN_AFTER_SECONDS)
        cache.incr(_key(stop))
    except (RedisError, ValueError):
        log.warning("wrong PINs are not counted: the cache is away")
