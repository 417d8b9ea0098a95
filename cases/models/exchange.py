from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from hotline.models import Line, User


class Import(models.Model):
    """A file somebody hands in: read, checked row by row without keeping anything, and after their yes taken in.

    `position` and what the rows made are written in one transaction: a run that breaks goes on behind the last whole part,
    and no row is taken twice. The file itself goes after some weeks; the row stays as the log.
    """

    class State(models.TextChoices):
        READING = "reading", _("is being read")  # until it lies there as plain rows
        CHECKING = "checking", _("is being checked")  # every row tried, nothing kept
        CHECKED = "checked", _("checked")  # waits for somebody's yes
        RUNNING = "running", _("is being taken in")
        DONE = "done", _("done")  # the good rows are in (final)
        REFUSED = "refused", _("cannot be read")  # `why` says it (final)
        DROPPED = "dropped", _("put away")  # by somebody, before its end (final)

    kind = models.CharField(_("kind"), max_length=30)
    line = models.ForeignKey(Line, models.PROTECT, related_name="imports", verbose_name=_("line"))
    by = models.ForeignKey(User, models.PROTECT, related_name="imports", verbose_name=_("handed in by"))
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    name = models.CharField(_("name of the file"), max_length=150)
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/")
    # The same rows as plain UTF-8, written by cases.exchange.reading.
    rows = models.FileField(_("rows"), upload_to="imports/%Y/%m/", blank=True)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    # Titles as the file has them, and for each the column it means or "".
    titles = models.JSONField(_("titles"), default=list)
    columns = models.JSONField(_("columns"), default=list)
    tell = models.BooleanField(_("send receipts"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.READING)
    why = models.CharField(_("why"), max_length=300, blank=True)
    total = models.PositiveIntegerField(_("rows in the file"), default=0)
    position = models.PositiveIntegerField(_("rows looked at"), default=0)
    good = models.PositiveIntegerField(_("good"), default=0)
    known = models.PositiveIntegerField(_("there already"), default=0)
    failed = models.PositiveIntegerField(_("with a fault"), default=0)
    created_at = models.DateTimeField(_("handed in"), db_default=Now())
    begun_at = models.DateTimeField(_("yes said"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            # the sweep: files somebody waits for
            models.Index(
                fields=["id"], condition=Q(state__in=["reading", "checking", "running"]), name="import_to_work_on"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_busy(self) -> bool:
        return self.state in (self.State.READING, self.State.CHECKING, self.State.RUNNING)

    @property
    def percent(self) -> int:
        return 100 * self.position // self.total if self.total else 0


class ImportFault(models.Model):
    """A row that is not taken in, and why, cell by cell in words."""

    imported = models.ForeignKey(Import, models.CASCADE, related_name="faults", verbose_name=_("import"))
    # Where it stands in the file, counted as a spreadsheet does.
    row = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(_("cells"), default=list)
    # [{"column": its title, "words": what is wrong}]
    faults = models.JSONField(_("faults"), default=list)

    class Meta:
        verbose_name = _("fault of an import")
        verbose_name_plural = _("faults of imports")
        ordering = ["imported", "row"]
        constraints = [models.UniqueConstraint(fields=["imported", "row"], name="import_fault_once_per_row")]


class Export(models.Model):
    """Data that somebody takes out: what, by whom, why, how often fetched. The file goes after a while, the row stays."""

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Excel"

    class State(models.TextChoices):
        WAITING = "waiting", _("waits")
        WRITING = "writing", _("is being written")
        DONE = "done", _("done")
        FAILED = "failed", _("not possible")  # after several tries (final)
        GONE = "gone", _("deleted")  # the file has had its time (final)

    kind = models.CharField(_("kind"), max_length=30)
    format = models.CharField(_("format"), max_length=5, choices=Format.choices, default=Format.CSV)
    # {"first": "2022-04-01", "last": "2022-04-07", "open": true}
    filters = models.JSONField(_("only"), default=dict, blank=True)
    unmasked = models.BooleanField(_("with whole names and numbers"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="exports", verbose_name=_("asked by"))
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(_("rows in all"), default=0)
    rows = models.PositiveIntegerField(_("rows written"), default=0)
    # Behind which row it goes on, and how long the file was then: what lies behind that in the file is written again.
    position = models.BigIntegerField(_("position"), default=0)
    size = models.BigIntegerField(_("bytes"), default=0)
    file = models.FileField(_("file"), upload_to="exports/%Y/%m/", blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("asked"), db_default=Now())
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    delete_after = models.DateTimeField(_("deleted after"), null=True, blank=True)
    fetched = models.PositiveIntegerField(_("fetched so often"), default=0)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = [
            models.CheckConstraint(
                name="export_of_personal_data_has_a_reason", condition=Q(unmasked=False) | ~Q(reason="")
            )
        ]
        indexes = [
            # the sweep: exports somebody waits for
            models.Index(fields=["id"], condition=Q(state__in=["waiting", "writing"]), name="export_to_write"),
            # the sweep: files whose time is over
            models.Index(fields=["delete_after"], condition=Q(state="done"), name="export_to_delete"),
        ]

    @property
    def is_busy(self) -> bool:
        return self.state in (self.State.WAITING, self.State.WRITING)

    @property
    def percent(self) -> int:
        return min(100 * self.rows // self.total, 100) if self.total else 0
