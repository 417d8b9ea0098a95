from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.models.message import Message


class Picture(models.Model):
    """A picture that came with a text. The carrier has it first; a task brings it here, under a name of our own."""

    class State(models.TextChoices):
        WAITING = "waiting", _("still at the carrier")  # fetched at due_at
        KEPT = "kept", _("kept")  # in `file`, outside the web root
        REFUSED = "refused", _("not kept")  # see reason: not a picture, too large, gone at the carrier

    message = models.ForeignKey(Message, models.CASCADE, related_name="pictures", verbose_name=_("message"))
    position = models.SmallIntegerField(_("position"), default=0)
    address = models.CharField(_("address at the carrier"), max_length=500)
    file = models.FileField(_("file"), upload_to="texts/%Y/%m", blank=True)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    attempts = models.SmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="picture_once_per_place")]
        indexes = [
            # the sweep: what is still to be fetched
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="picture_to_fetch"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.position} {self.get_state_display()}"
