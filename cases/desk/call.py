"""The head of the middle: the call of this desk while it rings, while they talk, and while it is wrapped up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from cases import callbacks, masking, people, survey
from cases.desk import transfers
from cases.desk.answers import explained, refusal, tell
from cases.models import Attempt, Callback, Case, StillNeeded, Survey
from hotline import calls, machines, presence, routing
from hotline.access import AGENT, SUPERVISOR, roles
from hotline.models import Call, Presence, User

DECLINES = [
    ("not_at_desk", _("not at the desk")),
    ("no_language", _("not my language")),
    ("no_subject", _("not my subject")),
    ("technical", _("telephone does not work")),
]
OUTCOMES = [
    ("case", _("on a case")),
    ("answered", _("question answered")),
    ("referred", _("referred elsewhere")),
    ("wrong_number", _("wrong number")),
    ("broke_off", _("line broke off")),
    ("nuisance", _("nuisance")),
]


@dataclass(frozen=True)
class Outcome:
    """How a call went, as a button: `value` is what it posts; `answer` what was said about a delivery."""

    value: str
    outcome: str
    words: Any
    answer: str = ""


def outcomes_of(owed: Callback | None) -> list[Outcome]:
    """The outcomes of a call; of a call-back those of an attempt, and after a delivery what the person said to it."""
    if owed is None:
        return [Outcome(slug, slug, words) for slug, words in OUTCOMES]
    attempts = [Outcome(slug, slug, words) for slug, words in Attempt.Outcome.choices]
    if owed.kind == Callback.Kind.AFTER_DELIVERY:
        answers = [(a, words) for a, words in Survey.Answer.choices if a]
    elif owed.kind == Callback.Kind.CONFIRM:
        answers = [(a, words) for a, words in StillNeeded.Answer.choices if a.isdecimal()]
    else:
        return attempts
    return [Outcome(f"reached-{a}", "reached", words, a) for a, words in answers] + attempts[1:]


@dataclass(frozen=True)
class Head:
    """The call as the head shows it. `match` is known, maybe or unknown, as hotline.handlers.Caller."""

    call: Call
    phase: str  # ringing, dialling, talking, wrap_up
    who: str
    match: str
    callback: Callback | None = None


def callback_of(call: Call) -> Callback | None:
    """The call-back this call out was made for."""
    kind, _sep, pk = call.topic.partition(":")
    if kind != "callback" or not pk.isdecimal():
        return None
    return Callback.objects.select_related("case", "resident").filter(pk=pk).first()


def case_called_about(call: Call) -> Case | None:
    """The case a call out was made for: through its call-back, or directly."""
    kind, _sep, pk = call.topic.partition(":")
    if kind == "case" and pk.isdecimal():
        return Case.objects.filter(pk=pk).first()
    owed = callback_of(call)
    return owed.case if owed else None


def head_of(agent: User) -> Head | None:
    """The one call this desk is busy with: the live one before the one being wrapped up."""
    call = calls.call_at_desk_of(agent)
    if call is None:
        return None
    phases = {Call.State.OFFERED: "ringing", Call.State.CONNECTED: "talking", Call.State.WRAP_UP: "wrap_up"}
    phase = phases.get(call.state, "dialling")  # type: ignore[call-overload]
    known = people.of(call.number) if call.number else []
    match = {0: "unknown", 1: "known"}.get(len(known), "maybe")
    return Head(call, phase, known[0].name if known else "", match, callback_of(call))


def shown(agent: User, *, now: Presence | None = None) -> dict[str, Any]:
    """What the part needs; `now` is the agent's presence where it has been read."""
    now = now or presence.of(agent)
    head = head_of(agent)
    held, muted = calls.is_held_and_muted(head.call) if head and head.phase == "talking" else (False, False)
    outcomes = outcomes_of(head.callback) if head else []
    return {
        "head": head,
        "number": masking.phone(head.call.number) if head else "",
        "outcomes": outcomes,
        "declines": DECLINES,
        "presence": now,
        "browser_rings": bool(now.soft_phone_until and now.soft_phone_until > timezone.now()),
        "on_hold": held,
        "muted": muted,
        "draft_key": f"call:{head.call.pk}" if head else "",
        **transfers.shown(agent, head.call if head else None),
    }


@roles(AGENT, SUPERVISOR)
def part(request: HttpRequest) -> HttpResponse:
    """The part by itself, fetched anew when the stream says that something changed."""
    return render(request, "cases/desk/call.html", shown(request.user))  # type: ignore[arg-type]


def _mine(agent: User, pk: int) -> Call:
    return get_object_or_404(Call, pk=pk, agent=agent)


@roles(AGENT, SUPERVISOR)
@require_POST
@explained
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Hold, go on, mute, hang up, decline, outcome, wrap-up done, more time: one press each."""
    agent: User = request.user  # type: ignore[assignment]
    call = _mine(agent, pk)
    events = ["call-changed"]
    if what == "hold":
        calls.hold(call, agent, True)
    elif what == "unhold":
        calls.hold(call, agent, False)
    elif what in ("mute", "unmute"):
        calls.mute(call, agent, what == "mute")
    elif what == "hang-up":
        calls.hang_up(call, agent)
    elif what == "decline":
        reason = request.POST.get("reason", "")
        if reason not in dict(DECLINES):
            return refusal(_("Say why in one word: the caller keeps the place."))
        routing.decline(call, agent, reason)
    elif what == "outcome":
        _note_outcome(call, agent, request.POST.get("outcome", ""))
        events.append("work-changed")
    elif what == "machine":
        calls.hang_up(call, agent)
    elif what == "person":
        machines.is_a_person(call, agent)
    elif what == "wrap-up-done":
        presence.finish_wrap_up(agent)
    elif what == "more-time":
        presence.more_time(agent)
    else:
        raise Http404
    return tell(render(request, "cases/desk/call.html", shown(agent)), *events)


def _note_outcome(call: Call, agent: User, value: str) -> None:
    """The outcome of the call; of a call-back, also the outcome of this attempt."""
    owed = callback_of(call)
    chosen = next((outcome for outcome in outcomes_of(owed) if outcome.value == value), None)
    if chosen is None:
        raise Http404
    if owed:
        said = chosen.answer or survey.RECEIVED
        callbacks.record(owed, chosen.outcome, by=agent, call=call, answer=said)
    calls.set_outcome(call, chosen.outcome, agent)
