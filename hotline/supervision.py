"""A supervisor on another's call: listens, whispers to the agent alone, or joins in. On the call's record like every leg."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline import live, phones, presence, routing
from hotline.carriers.twilio import accounts
from hotline.carriers.twilio import client as carrier
from hotline.locks import hold_number
from hotline.models import Call, CallLeg, Presence, User
from hotline.presence import NotNow
from hotline.wake import wake

C, P, Aim = Call.State, Presence.State, CallLeg.Aim
WAYS = (Aim.LISTEN, Aim.WHISPER, Aim.JOIN)
LISTENING = "on another's call"  # why a supervisor is offered no callers meanwhile


def leg_of(user: User) -> CallLeg | None:
    """The call on which this supervisor is, if on one."""
    found = CallLeg.objects.filter(user=user, party=CallLeg.Party.SUPERVISOR, ended_at=None)
    return found.select_related("call").order_by("-id").first()


def begin(call: Call, by: User, how: str) -> CallLeg:
    """Rings the supervisor's own telephone; who picks up is in the talk. Raises NotNow."""
    from hotline.tasks import ring_desk

    if how not in WAYS:
        raise ValueError(f"not a way to be on a call: {how}")
    if not phones.address(by):
        raise NotNow(phones.without_a_phone())
    with transaction.atomic():
        call = _held(call)
        if call.state != C.CONNECTED or call.line.practice:
            raise NotNow(_("They do not talk any more."))
        if call.agent_id == by.pk or presence.of(by).state in (P.RINGING, P.ON_CALL) or leg_of(by):
            raise NotNow(_("You are on a call."))
        presence.change(by, P.BREAK, sources=(P.AVAILABLE,), reason=LISTENING)
        leg = CallLeg.objects.create(call=call, party=CallLeg.Party.SUPERVISOR, user=by, aim=how)
        live.publish("line", "supervisor", call=call.pk)
        wake(ring_desk, leg.pk)
        return leg


def change(by: User, how: str) -> None:
    """From listening to whispering to joining and back, without hanging up."""
    from hotline.tasks import follow_supervisor

    leg = leg_of(by)
    if leg is None or how not in WAYS:
        raise NotNow(_("You are on no other's call."))
    with transaction.atomic():
        CallLeg.objects.filter(pk=leg.pk, ended_at=None).update(aim=how)
        live.publish("line", "supervisor", call=leg.call_id)
        wake(follow_supervisor, leg.pk)


def stop(by: User) -> None:
    """Leaves; the others go on talking."""
    leg = leg_of(by)
    if leg is None:
        return
    with transaction.atomic():
        CallLeg.objects.filter(pk=leg.pk).update(status="completed", ended_at=timezone.now())
        routing.end_soon([leg])
        left(leg)


def picked_up(leg: CallLeg, sid: str) -> Call | None:
    """The supervisor has picked up. Call with the call held; None when they do not talk any more."""
    if leg.call.state != C.CONNECTED or leg.ended_at:
        return None
    CallLeg.objects.filter(pk=leg.pk).update(sid=sid, status="in-conference", answered_at=timezone.now())
    live.publish("line", "supervisor", call=leg.call_id)
    return leg.call


def left(leg: CallLeg) -> None:
    """The supervisor's leg is over: callers may be offered again to whoever was available before."""
    if leg.user and presence.of(leg.user).reason == LISTENING:
        presence.change(leg.user, P.AVAILABLE, sources=(P.BREAK,))
    live.publish("line", "supervisor", call=leg.call_id)


def coached(call: Call) -> str:
    """The carrier's id of the agent's telephone, which alone hears a whisper."""
    legs = call.legs.filter(party=CallLeg.Party.AGENT, user=call.agent_id, ended_at=None).exclude(sid="")
    return legs.order_by("-id").values_list("sid", flat=True).first() or ""


def follow(leg_id: int) -> None:
    """Makes the carrier's conference what the leg says."""
    leg = CallLeg.objects.select_related("call__line").get(pk=leg_id)
    if leg.ended_at or not leg.sid or leg.call.state != C.CONNECTED:
        return
    agent = coached(leg.call)
    whispers = leg.aim == Aim.WHISPER and bool(agent)
    to = {"call_sid_to_coach": agent} if whispers else {}
    silent = leg.aim == Aim.LISTEN or (leg.aim == Aim.WHISPER and not agent)  # never heard by the caller by mistake
    with accounts.of(leg.call.line):
        carrier.change_participant(leg.call.conference, leg.sid, muted=silent, coaching=whispers, **to)


def follow_all(call: Call) -> None:
    """After the call changed hands: who whispers is heard by the new agent."""
    for leg in call.legs.filter(party=CallLeg.Party.SUPERVISOR, ended_at=None, aim=Aim.WHISPER):
        follow(leg.pk)


def _held(call: Call) -> Call:
    hold_number(call.number)
    return Call.objects.select_for_update(no_key=True, of=("self",)).select_related("line").get(pk=call.pk)
