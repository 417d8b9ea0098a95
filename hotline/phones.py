"""Which telephone of an agent's is rung: the browser phone while it is there, else the desk phone, a number or a SIP address."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from hotline.models import Line, Presence, User


def address(user: User, line: Line | None = None) -> str:
    """What the carrier dials to ring this agent now, for this line; "" when there is no telephone."""
    if line is not None and line.practice:
        return f"client:practice-{user.pk}"
    here = Presence.objects.filter(user=user, soft_phone_until__gt=timezone.now()).exists()
    return soft_address(user) if here else user.desk_phone


def soft_address(user: User) -> str:
    """The browser phone of this user, and of nobody else."""
    return f"client:{identity(user)}"


def identity(user: User) -> str:
    return f"agent-{user.pk}"


def reachable() -> Q:
    """Presences of those who have a telephone that can be rung now."""
    return Q(practice=True) | Q(soft_phone_until__gt=timezone.now()) | ~Q(user__desk_phone="")


def without_a_phone() -> str:
    """Why somebody cannot be rung, and what to do."""
    from hotline import soft_phone

    if soft_phone.is_offered():
        return _("You have no telephone yet: open the browser phone, or ask an administrator for a desk phone.")
    return _("You have no desk phone yet: an administrator enters its number.")
