"""A third one in the talk, from outside: a pharmacy, an interpreter. In the carrier's conference, and on the call's record."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import to_python

from hotline import live
from hotline.carriers.twilio import accounts
from hotline.carriers.twilio import client as carrier
from hotline.locks import hold_number
from hotline.models import Call, CallLeg, User
from hotline.presence import NotNow
from hotline.wake import wake


def e164(typed: str) -> str:
    """The number as the carrier dials it; raises NotNow when it is none."""
    number = to_python(typed.strip(), region=settings.PHONENUMBER_DEFAULT_REGION)
    if not number or not number.is_valid():
        raise NotNow(_("This is not a number that can be called."))
    return str(number.as_e164)


def of(call: Call) -> CallLeg | None:
    """The one who is in the talk, or being rung."""
    return call.legs.filter(party=CallLeg.Party.OUTSIDE, ended_at=None).order_by("-id").first()


def bring_in(call: Call, by: User, typed: str) -> CallLeg:
    """Calls an outside number into the talk; one at a time. Raises NotNow."""
    from hotline.tasks import ring_outside

    number = e164(typed)
    with transaction.atomic():
        hold_number(call.number)
        call = Call.objects.select_for_update(no_key=True, of=("self",)).get(pk=call.pk)
        if call.state != Call.State.CONNECTED or call.agent_id != by.pk:
            raise NotNow(_("You are not on this call."))
        if of(call):
            raise NotNow(_("A third one is in the talk already."))
        leg = CallLeg.objects.create(call=call, party=CallLeg.Party.OUTSIDE, number=number)
        wake(ring_outside, leg.pk)
        live.publish(f"desk:{by.pk}", "outside", call=call.pk)
        return leg


def ring(leg_id: int) -> None:
    """Asks the carrier to call the number into the conference; once."""
    leg = CallLeg.objects.select_related("call__line").get(pk=leg_id)
    if leg.sid or leg.ended_at or leg.call.state != Call.State.CONNECTED:
        return
    try:
        with accounts.of(leg.call.line):
            sid = _dial(leg)
    except carrier.AnswerLost:
        return  # its own reports tell
    except carrier.CarrierError:
        left(leg_id, "failed")
        return
    CallLeg.objects.filter(pk=leg_id, sid="").update(sid=sid)
    CallLeg.objects.filter(pk=leg_id, status="queued").update(status="ringing")


def _dial(leg: CallLeg) -> str:
    return carrier.add_participant(
        leg.call.conference,
        to=leg.number,
        from_=str(leg.call.line.number),
        label=f"outside-{leg.pk}",
        status_path=reverse("line:leg-status", args=[leg.pk]),
        ring_seconds=settings.PERSON_RING_SECONDS,
    )


def answered(leg_id: int) -> None:
    """The carrier reports that the outside number has picked up."""
    CallLeg.objects.filter(pk=leg_id, answered_at=None, ended_at=None).update(
        status="in-conference", answered_at=timezone.now()
    )
    _tell(leg_id)


def left(leg_id: int, status: str) -> None:
    """The outside number is out of the talk, or was never in; the others go on."""
    CallLeg.objects.filter(pk=leg_id, ended_at=None).update(status=status[:15], ended_at=timezone.now())
    _tell(leg_id)


def take_out(call: Call, by: User) -> None:
    """Ends the third one's leg; who has left already is fine."""
    from hotline.tasks import end_leg

    leg = of(call)
    if call.agent_id != by.pk:
        raise NotNow(_("You are not on this call."))
    if leg:
        wake(end_leg, leg.pk)
        left(leg.pk, "completed")


def _tell(leg_id: int) -> None:
    call = Call.objects.get(legs=leg_id)
    if call.agent_id:
        live.publish(f"desk:{call.agent_id}", "outside", call=call.pk)
