from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.paginator import InfinitePaginator

from hotline.access import SUPERVISOR
from hotline.admin.base import RoleAdmin, RoleInline
from hotline.models import Listening, Recording

SUPERVISORS = frozenset({SUPERVISOR})


class ListeningInline(RoleInline):
    model = Listening
    may_view = SUPERVISORS
    fields = readonly_fields = ("who", "at")


@admin.register(Recording)
class RecordingAdmin(RoleAdmin):
    """Messages left and talks recorded, with who listened. Pressing play writes a listening."""

    may_view = SUPERVISORS
    paginator = InfinitePaginator
    list_display = ("id", "kind", "ending", "seconds", "created_at", "delete_after", "player")
    list_filter = ("kind",)
    readonly_fields = ("player",)
    ordering = ("-id",)
    inlines = (ListeningInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recording]:
        return super().get_queryset(request).select_related("call")

    @admin.display(description=_("number"))
    def ending(self, recording: Recording) -> str:
        return f"…{recording.call.number[-4:]}" if recording.call.number else "–"

    @admin.display(description=_("sound"))
    def player(self, recording: Recording) -> str:
        if recording.deleted_at:
            return str(_("deleted"))
        # preload none: the sound is fetched, and the listening written, when somebody presses play
        return format_html(
            '<audio controls preload="none" src="{}"></audio>', reverse("line:recording-sound", args=[recording.pk])
        )
