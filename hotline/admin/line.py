from __future__ import annotations

from django.contrib import admin

from hotline.access import ADMINISTRATOR, EVERY_ROLE, SUPERVISOR
from hotline.admin.base import RoleAdmin, RoleInline
from hotline.models import Holiday, Line, OpeningHours

LEADS = frozenset({SUPERVISOR, ADMINISTRATOR})
ADMINISTRATORS = frozenset({ADMINISTRATOR})


class OpeningHoursInline(RoleInline):
    model = OpeningHours
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
    readonly_fields = ("caught_up_until",)
    inlines = (OpeningHoursInline, HolidayInline)
