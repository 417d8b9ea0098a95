"""What the line holds of a person, taken out: words and numbers of texts, numbers of calls, pictures, sound, webhooks.

The rows stay, so that figures and "told once" stay true. An opt-out stays whole: forgetting it, we would text them again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from hotline.models import Call, CallLeg, InboundEvent, Message, Picture, Recording


def texts_and_calls(messages: Iterable[int], calls: Iterable[int], numbers: Iterable[str]) -> dict[str, int]:
    """Of these texts and calls, and of all with these numbers. Call it in a transaction; returns how many of each.

    Files are deleted at once; sound is deleted at the carrier by the sweep of hotline.recordings.
    """
    numbers = [number for number in numbers if number]
    texts = Message.objects.filter(Q(pk__in=list(messages)) | Q(number__in=numbers))
    talks = Call.objects.filter(Q(pk__in=list(calls)) | Q(number__in=numbers))
    text_ids, talk_ids = list(texts.values_list("pk", flat=True)), list(talks.values_list("pk", flat=True))
    sids = [sid for sid in [*texts.values_list("sid", flat=True), *talks.values_list("sid", flat=True)] if sid]
    pictures = 0
    for picture in Picture.objects.filter(message__in=text_ids).exclude(file=""):
        picture.file.delete(save=False)
        Picture.objects.filter(pk=picture.pk).update(file="", address="")
        pictures += 1
    events = InboundEvent.objects.filter(Q(sid__in=sids) | Q(number__in=numbers), state="processed")
    events.update(payload={}, number="")
    CallLeg.objects.filter(call__in=talk_ids).update(number="")
    sound = Recording.objects.filter(call__in=talk_ids, deleted_at=None).update(delete_after=timezone.now())
    Message.objects.filter(pk__in=text_ids).update(body="", number="")
    Call.objects.filter(pk__in=talk_ids).update(number="")
    return {"texts": len(text_ids), "calls": len(talk_ids), "pictures": pictures, "recordings": sound}


def held(messages: Iterable[int], calls: Iterable[int]) -> dict[str, list[dict[str, Any]]]:
    """The same, to be handed out to the person: texts with their words, calls with their times, recordings by date."""
    texts = Message.objects.filter(pk__in=list(messages)).order_by("pk")
    talks = Call.objects.filter(pk__in=list(calls)).order_by("pk")
    sound = Recording.objects.filter(call__in=talks).order_by("pk")
    found: dict[str, Any] = {
        "texts": list(texts.values("created_at", "direction", "number", "body", "state")),
        "calls": list(talks.values("started_at", "ended_at", "direction", "number", "state")),
        "recordings": list(sound.values("created_at", "kind", "seconds", "deleted_at")),
    }
    return found
