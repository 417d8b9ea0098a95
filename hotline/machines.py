"""A machine answers our call: the agent is told and silenced, and the attempt counts as not reached.

The carrier listens while they are already connected, so that a person never hears silence first. From the moment it says
"machine" the agent's own leg is muted there: nothing personal is left on a tape. One press says that it is a person after all.
"""

from __future__ import annotations

import logging

from django.db import transaction
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


def heard(leg_id: int, answered_by: str) -> None:
    """The carrier says who answered. The same word again changes nothing."""
    from hotline.tasks import silence_agent

    with transaction.atomic():
        call = _held(leg_id)
        if not answered_by or call.answered_by == answered_by:
            return
        was_machine = call.is_machine
        call.answered_by = answered_by[:30]
        if call.is_machine and not call.outcome:
            call.outcome = VOICEMAIL
        elif not call.is_machine and call.outcome == VOICEMAIL:
            call.outcome = ""
        call.save(update_fields=["answered_by", "outcome"])
        if call.agent_id:
            live.publish(f"desk:{call.agent_id}", "picked-up-by", call=call.pk)
        if call.is_machine != was_machine:
            handlers().machine_answered(call, call.is_machine)
        if call.is_machine:
            wake(silence_agent, call.pk)


def silence_agent(call_id: int) -> None:
    """Mutes the agent's leg while a machine listens."""
    call = Call.objects.select_related("agent").get(pk=call_id)
    if call.state == Call.State.CONNECTED and call.agent and call.is_machine:
        calls.mute(call, call.agent, True)


def is_a_person(call: Call, by: User) -> None:
    """The agent hears a person: they can speak again, and nothing is filled in. Raises NotNow."""
    leg = call.legs.filter(party=CallLeg.Party.PERSON).order_by("-id").first()
    if leg is None or not call.is_machine or call.agent_id != by.pk:
        return
    try:
        if call.state == Call.State.CONNECTED:
            calls.mute(call, by, False)
    except (carrier.CarrierError, carrier.AnswerLost) as error:
        raise NotNow(_("The carrier did not do it; try again.")) from error
    with transaction.atomic():
        call = _held(leg.pk)
        call.answered_by = HUMAN
        call.outcome = "" if call.outcome == VOICEMAIL else call.outcome
        call.save(update_fields=["answered_by", "outcome"])
        handlers().machine_answered(call, False)
        live.publish(f"desk:{by.pk}", "picked-up-by", call=call.pk)


def _held(leg_id: int) -> Call:
    call = Call.objects.get(legs=leg_id)
    hold_number(call.number)
    return Call.objects.select_for_update(no_key=True, of=("self",)).select_related("line", "agent").get(pk=call.pk)
