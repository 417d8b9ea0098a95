"""A call while they talk and when it ends: what the desk asks of it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline import live, presence, routing
from hotline.call_lifecycle import CALL
from hotline.carriers.twilio import accounts
from hotline.carriers.twilio import client as carrier
from hotline.handlers import handlers
from hotline.locks import hold_number, one_after_the_other
from hotline.models import Call, CallLeg, Presence, User
from hotline.presence import NotNow
from hotline.wake import wake

C, P = Call.State, Presence.State
IN_CONFERENCE = "in-conference"  # status of a leg that is in the call's conference now
LIVE_AT_DESK = (C.OFFERED, C.RINGING, C.CONNECTED)


def live_call_of(agent: User) -> Call | None:
    """The call that rings at or talks with this agent now."""
    found = Call.objects.filter(agent=agent, state__in=LIVE_AT_DESK).exclude(direction="in", state=C.RINGING)
    return found.select_related("line", "skill").order_by("-id").first()


def call_at_desk_of(agent: User) -> Call | None:
    """The one this agent is busy with: the live one, else the one whose outcome is being noted."""
    found = Call.objects.filter(agent=agent, state__in=(*LIVE_AT_DESK, C.WRAP_UP))
    rows = found.exclude(direction="in", state=C.RINGING).order_by("-id").values_list("pk", "state")
    pk, _state = min(rows, key=lambda row: row[1] == C.WRAP_UP, default=(None, ""))
    return Call.objects.select_related("line", "skill").get(pk=pk) if pk else None


def wrap_up_call_of(agent: User) -> Call | None:
    """The call this agent is noting the outcome of."""
    return Call.objects.filter(agent=agent, state=C.WRAP_UP).select_related("line").order_by("-id").first()


def connected(call: Call) -> None:
    """They talk. The caller is brought out of the queue after commit. Call in a transaction that holds the call."""
    from hotline.tasks import bring_person

    now = timezone.now()
    CALL.apply(call, "connect", connected_at=now, answered_at=call.answered_at or now)
    if call.agent:
        presence.change(call.agent, P.ON_CALL, sources=(P.RINGING, *presence.FREE_TO_CHOOSE))
    handlers().call_connected(call)
    live.publish(f"desk:{call.agent_id}", "connected", call=call.pk)
    live.publish("line", "call")
    if call.direction == Call.Direction.IN:
        wake(bring_person, call.pk)


def bring_person(call_id: int) -> None:
    """Leads the waiting caller into the conference where the agent is; one who is there already stays."""
    from django.urls import reverse

    with leading(call_id):
        call = Call.objects.select_related("line").get(pk=call_id)
        person = call.legs.filter(party=CallLeg.Party.PERSON, ended_at=None).first()
        if call.state != C.CONNECTED or call.direction != Call.Direction.IN:
            return
        if person is None or person.status != IN_CONFERENCE:
            with accounts.of(call.line):
                carrier.lead_call(call.sid, reverse("line:join", args=[call.pk]))


def leading(call_id: int) -> AbstractContextManager[None]:
    """Who leads a caller somewhere looks where the caller is and asks the carrier in one turn.

    Otherwise a slow request to the queue could overtake the later one to the agent and tear both out of their conference.
    """
    return one_after_the_other(f"lead:{call_id}")


def ended(call: Call) -> None:
    """The talk is over, whoever hung up: wrap-up begins. Call in a transaction that holds the call."""
    from hotline import transfer
    from hotline.tasks import end_legs

    CALL.apply(call, "end", ended_at=timezone.now())
    if call.agent:
        presence.start_wrap_up(call.agent)
        live.publish(f"desk:{call.agent_id}", "ended", call=call.pk)
    transfer.release(call)
    handlers().call_ended(call)
    live.publish("line", "call")
    wake(end_legs, call.pk)


def hang_up(call: Call, by: User) -> None:
    """The agent ends the call; a call that is over already is fine."""
    with transaction.atomic():
        hold_number(call.number)
        call = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("agent").get(pk=call.pk)
        if call.agent_id != by.pk:
            raise NotNow(_("This is not your call."))
        if call.state == C.CONNECTED:
            ended(call)
        elif call.state == C.RINGING and call.direction == Call.Direction.OUT:
            from hotline import outgoing

            outgoing.given_up(call)


def end_legs(call_id: int) -> None:
    """Ends every leg of a call that is over, at the carrier."""
    for leg in CallLeg.objects.filter(call=call_id, ended_at=None).exclude(sid="").select_related("call__line"):
        with accounts.of(leg.call.line):
            carrier.end_call(leg.sid)


def hold(call: Call, by: User, on: bool) -> None:
    """Puts the person on hold with music, or takes them back."""
    _change(call, by, person_leg(call), hold=on)
    live.publish(f"desk:{by.pk}", "hold", call=call.pk, on=on)


def mute(call: Call, by: User, on: bool) -> None:
    """Mutes the agent's own leg at the carrier's side, so that it holds whatever the telephone does."""
    _change(call, by, agent_leg(call), muted=on)
    live.publish(f"desk:{by.pk}", "mute", call=call.pk, on=on)


def person_leg(call: Call) -> CallLeg | None:
    """The telephone of the person outside, while it is in the call."""
    return call.legs.filter(party=CallLeg.Party.PERSON, ended_at=None).exclude(sid="").first()


def agent_leg(call: Call) -> CallLeg | None:
    """The telephone of the agent whose call it is."""
    legs = call.legs.filter(party=CallLeg.Party.AGENT, user=call.agent_id, ended_at=None).exclude(sid="")
    return legs.order_by("-id").first()


def is_held_and_muted(call: Call) -> tuple[bool, bool]:
    """Whether the person hears music, and whether the agent is not heard, as the carrier was last told."""
    legs = list(call.legs.filter(ended_at=None))
    held = any(leg.held for leg in legs if leg.party == CallLeg.Party.PERSON)
    return held, any(leg.muted for leg in legs if leg.user_id == call.agent_id and leg.party == CallLeg.Party.AGENT)


def in_conference(call: Call, leg: CallLeg | None, **changes: bool) -> None:
    """Holds, mutes or lets go one leg at the carrier, and notes what it is now; raises the carrier's errors."""
    if leg is None:
        return
    with accounts.of(call.line):
        carrier.change_participant(call.conference, leg.sid, **changes)
    noted = {"held": changes.get("hold", leg.held), "muted": changes.get("muted", leg.muted)}
    CallLeg.objects.filter(pk=leg.pk).update(**noted)


def _change(call: Call, by: User, leg: CallLeg | None, **changes: bool) -> None:
    if leg is None or call.state != C.CONNECTED or call.agent_id != by.pk:
        raise NotNow(_("You are not on this call."))
    try:
        in_conference(call, leg, **changes)
    except (carrier.CarrierError, carrier.AnswerLost) as error:
        raise NotNow(_("The carrier did not do it; try again.")) from error


def set_outcome(call: Call, outcome: str, by: User) -> None:
    """Notes how the call went."""
    Call.objects.filter(pk=call.pk, agent=by).update(outcome=outcome[:40])


def wrap_up_done(agent: User) -> int:
    """Ends the wrap-up of the agent's ended calls."""
    done = 0
    for call in Call.objects.filter(agent=agent, state=C.WRAP_UP):
        with transaction.atomic():
            CALL.apply(call, "wrap_up_done", wrapped_up_at=timezone.now())
            handlers().call_wrapped_up(call)
        done += 1
    return done


# sweeps: what a lost report or a dead task left behind


def bring_forgotten() -> int:
    """Callers who are connected in our books and still in the carrier's queue."""
    now = timezone.now()
    recent = Call.objects.filter(
        state=C.CONNECTED, direction=Call.Direction.IN, connected_at__lt=now - timedelta(seconds=5)
    ).filter(legs__party="person", legs__status__in=("in-progress", "to-queue"), legs__ended_at=None)
    from hotline.tasks import bring_person as task

    waiting = list(recent.values_list("pk", flat=True).distinct()[:200])
    for pk in waiting:
        wake(task, pk)
    return len(waiting)


def joined(call: Call) -> None:
    """The person's leg is in the conference."""
    CallLeg.objects.filter(call=call, party=CallLeg.Party.PERSON, ended_at=None).update(
        status=IN_CONFERENCE, held=False
    )


def check_with_carrier(limit: int = 100) -> int:
    """Asks the carrier about calls that have been live for a while: reports get lost, carriers are restarted."""
    from hotline import calls_in, outgoing

    before = timezone.now() - timedelta(seconds=settings.CALL_CHECK_SECONDS)
    live_calls = (
        Call.objects.filter(state__in=Call.LIVE, started_at__lt=before).order_by("started_at").select_related("line")
    )
    closed = 0
    for call in live_calls[:limit]:
        legs = list(CallLeg.objects.filter(call=call, party=CallLeg.Party.PERSON, ended_at=None).exclude(sid=""))
        with accounts.of(call.line):
            statuses = [carrier.call_status(leg.sid) for leg in legs]
        if any(status not in routing.ENDED for status in statuses):
            continue
        if call.direction == Call.Direction.IN:
            calls_in.hung_up(call.sid, statuses[0] if statuses else "failed")
        else:
            outgoing.check(call)
        closed += 1
    return closed
