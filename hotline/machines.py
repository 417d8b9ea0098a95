"""A machine answers our call: the agent is told and silenced, and the attempt counts as not reached.

The carrier listens while they are already connected, so that a person never hears silence first. From the moment it says
"machine" the agent's own leg is muted there: nothing personal is left on a tape. One press says that it is a person after all.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from hotline import calls, live
from hotline.carriers.twilio import client as carrier
from hotline.handlers import handlers
from hotline.locks import hold_number
from hotline.models import Call, CallLeg, User
from hotline.presence import NotNow
from hotline.wake import wake

log = logging.getLogger(__name__)
VOICEMAIL = "voicemail"  # the outcome that is filled in; the agent may choose another
HUMAN = "human"


def is_machine(answered_by: str) -> bool:
    return answered_by.startswith("machine") or answered_by == "fax"


def detection(leg: CallLeg) -> dict[str, str | bool]:
    """What a call to a person is placed with so that the carrier listens."""
    if not settings.MACHINE_DETECTION:
        return {}
    return {
        "machine_detection": "Enable",
        "async_amd": "true",
        "async_amd_status_callback": carrier.address(reverse("line:answered-by", args=[leg.pk])),
        "async_amd_status_callback_method": "POST",
    }


def leg_of(call: Call) -> CallLeg | None:
    """The person's leg of this call when a machine has picked it up."""
    leg = call.legs.filter(party=CallLeg.Party.PERSON).exclude(answered_by="").order_by("-id").first()
    return leg if leg and is_machine(leg.answered_by) else None


def heard(leg_id: int, answered_by: str) -> None:
    """The carrier says who answered. The same word again changes nothing."""
    from hotline.tasks import silence_agent

    with transaction.atomic():
        call = _held(leg_id)
        new = CallLeg.objects.filter(pk=leg_id, answered_by="").update(answered_by=answered_by[:25])
        if not new or not is_machine(answered_by):
            return
        if not call.outcome:
            Call.objects.filter(pk=call.pk).update(outcome=VOICEMAIL)
        handlers().machine_answered(call, True)
        if call.agent_id:
            live.publish(f"desk:{call.agent_id}", "machine", call=call.pk)
        wake(silence_agent, call.pk)


def silence_agent(call_id: int) -> None:
    """Mutes the agent's leg while a machine listens."""
    call = Call.objects.select_related("agent").get(pk=call_id)
    if call.state == Call.State.CONNECTED and call.agent and leg_of(call):
        calls.mute(call, call.agent, True)


def is_a_person(call: Call, by: User) -> None:
    """The agent hears a person: they can speak again, and nothing is filled in. Raises NotNow."""
    leg = leg_of(call)
    if leg is None or call.agent_id != by.pk:
        return
    try:
        if call.state == Call.State.CONNECTED:
            calls.mute(call, by, False)
    except (carrier.CarrierError, carrier.AnswerLost) as error:
        raise NotNow(_("The carrier did not do it; try again.")) from error
    with transaction.atomic():
        call = _held(leg.pk)
        CallLeg.objects.filter(pk=leg.pk).update(answered_by=HUMAN)
        Call.objects.filter(pk=call.pk, outcome=VOICEMAIL).update(outcome="")
        handlers().machine_answered(call, False)
        live.publish(f"desk:{by.pk}", "machine", call=call.pk)


def _held(leg_id: int) -> Call:
    call = Call.objects.get(legs=leg_id)
    hold_number(call.number)
    return Call.objects.select_for_update(no_key=True, of=("self",)).select_related("line", "agent").get(pk=call.pk)
