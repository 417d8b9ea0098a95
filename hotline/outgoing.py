"""A call out by one click: the agent's own phone rings first, then the person's; neither sees the other's number."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline import calls, live, phones, practice, presence
from hotline.call_lifecycle import CALL
from hotline.carriers.twilio import client as carrier
from hotline.handlers import handlers
from hotline.locks import hold_number
from hotline.models import Call, CallLeg, Line, Presence, User
from hotline.outbox import can_take_texts
from hotline.presence import NotNow
from hotline.wake import wake

C, P = Call.State, Presence.State
__all__ = ["NotNow", "call_person"]
ON_THE_LINE = (C.MENU, C.WAITING, C.OFFERED, C.CONNECTED)  # states of somebody who has called us and is still there
OUTCOMES = {"busy": "busy", "no-answer": "no_answer", "canceled": "no_answer", "failed": "failed"}


def call_person(*, line: Line, number: str, agent: User, topic: str, language: str = "zh-hans") -> Call:
    """Rings the agent's desk phone now and the person when the agent has picked up; raises NotNow with the reason.

    One call to a person at a time, whoever dials: the database refuses the second.
    """
    from hotline.tasks import ring_desk

    practice.refuse(agent)
    if not phones.address(agent):
        raise NotNow(phones.without_a_phone())
    if not can_take_texts(number):
        raise NotNow(_("This is not a number that can be called."))
    try:
        with transaction.atomic():
            hold_number(number)
            if Call.objects.filter(direction="in", number=number, state__in=ON_THE_LINE).exists():
                raise NotNow(_("This person is on the line with us right now."))
            calls.wrap_up_done(agent)
            if not presence.change(agent, P.RINGING, sources=presence.FREE_TO_CHOOSE):
                raise NotNow(_("You are on a call."))
            call = Call.objects.create(
                line=line,
                direction=Call.Direction.OUT,
                number=number,
                agent=agent,
                topic=topic,
                language=language,
                state=C.RINGING,
            )
            leg = CallLeg.objects.create(call=call, party=CallLeg.Party.AGENT, user=agent)
            presence.beat(agent)
            live.publish(f"desk:{agent.pk}", "ringing", call=call.pk)
            wake(ring_desk, leg.pk)
    except IntegrityError as error:
        raise NotNow(_("Somebody of us is calling this person right now.")) from error
    return call


def agent_answers(leg_id: int, sid: str) -> Call | None:
    """The agent has picked up: the person's phone is rung. None when the call was given up meanwhile."""
    from hotline.tasks import ring_person

    CallLeg.objects.filter(pk=leg_id).update(sid=sid, status="in-progress", answered_at=timezone.now())
    call = Call.objects.get(legs=leg_id)
    if call.state != C.RINGING:
        return None
    wake(ring_person, call.pk)
    return call


def ring_person(call_id: int) -> None:
    """Rings the person of a call whose agent waits in the conference; once."""
    with transaction.atomic():
        call = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("line").get(pk=call_id)
        if call.state != C.RINGING or call.legs.filter(party=CallLeg.Party.PERSON).exists():
            return
        leg = CallLeg.objects.create(call=call, party=CallLeg.Party.PERSON)
    try:
        sid = carrier.place_call(
            to=call.number,
            from_=str(call.line.number),
            answer_path=reverse("line:person-answers", args=[leg.pk]),
            status_path=reverse("line:leg-status", args=[leg.pk]),
            ring_seconds=settings.PERSON_RING_SECONDS,
            detect_path=reverse("line:picked-up-by", args=[leg.pk]) if settings.DETECT_MACHINES else "",
        )
    except carrier.AnswerLost:
        return  # its own reports tell; else the sweep asks
    except carrier.CarrierError:
        person_leg_ended(leg.pk, "failed")
        return
    Call.objects.filter(pk=call.pk, sid="").update(sid=sid)
    CallLeg.objects.filter(pk=leg.pk, sid="").update(sid=sid, status="ringing")


def person_answers(leg_id: int, sid: str) -> Call | None:
    """The person has picked up: they talk."""
    with transaction.atomic():
        call = _held(leg_id)
        CallLeg.objects.filter(pk=leg_id).update(sid=sid, status="in-conference", answered_at=timezone.now())
        if call.state == C.CONNECTED:
            return call
        if call.state != C.RINGING:
            return None
        calls.connected(call)
        return call


def person_leg_ended(leg_id: int, status: str) -> None:
    """The person's leg is over: never answered, or hung up after the talk."""
    with transaction.atomic():
        call = _held(leg_id)
        CallLeg.objects.filter(pk=leg_id, ended_at=None).update(status=status[:15], ended_at=timezone.now())
        if call.state == C.CONNECTED:
            calls.ended(call)
        elif call.state == C.RINGING:
            _fail(call, OUTCOMES.get(status, "failed"))


def agent_not_there(call: Call) -> None:
    """The agent's own phone was not picked up: nobody was called, and that is no attempt."""
    _fail(call, "", reason="agent's phone not answered")


def given_up(call: Call) -> None:
    """The agent hangs up before the person answers."""
    _fail(call, "no_answer" if call.legs.filter(party=CallLeg.Party.PERSON).exists() else "", reason="given up")


def check(call: Call) -> None:
    """Sweep: a call out of which no leg lives any more at the carrier."""
    with transaction.atomic():
        hold_number(call.number)
        call = Call.objects.select_for_update(no_key=True, of=("self",)).get(pk=call.pk)
        if call.state == C.CONNECTED:
            calls.ended(call)
        elif call.state == C.RINGING:
            _fail(call, "failed", reason="no word from the carrier")


def _fail(call: Call, outcome: str, reason: str = "") -> None:
    """`outcome` is "" when the person's phone never rang."""
    from hotline.tasks import end_legs

    CALL.apply(call, "fail", ended_at=timezone.now(), outcome=outcome)
    Call.objects.filter(pk=call.pk).update(reason=reason)
    if call.agent:
        presence.change(call.agent, P.AVAILABLE, sources=(P.RINGING,))
        live.publish(f"desk:{call.agent_id}", "failed", call=call.pk, outcome=outcome)
    handlers().call_failed(call, outcome)
    wake(end_legs, call.pk)


def _held(leg_id: int) -> Call:
    call = Call.objects.get(legs=leg_id)
    hold_number(call.number)
    return Call.objects.select_for_update(no_key=True, of=("self",)).select_related("line", "agent").get(pk=call.pk)
