"""Somebody else may take the goods: a neighbour, the committee. Only with the yes of the person in need, and one at a time."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import steps
from cases.models import Case, Receiver
from hotline.lifecycle import MoveRefused
from hotline.models import User


def of(case: Case) -> Receiver | None:
    """Who may receive now, besides the person in need."""
    return Receiver.objects.filter(case=case, withdrawn_at=None).first()


def agree(case: Case, *, kind: str, name: str, phone: str = "", by: User | None, consent: bool) -> Receiver:
    """Writes down who may receive; takes the place of the one before. Raises MoveRefused without consent or a name."""
    if not consent:
        raise MoveRefused(_("only with the yes of the person in need: ask first"))
    if kind not in Receiver.Kind.values or not name.strip():
        raise MoveRefused(_("who receives it: a name is needed"))
    with transaction.atomic():
        steps.lock(case)
        if not case.is_open:
            raise MoveRefused(_("the case is settled: %s") % case.get_state_display())
        withdraw(case)
        return Receiver.objects.create(case=case, kind=kind, name=name.strip()[:60], phone=phone, by=by)


def withdraw(case: Case) -> int:
    """The person in need receives it again; how many were withdrawn."""
    return Receiver.objects.filter(case=case, withdrawn_at=None).update(withdrawn_at=timezone.now())
