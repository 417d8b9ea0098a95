import hashlib
import secrets

from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.models.case import Case
from hotline.models import Line


class Partner(models.Model):
    """Somebody whose own entry hands us cases: a city app, a hospital, a neighbourhood platform."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    line = models.ForeignKey(Line, models.PROTECT, related_name="partners", verbose_name=_("line"))
    active = models.BooleanField(_("active"), default=True)
    per_minute = models.PositiveIntegerField(
        _("requests a minute"), default=120, validators=[MinValueValidator(1), MaxValueValidator(6000)]
    )
    webhook_url = models.CharField(
        _("webhook"),
        max_length=300,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=_("told of every move of their cases; empty: they ask by themselves"),
    )
    # Raising it makes another secret; the one before is worth nothing then.
    secret_version = models.PositiveIntegerField(_("version of the webhook's secret"), default=1)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    def __str__(self) -> str:
        return self.name

    @property
    def webhook_secret(self) -> str:
        """What signs the webhooks: reckoned from the system's own key, so that no table holds it."""
        salt = "cases.partner.webhook"
        return salted_hmac(salt, f"{self.pk}:{self.secret_version}", algorithm="sha256").hexdigest()


class PartnerToken(models.Model):
    """A key of a partner's, for some of the things that can be done. Only its digest is kept."""

    class Scope(models.TextChoices):
        CREATE = "cases:create", _("hand in cases")
        READ = "cases:read", _("read their own cases")
        CANCEL = "cases:cancel", _("cancel their own cases")

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="tokens", verbose_name=_("partner"))
    name = models.CharField(_("what for"), max_length=60)
    scopes = models.JSONField(_("may"), default=list)
    beginning = models.CharField(_("begins with"), max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    expires_at = models.DateTimeField(_("good until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("partner's key")
        verbose_name_plural = _("partners' keys")

    def __str__(self) -> str:
        return f"{self.beginning}…"

    def draw(self) -> str:
        """Gives the row a new key and returns it: the only time that anybody sees it."""
        key = f"hl_{secrets.token_urlsafe(32)}"
        self.beginning, self.digest = key[:9], self.digest_of(key)
        return key

    @staticmethod
    def digest_of(key: str) -> str:
        """The keys are random and long: a plain digest cannot be guessed back."""
        return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()

    @property
    def is_good(self) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())


class PartnerCase(models.Model):
    """A case a partner handed in, under the key that makes handing it in twice impossible."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="cases", verbose_name=_("partner"))
    case = models.OneToOneField(Case, models.CASCADE, related_name="partner_case", verbose_name=_("case"))
    key = models.CharField(_("made once per"), max_length=64)
    # Of what was handed in: the same key with other words is refused.
    fingerprint = models.CharField(max_length=64)
    reference = models.CharField(_("their number"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())

    class Meta:
        verbose_name = _("partner's case")
        verbose_name_plural = _("partners' cases")
        constraints = [models.UniqueConstraint(fields=["partner", "key"], name="partner_case_once_per_key")]


class Webhook(models.Model):
    """One thing a partner is to be told, kept until they have it: a row with a due time, swept by beat."""

    class State(models.TextChoices):
        DUE = "due", _("to be told")  # at due_at; a failed try moves that on
        TOLD = "told", _("told")  # the partner answered 2xx (final)
        GIVEN_UP = "given_up", _("given up")  # after the last try (final)

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="webhooks", verbose_name=_("partner"))
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name=_("case"))
    event = models.CharField(_("event"), max_length=30)
    body = models.JSONField(_("text"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DUE)
    due_at = models.DateTimeField(_("due"), db_default=Now())
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    answer = models.CharField(_("answer"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("created"), db_default=Now())
    told_at = models.DateTimeField(_("told"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        indexes = [
            # the sweep: what a partner has yet to be told
            models.Index(fields=["due_at"], condition=models.Q(state="due"), name="webhook_due")
        ]
