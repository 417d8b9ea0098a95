from __future__ import annotations

from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hotline import opening
from hotline.access import ADMINISTRATOR, EVERY_ROLE, SUPERVISOR
from hotline.admin.base import RoleAdmin, RoleInline
from hotline.models import CallingHours, Holiday, Line, OpeningHours

LEADS = frozenset({SUPERVISOR, ADMINISTRATOR})
ADMINISTRATORS = frozenset({ADMINISTRATOR})


class Blocks(BaseInlineFormSet):
    """The blocks of a week, which must not overlap."""

    def clean(self) -> None:
        super().clean()
        filled = [form for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        blocks = [form.instance for form in filled if not form.errors]
        for one, other in opening.overlaps(blocks):
            raise ValidationError(_("%(one)s and %(other)s overlap.") % {"one": one, "other": other})


class OpeningHoursInline(RoleInline):
    model = OpeningHours
    formset = Blocks
    may_view = EVERY_ROLE
    may_add = may_change = may_delete = LEADS


class CallingHoursInline(RoleInline):
    model = CallingHours
    formset = Blocks
    may_view = EVERY_ROLE
    may_add = may_change = may_delete = LEADS


class HolidayInline(RoleInline):
    model = Holiday
    may_view = EVERY_ROLE
    may_add = may_change = may_delete = LEADS


@admin.register(Line)
class LineAdmin(RoleAdmin):
    """A hotline number, its greeting and when it is answered."""

    may_view = LEADS
    may_add = ADMINISTRATORS
    may_change = LEADS
    list_display = ("name", "number", "city", "active")
    readonly_fields = ("caught_up_until", "next_week")
    inlines = (OpeningHoursInline, CallingHoursInline, HolidayInline)

    @admin.display(description=gettext_lazy("the next seven days"))
    def next_week(self, line: Line) -> SafeString:
        """As the system understands it, holidays and nights included."""
        if line.pk is None:
            return format_html("–")
        now = timezone.now()
        zone = ZoneInfo(line.time_zone)
        spans = [span for span in opening.blocks(line, now, 8) if span[1] > now]
        rows = ((f"{a.astimezone(zone):%m-%d %H:%M} – {b.astimezone(zone):%m-%d %H:%M}",) for a, b in spans)
        return format_html_join("", "{}<br>", rows)
