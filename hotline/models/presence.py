from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotline.models.user import User


class Presence(models.Model):
    """Whether an agent can take a call now: the one place of truth. Written by hotline.presence only."""

    class State(models.TextChoices):
        OFFLINE = "offline", _("offline")  # not logged in, or the heartbeat stopped
        AVAILABLE = "available", _("available")  # the next caller may be offered
        RINGING = "ringing", _("ringing")  # a caller is being offered to the desk phone
        ON_CALL = "on_call", _("on a call")  # talking, inbound or outbound
        WRAP_UP = "wrap_up", _("wrap-up")  # noting the outcome; ends by key or timer
        BREAK = "break", _("break")  # away with a reason

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="presence", verbose_name=_("user"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OFFLINE)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    since = models.DateTimeField(_("since"), default=timezone.now)
    heartbeat_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    # In a practice shift: offered simulated callers and no others, and in no figure.
    practice = models.BooleanField(_("in practice"), default=False, db_default=False)
    # Until when the agent's browser phone counts as there; it says so every few seconds (hotline.soft_phone).
    soft_phone_until = models.DateTimeField(_("browser phone until"), null=True, blank=True)
    # When wrap-up ends by itself.
    until = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presence")
        indexes = [
            # routing: the agent who has been free longest
            models.Index(fields=["since"], condition=models.Q(state="available"), name="presence_free_longest")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_state_display()}"
