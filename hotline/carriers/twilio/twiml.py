"""The documents by which we lead a call, written with the SDK's own builders."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from hotline import recordings
from hotline.models import BridgedCall, Call
from hotline.spoken import VOICE_LANGUAGE, say
from hotline.voicemail import MOST_SECONDS

GATHER_SECONDS = 6
HEARD_LANGUAGE = {"zh-hans": "cmn-Hans-CN", "en": "en-US"}
HINTS = "救命,快死了,没有呼吸,昏迷,大出血,emergency,cannot breathe,unconscious"
SILENCE_SECONDS = 8  # of a message: people look for words


def answer(document: VoiceResponse | MessagingResponse) -> HttpResponse:
    return HttpResponse(str(document), content_type="text/xml")


def nothing() -> HttpResponse:
    """Heard, and there is nothing to do."""
    return answer(MessagingResponse())


def speak(document: VoiceResponse | Gather, sentences: Iterable[str], language: str) -> None:
    for sentence in sentences:
        document.say(sentence, language=VOICE_LANGUAGE.get(language, "zh-CN"))


def ask_key(call: Call, sentences: Iterable[str], *, step: str, attempt: int = 1) -> HttpResponse:
    """Says the sentences and takes one key for `step`; without a key the same address is asked again."""
    document = VoiceResponse()
    action = f"{reverse('line:menu')}?step={step}&try={attempt}"
    gather = document.gather(num_digits=1, action=action, timeout=GATHER_SECONDS, method="POST", **_words(call))
    speak(gather, sentences, call.language)
    document.redirect(f"{action}&silent=1", method="POST")
    return answer(document)


def _words(call: Call) -> dict[str, str]:
    """Lines that listen for emergency words take words beside keys."""
    if not call.line.listen_for_emergencies:
        return {}
    language = HEARD_LANGUAGE.get(call.language, HEARD_LANGUAGE["zh-hans"])
    return {"input": "dtmf speech", "language": language, "hints": HINTS, "speech_timeout": "auto"}


def wait_in_queue(call: Call, sentences: Iterable[str]) -> HttpResponse:
    document = VoiceResponse()
    speak(document, sentences, call.language)
    document.enqueue(
        f"line-{call.line.slug}", wait_url=reverse("line:wait"), action=reverse("line:queue-left"), method="POST"
    )
    return answer(document)


def while_waiting(call: Call, sentences: Iterable[str], *, quiet_seconds: int = 20) -> HttpResponse:
    """What is heard while waiting; one key is taken all the time, and then it begins anew."""
    document = VoiceResponse()
    gather = document.gather(num_digits=1, action=reverse("line:wait-key"), timeout=quiet_seconds, method="POST")
    speak(gather, sentences, call.language)
    return answer(document)


def leave_queue(call: Call, sentences: Iterable[str]) -> HttpResponse:
    document = VoiceResponse()
    speak(document, sentences, call.language)
    document.leave()
    return answer(document)


def take_message(call: Call, sentences: Iterable[str]) -> HttpResponse:
    """Says the sentences and records until the pound key, silence or hanging up; without a word the next verb follows."""
    document = VoiceResponse()
    speak(document, sentences, call.language)
    document.record(
        action=reverse("line:message-left"),
        method="POST",
        max_length=MOST_SECONDS,
        timeout=SILENCE_SECONDS,
        finish_on_key="#",
        play_beep=True,
        recording_status_callback=reverse("line:recording", args=[call.pk, "message"]),
        recording_status_callback_method="POST",
    )
    document.redirect(reverse("line:message-left"), method="POST")
    return answer(document)


def join(
    call: Call, *, sentences: Iterable[str] = (), label: str, ends: bool = True, muted: bool = False, coach: str = ""
) -> HttpResponse:
    """Puts this leg into the call's conference, which is over for all when a leg that `ends` it leaves.

    `muted` only listens; `coach` is the leg that alone hears this one.
    """
    document = VoiceResponse()
    speak(document, sentences, call.language)
    dial = Dial(action=reverse("line:talk-over"), method="POST")
    dial.conference(
        call.conference,
        participant_label=label,
        start_conference_on_enter=True,
        end_conference_on_exit=ends,
        beep="false",
        **({"muted": True} if muted else {}),
        **({"coach": coach} if coach else {}),
        **_recording(call),
    )
    document.append(dial)
    return answer(document)


def _recording(call: Call) -> dict[str, str]:
    """Queues that record say so to the person first (hotline.spoken "recorded")."""
    if not recordings.wanted(call):
        return {}
    return {
        "record": "record-from-start",
        "recording_status_callback": reverse("line:recording", args=[call.pk, "talk"]),
        "recording_status_callback_method": "POST",
    }


def connect(bridge: BridgedCall, sentences: Iterable[str] = ()) -> HttpResponse:
    """Rings the second telephone of a bridge with the line's number shown, and connects."""
    document = VoiceResponse()
    speak(document, sentences, bridge.language)
    dial = Dial(
        action=reverse("line:bridge-dialled", args=[bridge.pk]),
        method="POST",
        caller_id=str(bridge.line.number),
        timeout=settings.PERSON_RING_SECONDS,
    )
    dial.number(bridge.second)
    document.append(dial)
    return answer(document)


def ask_worker(sentences: Iterable[str], language: str) -> HttpResponse:
    """Somebody at work has called: one key says whether to be connected or to speak with us; without one, with us."""
    document = VoiceResponse()
    action = reverse("line:worker-key")
    gather = document.gather(num_digits=1, action=action, timeout=GATHER_SECONDS, method="POST")
    speak(gather, sentences, language)
    document.redirect(f"{action}?silent=1", method="POST")
    return answer(document)


def hang_up(sentences: Iterable[str] = (), language: str = "zh-hans") -> HttpResponse:
    document = VoiceResponse()
    speak(document, sentences, language)
    document.hangup()
    return answer(document)


def listen() -> HttpResponse:
    """Says nothing until the other side hangs up."""
    document = VoiceResponse()
    document.pause(length=20)
    return answer(document)


def apologise() -> HttpResponse:
    """Something broke here: the caller is told that the call is noted, in both languages."""
    document = VoiceResponse()
    for language in ("zh-hans", "en"):
        speak(document, [say("trouble", language)], language)
    document.hangup()
    return answer(document)
