"""Pictures that came with a text: a row each in the text's own transaction, fetched from the carrier by a task.

A resident's picture is often a prescription: it lies outside the web root, and a view hands it to those who may see the case.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline import live, pictures
from hotline.carriers.twilio import client as carrier
from hotline.carriers.twilio import media
from hotline.models import Message, Picture
from hotline.wake import wake

log = logging.getLogger(__name__)
MOST_PICTURES = 10  # of one text: the carrier's own limit
MOST_ATTEMPTS = 10
BACKOFF_SECONDS = (5, 15, 60, 300, 900)  # the last one for every further try
P = Picture.State


def expect(message: Message, said: Mapping[str, str]) -> int:
    """Writes down which pictures came with a text, and has them fetched after commit."""
    from hotline.tasks import fetch_pictures

    count = min(message.media_count, MOST_PICTURES)
    now = timezone.now()
    Picture.objects.bulk_create(
        [
            Picture(message=message, position=n, address=said.get(f"MediaUrl{n}", "")[:500], due_at=now)
            for n in range(count)
        ]
    )
    if count:
        wake(fetch_pictures)
    return count


def fetch_due(limit: int = 50) -> int:
    """Fetches what is due; returns how many were settled, kept or refused."""
    settled = 0
    for _n in range(limit):
        picture = _take()
        if picture is None:
            break
        settled += _fetch(picture)
    return settled


def _take() -> Picture | None:
    """One that nobody else is fetching. The row says when it is tried again before the carrier is asked, so that a worker that
    dies on the way loses nothing."""
    with transaction.atomic():
        now = timezone.now()
        due = Picture.objects.filter(state=P.WAITING, due_at__lte=now).order_by("due_at")
        picture = due.select_for_update(skip_locked=True, no_key=True).first()
        if picture:
            wait = BACKOFF_SECONDS[min(picture.attempts, len(BACKOFF_SECONDS) - 1)]
            picture.attempts += 1
            picture.due_at = now + timedelta(seconds=wait)
            picture.save(update_fields=["attempts", "due_at"])
    return picture


def _fetch(picture: Picture) -> bool:
    try:
        _keep(picture, media.fetch(_address(picture), pictures.MOST_BYTES))
    except media.TooLarge:
        _refuse(picture, _("too large"))
    except pictures.NotAPicture:
        _refuse(picture, _("not a picture"))
    except (carrier.CarrierError, carrier.AnswerLost) as error:
        log.warning("picture %s not fetched: %s", picture.pk, error)
        if not getattr(error, "permanent", False) and picture.attempts < MOST_ATTEMPTS:
            return False
        _refuse(picture, _("the carrier does not have it"))
    return True


def _address(picture: Picture) -> str:
    if not picture.address:
        found = media.addresses(picture.message.sid)
        if picture.position >= len(found):
            raise carrier.CarrierError("no such picture", permanent=True)
        picture.address = found[picture.position][:500]
    return picture.address


def _keep(picture: Picture, content: bytes) -> None:
    sent = pictures.checked(SimpleUploadedFile("picture", content))
    picture.file.save(str(sent.name), sent, save=False)
    picture.size, picture.state, picture.due_at = len(content), P.KEPT, None
    picture.save()
    _tell(picture)


def _refuse(picture: Picture, reason: str) -> None:
    picture.state, picture.reason, picture.due_at = P.REFUSED, reason[:120], None
    picture.save()
    _tell(picture)


def _tell(picture: Picture) -> None:
    from hotline.handlers import handlers

    handlers().pictures_settled(picture.message)
    live.publish("inbox", "picture")
