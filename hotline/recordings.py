"""Sound of calls: kept at the carrier, listened to by supervisors only, each listening written down, deleted by age."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline import live
from hotline.access import SUPERVISOR, roles
from hotline.carriers.twilio import client as carrier
from hotline.models import Call, Listening, Recording, User

log = logging.getLogger(__name__)
MOST_AT_ONCE = 100


def wanted(call: Call) -> bool:
    """Whether talks of this queue are recorded: all of the line, or those about the subject the caller chose."""
    return call.line.record_calls or bool(call.skill and call.skill.record_calls)


def keep(call: Call, sid: str, kind: str, seconds: int) -> Recording:
    """Notes that the carrier keeps sound of this call. The same again is the same row."""
    until = timezone.now() + timedelta(days=call.line.keep_recordings_days)
    recording, new = Recording.objects.get_or_create(
        sid=sid, defaults={"call": call, "kind": kind, "seconds": seconds, "delete_after": until}
    )
    if new:
        live.publish("line", "recording", call=call.pk)
    elif seconds > recording.seconds:
        Recording.objects.filter(pk=recording.pk).update(seconds=seconds)
    return recording


def listen(recording: Recording, who: User) -> tuple[bytes, str]:
    """The sound and its type, after writing down who asked. Raises the carrier's errors; LookupError when it is deleted."""
    if recording.deleted_at:
        raise LookupError(recording.pk)
    Listening.objects.create(recording=recording, who=who)
    log.info("recording %s listened to by user %s", recording.pk, who.pk)
    return carrier.recording_sound(recording.sid)


@roles(SUPERVISOR)
def sound(request: HttpRequest, pk: int) -> HttpResponse:
    """The sound itself, for a player on a page. Our log, not the browser's, says who listened: nothing is cached."""
    recording = get_object_or_404(Recording, pk=pk)
    try:
        content, kind = listen(recording, request.user)  # type: ignore[arg-type]
    except LookupError as error:
        raise Http404 from error
    except (carrier.CarrierError, carrier.AnswerLost):
        return HttpResponse(_("The carrier does not hand the sound out now."), status=502, content_type="text/plain")
    answer = HttpResponse(content, content_type=kind)
    answer["Cache-Control"] = "no-store"
    answer["Content-Disposition"] = "inline"
    return answer


def delete_old() -> int:
    """Sweep: deletes at the carrier what has been kept long enough; what the carrier does not delete now is tried again."""
    deleted = 0
    with transaction.atomic():
        old = Recording.objects.select_for_update(skip_locked=True, no_key=True).filter(
            deleted_at=None, delete_after__lte=timezone.now()
        )
        for recording in old.order_by("delete_after")[:MOST_AT_ONCE]:
            try:
                carrier.delete_recording(recording.sid)
            except (carrier.CarrierError, carrier.AnswerLost) as error:
                log.warning("recording %s not deleted: %s", recording.pk, error)
                continue
            Recording.objects.filter(pk=recording.pk).update(deleted_at=timezone.now())
            deleted += 1
    return deleted
