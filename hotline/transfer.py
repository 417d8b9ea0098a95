"""Handing a caller to another agent: warm, after speaking with the colleague, or cold, through the queue with the place kept.

The person never falls out of the line: before a colleague is rung the conference no longer ends with the first agent's
telephone, and it ends with the colleague's once the colleague has the call. Passed on through the queue, they meet in a new
conference (Call.room): what ends the old one ends nothing else, whoever picks up how soon.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline import calls, live, phones, presence, routing
from hotline.call_lifecycle import CALL
from hotline.carriers.twilio import accounts
from hotline.carriers.twilio import client as carrier
from hotline.locks import hold_number
from hotline.models import Call, CallLeg, Presence, User
from hotline.presence import NotNow
from hotline.wake import wake

C, P, Aim = Call.State, Presence.State, CallLeg.Aim
TO_QUEUE = "to-queue"  # status of a person's leg that is being led out of the conference
SHOWN = 9


def colleagues(by: User) -> QuerySet[Presence]:
    """Who could take a call now."""
    alive = timezone.now() - timedelta(seconds=settings.PRESENCE_TIMEOUT_SECONDS)
    free = Presence.objects.filter(state=P.AVAILABLE, heartbeat_at__gte=alive, user__is_active=True)
    free = free.filter(phones.reachable(), practice=presence.of(by).practice)
    return free.exclude(user=by).select_related("user").order_by("user__name")


def question(call: Call) -> CallLeg | None:
    """The colleague who is being asked about this call and does not have it yet."""
    asked = call.legs.filter(aim=Aim.ASKED, ended_at=None).exclude(user=call.agent_id)
    return asked.select_related("user").order_by("id").first()


def question_to(agent: User) -> CallLeg | None:
    """The call about which this agent is being asked by a colleague."""
    asked = CallLeg.objects.filter(user=agent, aim=Aim.ASKED, ended_at=None, call__state=C.CONNECTED)
    pk = asked.exclude(call__agent=agent).order_by("-id").values_list("pk", flat=True).first()  # nearly always none
    return CallLeg.objects.select_related("call__line", "call__agent").get(pk=pk) if pk else None


# warm


def ask(call: Call, by: User, to: User) -> CallLeg:
    """Rings a colleague and puts the person on hold; raises NotNow."""
    from hotline.tasks import ring_colleague

    with transaction.atomic():
        call = _my_talk(call, by)
        _take(to, call)
        leg = CallLeg.objects.create(call=call, party=CallLeg.Party.AGENT, user=to, aim=Aim.ASKED)
        _tell(call, to.pk)
        wake(ring_colleague, leg.pk)
        return leg


def ring(leg_id: int) -> None:
    """The person hears music and stays whoever leaves; then the colleague's telephone rings."""
    leg = CallLeg.objects.select_related("call").get(pk=leg_id)
    if leg.ended_at or leg.sid or leg.call.state != C.CONNECTED:
        return
    try:
        calls.in_conference(leg.call, calls.agent_leg(leg.call), end_conference_on_exit=False)
        calls.in_conference(leg.call, calls.person_leg(leg.call), hold=True)
    except (carrier.CarrierError, carrier.AnswerLost):
        routing.agent_leg_ended(leg_id, "failed")
        return
    routing.ring_desk(leg_id)


def back(call: Call, by: User) -> None:
    """The colleague is let go, the first agent goes on with the person."""
    with transaction.atomic():
        call = _my_talk(call, by, asking=True)
        leg = question(call)
        if leg is None:
            raise NotNow(_("Nobody is being asked any more."))
        _let_go(leg, "completed")


def hand_over(call: Call, by: User) -> None:
    """The colleague has the call from now on, and the first agent is out."""
    with transaction.atomic():
        call = _my_talk(call, by, asking=True)
        leg = question(call)
        if leg is None or leg.answered_at is None:
            raise NotNow(_("The colleague has not picked up."))
        _give(call, leg)


def decline(call: Call, agent: User) -> None:
    """The colleague who was asked does not take it."""
    with transaction.atomic():
        hold_number(call.number)
        leg = CallLeg.objects.select_for_update(no_key=True, of=("self",)).filter(
            call=call, user=agent, aim=Aim.ASKED, ended_at=None
        )
        found = leg.select_related("call", "user").first()
        if found is None or found.call.agent_id == agent.pk:
            raise NotNow(_("You are not being asked any more."))
        _let_go(found, "canceled")


def picked_up(leg: CallLeg, sid: str) -> Call | None:
    """The colleague has picked up: the two speak, the person hears music. Call with the call held."""
    call = leg.call
    if leg.ended_at or leg.user is None:
        return None
    if call.state != C.CONNECTED:
        return routing.agent_answers(leg.pk, sid)  # the first agent is gone meanwhile: a caller like any other
    CallLeg.objects.filter(pk=leg.pk).update(sid=sid, status="in-progress", answered_at=timezone.now())
    presence.change(leg.user, P.ON_CALL, sources=(P.RINGING,))
    _tell(call, leg.user_id)
    return call


def colleague_left(leg: CallLeg) -> None:
    """The telephone of the colleague who was asked is no longer there: the first agent goes on. With the call held."""
    if leg.user:
        if leg.answered_at:
            presence.change(leg.user, P.AVAILABLE, sources=(P.ON_CALL, P.RINGING))
        else:
            presence.change(leg.user, P.BREAK, sources=(P.RINGING,), reason=presence.NO_ANSWER)
    _go_on(leg.call)
    _tell(leg.call, leg.user_id)


def agent_left(call: Call) -> bool:
    """The first agent's telephone is gone while a colleague is asked: the colleague gets the call, or is offered it.

    False when nobody is being asked. Call with the call held.
    """
    leg = question(call)
    if leg is None or leg.user is None:
        return False
    if leg.answered_at:
        _give(call, leg)
    elif call.direction == Call.Direction.IN:
        _into_queue(call, leg.user)
    else:
        return False
    return True


def release(call: Call) -> None:
    """The call is over: who was asked about it is free again. Call with the call held."""
    for leg in call.legs.filter(aim=Aim.ASKED, ended_at=None).exclude(user=call.agent_id).select_related("user"):
        if leg.user:
            presence.change(leg.user, P.AVAILABLE, sources=(P.ON_CALL, P.RINGING))
            live.publish(f"desk:{leg.user_id}", "ended", call=call.pk)


# cold


def pass_on(call: Call, by: User, to: User | None = None) -> None:
    """The caller waits again in the old place, and `to` is rung; without `to` whoever can is. Raises NotNow."""
    from hotline.tasks import ring_desk

    with transaction.atomic():
        call = _my_talk(call, by)
        if call.direction != Call.Direction.IN:
            raise NotNow(_("Whom we have called is handed over in person: ask a colleague first."))
        if to:
            _take(to, call)
        _into_queue(call, to)
        if to:
            leg = CallLeg.objects.create(call=call, party=CallLeg.Party.AGENT, user=to)
            live.publish(f"desk:{to.pk}", "ringing", call=call.pk)
            wake(ring_desk, leg.pk)


def lead_to_queue(call_id: int) -> None:
    """Leads the person out of the conference, which ends with that and with it the old agent's leg, into the queue."""
    with calls.leading(call_id):
        call = Call.objects.select_related("line").get(pk=call_id)
        person = calls.person_leg(call)
        if call.state not in (C.WAITING, C.OFFERED) or person is None or person.status != TO_QUEUE:
            return
        with accounts.of(call.line):
            carrier.lead_call(person.sid, reverse("line:back-to-queue", args=[call.pk]))


def lead_forgotten() -> int:
    """Sweep: persons who should have been led to the queue and have not asked for its document."""
    from hotline.tasks import lead_to_queue as task

    left = CallLeg.objects.filter(status=TO_QUEUE, ended_at=None, call__state__in=(C.WAITING, C.OFFERED))
    waiting = list(left.values_list("call_id", flat=True)[:100])
    for call_id in waiting:
        wake(task, call_id)
    return len(waiting)


def in_queue_again(call: Call) -> None:
    """The person's telephone asks for the queue's document. Said late, when the next agent has them, it changes nothing."""
    CallLeg.objects.filter(call=call, party=CallLeg.Party.PERSON, ended_at=None, status=TO_QUEUE).update(
        status="in-progress"
    )


def _into_queue(call: Call, to: User | None) -> None:
    from hotline.tasks import lead_to_queue

    first = call.agent
    CallLeg.objects.filter(call=call, party=CallLeg.Party.PERSON, ended_at=None).update(status=TO_QUEUE, held=False)
    # the next agent may pick up before the person has left: they meet in a conference of their own
    CALL.apply(call, "pass_on", agent=None, offered_at=None, room=call.room + 1)
    if to:
        CALL.apply(call, "offer", agent=to, offered_at=timezone.now())
    else:
        routing.offer_soon()
    if first:
        presence.start_wrap_up(first)
        live.publish(f"desk:{first.pk}", "ended", call=call.pk)
    live.publish("line", "waiting")
    wake(lead_to_queue, call.pk)


# what both use


def _my_talk(call: Call, by: User, *, asking: bool = False) -> Call:
    """The call with its number and row held; `asking`: a colleague is being asked, else nobody is."""
    hold_number(call.number)
    held = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("line", "agent").get(pk=call.pk)
    if held.state != C.CONNECTED or held.agent_id != by.pk:
        raise NotNow(_("You are not on this call."))
    if not asking and question(held):
        raise NotNow(_("A colleague is being asked already."))
    return held


def _take(to: User, call: Call) -> None:
    there = presence.of(to).practice == call.line.practice and phones.address(to, call.line)
    if not there or not presence.change(to, P.RINGING, sources=(P.AVAILABLE,)):
        raise NotNow(_("%(agent)s is not free any more.") % {"agent": to})


def _give(call: Call, leg: CallLeg) -> None:
    """The call changes hands; the telephones follow after the commit."""
    from hotline.tasks import follow_hand_over

    first = call.agent
    call.agent = leg.user
    call.save(update_fields=["agent"])
    if first:
        presence.start_wrap_up(first)
        live.publish(f"desk:{first.pk}", "ended", call=call.pk)
    live.publish(f"desk:{leg.user_id}", "connected", call=call.pk)
    live.publish("line", "call")
    wake(follow_hand_over, call.pk)


def follow_hand_over(call_id: int) -> None:
    """The conference ends with the new agent now, the person is heard again, and other agents' telephones are put down."""
    from hotline import supervision

    call = Call.objects.get(pk=call_id)
    if call.state != C.CONNECTED:
        return
    calls.in_conference(call, calls.agent_leg(call), end_conference_on_exit=True)
    calls.in_conference(call, calls.person_leg(call), hold=False)
    supervision.follow_all(call)
    gone = call.legs.filter(party=CallLeg.Party.AGENT, ended_at=None).exclude(user=call.agent_id).exclude(sid="")
    for leg in gone:
        with accounts.of(call.line):
            carrier.end_call(leg.sid)


def _let_go(leg: CallLeg, status: str) -> None:
    CallLeg.objects.filter(pk=leg.pk).update(status=status, ended_at=timezone.now())
    if leg.user:
        presence.change(leg.user, P.AVAILABLE, sources=(P.ON_CALL, P.RINGING))
    routing.end_soon([leg])
    _go_on(leg.call)
    _tell(leg.call, leg.user_id)


def _go_on(call: Call) -> None:
    from hotline.tasks import go_on_talking

    wake(go_on_talking, call.pk)


def go_on(call_id: int) -> None:
    """The person is heard again, and the conference ends with the first agent again."""
    call = Call.objects.get(pk=call_id)
    if call.state == C.CONNECTED and question(call) is None:
        calls.in_conference(call, calls.person_leg(call), hold=False)
        calls.in_conference(call, calls.agent_leg(call), end_conference_on_exit=True)


def _tell(call: Call, *others: int | None) -> None:
    for user_id in {call.agent_id, *others} - {None}:
        live.publish(f"desk:{user_id}", "transfer", call=call.pk)
    live.publish("line", "call")
