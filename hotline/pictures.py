"""Pictures that people without a log-in send: only real pictures, not too large, under a name of our own."""

from __future__ import annotations

import secrets

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

MOST_BYTES = 8 * 1024 * 1024
HEAD_BYTES = 16


class NotAPicture(Exception):
    """What was sent is not a picture we keep; the text says why, in words for the sender."""


def checked(sent: UploadedFile) -> UploadedFile:
    """The same file, named by us after what its first bytes say it is; raises NotAPicture."""
    if not sent.size:
        raise NotAPicture(_("The picture is empty. Please take it again."))
    if sent.size > MOST_BYTES:
        raise NotAPicture(_("The picture is too large. Please take a smaller one."))
    sent.seek(0)
    suffix = _suffix(sent.read(HEAD_BYTES))
    sent.seek(0)
    if not suffix:
        raise NotAPicture(_("This is not a picture. A photo from the camera is best."))
    sent.name = f"{secrets.token_hex(12)}{suffix}"
    return sent


def _suffix(head: bytes) -> str:
    if head.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ".webp"
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"heif"):
        return ".heic"
    return ""
