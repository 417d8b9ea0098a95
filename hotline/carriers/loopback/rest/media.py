"""The bytes behind a message's picture or a recording. Recordings are silence of the right length."""

import base64
import struct

from starlette.responses import RedirectResponse, Response

from . import messages, recordings
from .asked import Asked

RATE = 8000
LONGEST_SECONDS = 600
# one MPEG-1 layer III frame at 32 kbit/s, 44.1 kHz, mono: header and silence, 26 ms
MP3_FRAME = bytes.fromhex("fffb10c4") + bytes(100)
MP3_FRAMES_PER_SECOND = 38


def message_media(asked: Asked) -> Response:
    row = asked.carrier.messages.get(asked.parts["MessageSid"])
    if row is None:
        raise asked.missing()
    item = messages.media_item(asked, row)
    if item["url"]:
        return RedirectResponse(item["url"], status_code=307)
    return Response(base64.b64decode(item["data"]), media_type=item["content_type"])


def recording_media(asked: Asked) -> Response:
    name, _, kind = asked.parts["Sid"].partition(".")
    asked.parts["Sid"] = name
    recording = recordings.found(asked)
    if recording.status != "completed" or kind not in ("", "wav", "mp3"):
        raise asked.missing()
    seconds = min(max(recording.duration, 1), LONGEST_SECONDS)
    if kind == "mp3":
        return Response(MP3_FRAME * (seconds * MP3_FRAMES_PER_SECOND), media_type="audio/mpeg")
    return Response(silence(seconds), media_type="audio/x-wav")


def silence(seconds: int) -> bytes:
    """A WAV file of eight-bit silence."""
    samples = bytes([128]) * (RATE * seconds)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE, 1, 8)
    size = 4 + len(form) + 8 + len(samples)
    return struct.pack("<4sI4s", b"RIFF", size, b"WAVE") + form + struct.pack("<4sI", b"data", len(samples)) + samples
