from django.db import models
from django.utils.translation import gettext_lazy as _

from hotline.models.call import Call
from hotline.models.user import User


class Recording(models.Model):
    """Sound that the carrier keeps of a call. The row outlives the sound: who listened stays known."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("message left")  # the caller spoke after the tone
        TALK = "talk", _("talk")  # the conversation, on lines that record

    call = models.ForeignKey(Call, models.CASCADE, related_name="recordings", verbose_name=_("call"))
    sid = models.CharField(_("carrier's id"), max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    seconds = models.PositiveIntegerField(_("seconds"), default=0)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Set when it is kept, from the line's own number of days; the sweep deletes the sound at the carrier then.
    delete_after = models.DateTimeField(_("deleted after"))
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        indexes = [
            # the sweep: sound whose time is over
            models.Index(
                fields=["delete_after"], condition=models.Q(deleted_at__isnull=True), name="recording_to_delete"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class Listening(models.Model):
    """Somebody asked for the sound of a recording: written before the sound is fetched."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="listenings", verbose_name=_("recording"))
    who = models.ForeignKey(User, models.PROTECT, related_name="listenings", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("listening")
        verbose_name_plural = _("listenings")
        ordering = ["-id"]
