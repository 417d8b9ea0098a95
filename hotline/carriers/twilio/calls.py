"""Webhooks of calls: each tells what a caller or an agent's telephone did and is answered with what happens next."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse

from hotline import (
    blocking,
    bridge,
    calls,
    calls_in,
    inbox,
    languages,
    line_tests,
    machines,
    menu,
    outgoing,
    recordings,
    routing,
    supervision,
    third_party,
    transfer,
    voicemail,
)
from hotline.calls_in import UnknownCall
from hotline.carriers.twilio import twiml
from hotline.carriers.twilio.signature import signed
from hotline.handlers import Caller, handlers
from hotline.models import BridgedCall, Call, CallLeg, Line, Recording
from hotline.spoken import say

log = logging.getLogger(__name__)
MOST_TRIES = 3
OVER = frozenset({"completed", "busy", "no-answer", "canceled", "failed"})


def voice(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A voice webhook. When something breaks here the caller is told so instead of hearing an application error; the call
    is made good from the carrier's log (hotline.catch_up)."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if "CallSid" not in request.POST:
            inbox.keep_malformed("call", request.POST.dict(), "without CallSid")
            return twiml.hang_up()
        try:
            return view(request, *args, **kwargs)
        except (UnknownCall, Call.DoesNotExist, CallLeg.DoesNotExist, BridgedCall.DoesNotExist) as error:
            log.warning("webhook about a call we do not know: %s", error)
            return twiml.apologise()
        except DatabaseError:
            log.exception("voice webhook failed")
            return twiml.apologise()

    return signed(answered)


def _sid(request: HttpRequest) -> str:
    return request.POST["CallSid"]


def _keep(kind: str, request: HttpRequest, status: str) -> None:
    """Keeps the webhook as it came; its effect is made in the same request."""
    said = request.POST.dict()
    event, _new = inbox.keep(kind, _sid(request), status=status, number=said.get("From", ""), payload=said)
    inbox.settle(event)


# the caller


@voice
def arrived(request: HttpRequest) -> HttpResponse:
    """Somebody dials the hotline: greeting, and the menu; who has an open case is told how it stands."""
    said = request.POST.dict()
    if line_tests.is_test_call(said):
        event, _new = inbox.keep("line_test", said["CallSid"], number=said["From"], payload=said)
        line_tests.call_came(said)
        inbox.settle(event)
        return twiml.hang_up([say("line_test", "zh-hans")])
    if not Line.objects.filter(number=said.get("To", "")).exists():
        inbox.keep_malformed("call", said, "to a number that is no line of ours")
        return twiml.hang_up()
    event, _new = inbox.keep("call", said["CallSid"], number=said.get("From", ""), payload=said)
    line = Line.objects.get(number=said["To"])
    worker = bridge.for_caller(line, said.get("From", ""))
    if worker:
        inbox.settle(event)
        return twiml.ask_worker([say("worker", worker.language)], worker.language)
    answer = _arrives(said)
    inbox.settle(event)
    return answer


def _arrives(said: dict[str, str]) -> HttpResponse:
    call, caller = calls_in.arrived(said["CallSid"], said.get("From", ""), said["To"])
    blocked = blocking.turns_away(call.number, caller)
    if blocked:
        calls_in.turned_away(call.sid, blocked)
        return twiml.hang_up([say("blocked", call.language)], call.language)
    if caller.open_cases and caller.status:
        return _known_caller(call, caller)
    return twiml.ask_key(call, menu.sentences(call.line, call.language, greet=True), step="menu")


def _known_caller(call: Call, caller: Caller) -> HttpResponse:
    greeting = [part for part in [call.line.greeting, say("emergency", call.language)] if part]
    question = say("known", call.language, status=caller.status)
    calls_in.tells_status(call.sid)
    return twiml.ask_key(call, [*greeting, question, say("menu_emergency", call.language)], step="known")


@voice
def key_pressed(request: HttpRequest) -> HttpResponse:
    """A key, or none in time, at one of the questions before the queue."""
    key, step = request.POST.get("Digits", ""), request.GET.get("step", "menu")
    attempt = int(request.GET.get("try", "1")) if request.GET.get("try", "1").isdecimal() else 1
    call = Call.objects.select_related("line", "skill").get(sid=_sid(request))
    _keep("call_key", request, f"{step}:{attempt}:{key}")
    if key == menu.EMERGENCY_KEY or _said_danger(request):
        return _emergency(call)
    if step == "known" and key != "2":
        return _to_queue(call, menu.EXISTING) if key == "1" else _menu(call)
    if step == "existing":
        return _to_queue(call, menu.EXISTING)
    if step == "known":
        calls_in.asks_something_new(call.sid)
        return _menu(call)
    return _menu_key(call, key, attempt)


def _said_danger(request: HttpRequest) -> bool:
    words = request.POST.get("SpeechResult", "")
    return bool(words) and handlers().is_emergency(words)


def _emergency(call: Call) -> HttpResponse:
    """A life is in danger: told to dial 120, on the record, and first in the queue for who stays on the line."""
    calls_in.says_emergency(call.sid)
    call = calls_in.enqueued(call.sid, "emergency")
    return twiml.wait_in_queue(call, [say("dial_120", call.language)])


def _menu_key(call: Call, key: str, attempt: int) -> HttpResponse:
    choice = menu.chosen(key, call.language)
    if choice.kind == "category" and choice.entry:
        return _to_queue(call, choice.entry.slug, choice)
    if choice.kind == "existing":
        return _existing(call)
    if choice.kind == "language":
        return _menu(calls_in.speaks(call.sid, menu.other_language(call.language)))
    if choice.kind == "dialect":
        return _menu(calls_in.would_like(call.sid, languages.SHANGHAINESE), say("dialect", call.language))
    if attempt >= MOST_TRIES:  # many do not find the keys: they are served all the same
        return _to_queue(call, "")
    before = [say("not_a_key", call.language)] if key else []
    return twiml.ask_key(
        call, [*before, *menu.sentences(call.line, call.language, greet=False)], step="menu", attempt=attempt + 1
    )


def _menu(call: Call, *before: str) -> HttpResponse:
    return twiml.ask_key(call, [*before, *menu.sentences(call.line, call.language, greet=False)], step="menu")


def _existing(call: Call) -> HttpResponse:
    """Says how the open case stands; a key, or just waiting, leads to an agent."""
    status = handlers().who_is_calling(call.number).status
    if not status:
        return _to_queue(call, menu.EXISTING, sentence=say("nothing_open", call.language))
    calls_in.tells_status(call.sid)
    return twiml.ask_key(call, [say("existing", call.language, status=status)], step="existing")


def _to_queue(call: Call, slug: str, choice: menu.Choice | None = None, sentence: str = "") -> HttpResponse:
    entry = choice.entry if choice else None
    why = voicemail.why(call)
    if why:
        call = calls_in.chose(call.sid, slug, entry, why)
        return twiml.take_message(call, [*([sentence] if sentence else []), say(f"voicemail_{why}", call.language)])
    call = calls_in.enqueued(call.sid, slug, entry)
    return twiml.wait_in_queue(call, [sentence or say("to_agent", call.language)])


@voice
def message_left(request: HttpRequest) -> HttpResponse:
    """The caller has spoken after the tone, or not a word."""
    call = Call.objects.get(sid=_sid(request))
    recording = request.POST.get("RecordingSid", "")
    if not recording:  # the carrier goes on here when it heard nothing: hanging up makes it an abandoned call
        return twiml.hang_up([say("voicemail_empty", call.language)], call.language)
    _keep("recording", request, recording)
    voicemail.left(call.sid, recording, _seconds(request))
    return twiml.hang_up([say("voicemail_taken", call.language)], call.language)


@signed
def recording(request: HttpRequest, call_id: int, kind: str) -> HttpResponse:
    """The carrier reports that the sound of a call is kept: the message left in it, or the talk."""
    said = request.POST.dict()
    call = Call.objects.select_related("line").filter(pk=call_id).first()
    if call is None or not said.get("RecordingSid"):
        inbox.keep_malformed("recording", said, "about no call of ours, or without RecordingSid")
        return twiml.nothing()
    state = said.get("RecordingStatus", "")
    event, _new = inbox.keep("recording", said["RecordingSid"], status=state, number=call.number, payload=said)
    if state == "completed" and kind == Recording.Kind.MESSAGE:
        voicemail.left(call.sid, said["RecordingSid"], _seconds(request))
    elif state == "completed":
        recordings.keep(call, said["RecordingSid"], Recording.Kind.TALK, _seconds(request))
    inbox.settle(event)
    return twiml.nothing()


def _seconds(request: HttpRequest) -> int:
    """A recording of less than a second is one all the same."""
    said = request.POST.get("RecordingDuration", "")
    return max(1, int(said)) if said.isdecimal() else 1


@voice
def wait(request: HttpRequest) -> HttpResponse:
    """What a waiting caller hears, again and again: the place, an honest estimate, and the way out."""
    call = Call.objects.select_related("line").get(sid=_sid(request))
    language = call.language
    ahead, minutes = routing.ahead_of(call), routing.expected_wait_minutes(call)
    place = say("position", language, ahead=ahead) if ahead else say("first_in_line", language)
    estimate = say("estimate", language, minutes=minutes) if minutes else say("nobody_on_duty", language)
    return twiml.while_waiting(call, [place, estimate, say("keep_place", language)])


@voice
def wait_key(request: HttpRequest) -> HttpResponse:
    """Key 1 while waiting: called back, and the place is kept. Key 0: an emergency."""
    call = Call.objects.select_related("line").get(sid=_sid(request))
    if request.POST.get("Digits") == menu.EMERGENCY_KEY:
        calls_in.says_emergency(call.sid)
        return twiml.while_waiting(call, [say("dial_120", call.language)])
    if request.POST.get("Digits") != "1":
        return twiml.while_waiting(call, [])
    if not calls_in.asks_callback(call.sid):
        return twiml.while_waiting(call, [say("withheld_callback", call.language)])
    return twiml.leave_queue(call, [say("callback_taken", call.language)])


@voice
def queue_left(request: HttpRequest) -> HttpResponse:
    """The carrier says why a caller is no longer in its queue."""
    result = request.POST.get("QueueResult", "")
    if result == "hangup":
        calls_in.hung_up(_sid(request))
    if result in ("queue-full", "system-error", "error"):
        calls_in.asks_callback(_sid(request))
        return twiml.apologise()
    return twiml.hang_up()


@voice
def join(request: HttpRequest, call_id: int) -> HttpResponse:
    """A caller taken out of the queue is led to the agent."""
    call = Call.objects.select_related("line", "skill").get(pk=call_id, sid=_sid(request))
    if call.state != Call.State.CONNECTED:
        return twiml.hang_up()
    calls.joined(call)
    told = [say("recorded", call.language)] if recordings.wanted(call) else []
    return twiml.join(call, sentences=told, label="person")


@voice
def back_to_queue(request: HttpRequest, call_id: int) -> HttpResponse:
    """A caller who is passed on waits again, in the old place, while the next agent is rung."""
    call = Call.objects.select_related("line", "skill").get(pk=call_id, sid=_sid(request))
    transfer.in_queue_again(call)
    if call.state in (Call.State.WAITING, Call.State.OFFERED, Call.State.CONNECTED):
        return twiml.wait_in_queue(call, [say("passed_on", call.language)])  # connected: led on in a moment
    return twiml.hang_up()


@voice
def talk_over(request: HttpRequest) -> HttpResponse:
    """A conference is over for this leg."""
    return twiml.hang_up()


@voice
def status(request: HttpRequest) -> HttpResponse:
    """The carrier reports that a caller's leg is over."""
    state = request.POST.get("CallStatus", "")
    if state in OVER:
        _keep("call_status", request, state)
        seconds = request.POST.get("CallDuration", "0")
        calls_in.hung_up(_sid(request), state, int(seconds) if seconds.isdecimal() else 0)
    return twiml.nothing()


# people at work who speak through us


@voice
def worker_key(request: HttpRequest) -> HttpResponse:
    """1: connected with the one they are going to; anything else: a caller like any other."""
    said = request.POST.dict()
    line = Line.objects.get(number=said["To"])
    target = bridge.for_caller(line, said.get("From", ""))
    if said.get("Digits") == "1" and target:
        made = bridge.calling_in(line, target, said["From"], _sid(request))
        return twiml.connect(made, [say("worker_connected", made.language)])
    return _arrives(said)


@voice
def bridged(request: HttpRequest, bridge_id: int) -> HttpResponse:
    """The first telephone was picked up: the second is rung."""
    found = BridgedCall.objects.select_related("line").filter(pk=bridge_id, ended_at=None).first()
    if found is None:
        return twiml.hang_up()
    return twiml.connect(found, [say("worker_connected", found.language)])


@voice
def bridge_dialled(request: HttpRequest, bridge_id: int) -> HttpResponse:
    """The second telephone's part is over: they talked, or nobody picked up."""
    language = BridgedCall.objects.values_list("language", flat=True).get(pk=bridge_id)
    if request.POST.get("DialCallStatus") in ("completed", "answered"):
        bridge.talked(bridge_id)
        bridge.ended(bridge_id)
        return twiml.hang_up()
    bridge.ended(bridge_id)
    return twiml.hang_up([say("worker_not_reached", language)], language)


@voice
def bridge_status(request: HttpRequest, bridge_id: int) -> HttpResponse:
    """The carrier reports about the first telephone."""
    state = request.POST.get("CallStatus", "")
    BridgedCall.objects.filter(pk=bridge_id, sid="").update(sid=_sid(request))
    if state in OVER:
        _keep("call_status", request, state)
        bridge.ended(bridge_id)
    return twiml.nothing()


# the telephones that we ring


@voice
def agent_answers(request: HttpRequest, leg_id: int) -> HttpResponse:
    """A desk phone was picked up: for a waiting caller, or to dial somebody."""
    leg = CallLeg.objects.get(pk=leg_id)
    if leg.aim:
        return _more_telephones(request, leg)
    direction = Call.objects.values_list("direction", flat=True).get(legs=leg_id)
    inward = direction == Call.Direction.IN
    act = routing.agent_answers if inward else outgoing.agent_answers
    call = act(leg_id, _sid(request))
    if call is None:
        return twiml.hang_up()
    call = Call.objects.select_related("line", "skill").get(pk=call.pk)
    sentence = say("agent_whisper" if inward else "calling_out", call.language)
    return twiml.join(call, sentences=[sentence], label="agent")


def _more_telephones(request: HttpRequest, leg: CallLeg) -> HttpResponse:
    """A supervisor has picked up, or a colleague who was asked. Their leaving ends nothing until the call is theirs."""
    if leg.party == CallLeg.Party.SUPERVISOR:
        return _supervisor(request, leg)
    with transaction.atomic():
        call = transfer.picked_up(routing.held_leg(leg.pk), _sid(request))
    if call is None:
        return twiml.hang_up()
    mine = call.agent_id == leg.user_id  # the first agent is gone already
    sentence = say("agent_whisper" if mine else "colleague_asks", call.language)
    return twiml.join(call, sentences=[sentence], label=f"agent-{leg.pk}", ends=mine)


def _supervisor(request: HttpRequest, leg: CallLeg) -> HttpResponse:
    with transaction.atomic():
        call = supervision.picked_up(routing.held_leg(leg.pk), _sid(request))
    if call is None:
        return twiml.hang_up()
    agent = supervision.coached(call)
    listens = leg.aim == CallLeg.Aim.LISTEN or not agent
    coach = agent if leg.aim == CallLeg.Aim.WHISPER else ""
    return twiml.join(call, label=f"supervisor-{leg.pk}", ends=False, muted=listens, coach=coach)


@voice
def person_answers(request: HttpRequest, leg_id: int) -> HttpResponse:
    """The person we called has picked up."""
    call = outgoing.person_answers(leg_id, _sid(request))
    if call is None:
        return twiml.hang_up()
    name = (call.line.name_en if call.language == "en" else "") or call.line.name
    told = [say("recorded", call.language)] if recordings.wanted(call) else []
    return twiml.join(call, sentences=[say("this_is_us", call.language, line=name), *told], label="person")


@voice
def browser_dials(request: HttpRequest) -> HttpResponse:
    """A browser phone calls the account's TwiML app: its owner tries whether it works. Nobody is ever dialled by it."""
    return twiml.hang_up([say("browser_phone_works", "zh-hans"), say("browser_phone_works", "en")])


@voice
def picked_up_by(request: HttpRequest, leg_id: int) -> HttpResponse:
    """The carrier has listened to who picked up: a person or an answering machine."""
    who = request.POST.get("AnsweredBy", "")
    _keep("answered_by", request, who)
    machines.heard(leg_id, who)
    return twiml.nothing()


@voice
def leg_status(request: HttpRequest, leg_id: int) -> HttpResponse:
    """The carrier reports about a leg that we placed."""
    state = request.POST.get("CallStatus", "")
    leg = CallLeg.objects.get(pk=leg_id)
    if leg.party == CallLeg.Party.OUTSIDE and state == "in-progress":
        third_party.answered(leg_id)
    if state not in OVER:
        return twiml.nothing()
    _keep("call_status", request, state)
    CallLeg.objects.filter(pk=leg_id, sid="").update(sid=_sid(request))
    if leg.party == CallLeg.Party.PERSON:
        outgoing.person_leg_ended(leg_id, state)
    elif leg.party == CallLeg.Party.OUTSIDE:
        third_party.left(leg_id, state)
    else:
        routing.agent_leg_ended(leg_id, state)
    return twiml.nothing()


# tests from end to end


@voice
def test_call(request: HttpRequest, test_id: int) -> HttpResponse:
    """The calling side of a test: it listens until the line hangs up."""
    return twiml.listen()


@voice
def test_status(request: HttpRequest, test_id: int) -> HttpResponse:
    """The carrier reports about the calling side of a test."""
    state = request.POST.get("CallStatus", "")
    if state in OVER:
        _keep("call_status", request, state)
        line_tests.call_reported(test_id)
    return twiml.nothing()
