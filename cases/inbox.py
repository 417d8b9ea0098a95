"""The visible inbox: calls and texts that are on no case yet. Settled, put on a case, or made into one; never dropped."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import intake
from cases.models import Case, Contact
from hotline import live
from hotline.lifecycle import MoveRefused
from hotline.models import User


def open_ones() -> QuerySet[Contact]:
    """What lies there, oldest first."""
    found = Contact.objects.filter(case=None, settled_at=None)
    return found.select_related("call", "message", "resident", "line").order_by("id")


def settle(contact: Contact, by: User) -> Contact:
    """Nothing more is to be done about it."""
    with transaction.atomic():
        held = _hold(contact)
        if held.settled_at is None:
            held.settled_at, held.settled_by, held.unread = timezone.now(), by, False
            held.save(update_fields=["settled_at", "settled_by", "unread"])
            _announce()
    return held


def unsettle(contact: Contact, by: User) -> Contact:
    """Back into the inbox."""
    with transaction.atomic():
        held = _hold(contact)
        held.settled_at = held.settled_by = None
        held.save(update_fields=["settled_at", "settled_by"])
        _announce()
    return held


def put_on(contact: Contact, case: Case, by: User) -> Contact:
    """It concerns this case: it stands in its time line, as new words nobody has read there."""
    with transaction.atomic():
        held = _hold(contact)
        if held.case_id and held.case_id != case.pk:
            raise MoveRefused(_("it is on case %s already") % held.case)
        there = Contact.objects.filter(case=case, call=held.call, message=held.message).first()
        if there and there.pk != held.pk:  # the same words were put there meanwhile
            return settle(held, by)
        held.case, held.unread = case, case.owner_agent_id != by.pk
        held.settled_at, held.settled_by = timezone.now(), by
        held.save(update_fields=["case", "unread", "settled_at", "settled_by"])
        live.publish(f"case:{case.pk}")
        if case.owner_agent_id:
            live.publish(f"desk:{case.owner_agent_id}", "words", case=case.pk)
        _announce()
    return held


def make_case(contact: Contact, by: User) -> Case:
    """A text that is a need after all becomes a case, as if it had been taken so at once."""
    if contact.message is None:
        raise MoveRefused(_("a call has no words to make a case of: open a form for it"))
    with transaction.atomic():
        held = _hold(contact)
        if held.case:
            return held.case
        case = intake.from_message(contact.message)
        if Contact.objects.filter(message=contact.message, case=case).exclude(pk=held.pk).exists():
            settle(held, by)
        else:
            held.case = case
            held.settled_at, held.settled_by, held.unread = timezone.now(), by, False
            held.save(update_fields=["case", "settled_at", "settled_by", "unread"])
        _announce()
    return case


def _hold(contact: Contact) -> Contact:
    return (
        Contact.objects.select_for_update(no_key=True, of=("self",))
        .select_related("case", "message", "call")
        .get(pk=contact.pk)
    )


def _announce() -> None:
    live.publish("inbox")
    live.publish("queue", "inbox")
