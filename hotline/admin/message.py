from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.paginator import InfinitePaginator

from hotline import segments, wording
from hotline.access import ADMINISTRATOR, SUPERVISOR
from hotline.admin.base import RoleAdmin
from hotline.models import Message, MessageTemplate, OptOut

LEADS = frozenset({SUPERVISOR, ADMINISTRATOR})
# What stands in for each placeholder in a preview, as long as the real thing usually is.
SAMPLE = {
    "number": "100412",
    "into": "100398",
    "window": "14:00-16:00",
    "pin": "4821",
    "status": "正在配药，预计今天18:00前有消息",
    "reason": "附近没有车辆",
    "count": "12",
    "where": "杏林新村 7号楼",
    "rest": "阿卡波糖 1 盒",
    "to": "居委会",
    "item": "阿卡波糖",
    "link": "https://hotline.example/r/eyJjIjo0MTJ9:1s/",
}


class TemplateForm(forms.ModelForm):
    """Refuses placeholders that nobody fills in: a resident would read a gap."""

    class Meta:
        model = MessageTemplate
        fields = ("event", "language", "category", "body")

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        unknown = sorted(wording.placeholders(body) - SAMPLE.keys())
        if unknown:
            raise forms.ValidationError(
                _("Nobody fills in %(words)s; there are %(known)s.")
                % {"words": ", ".join(f"{{{w}}}" for w in unknown), "known": ", ".join(f"{{{w}}}" for w in SAMPLE)}
            )
        return body


@admin.register(MessageTemplate)
class MessageTemplateAdmin(RoleAdmin):
    """What residents receive, with a preview and its length in segments."""

    form = TemplateForm
    may_view = may_change = may_add = LEADS
    list_display = ("event", "language", "category", "body", "length")
    list_filter = ("language", "category")
    search_fields = ("event", "body")
    readonly_fields = ("preview", "changed_at")

    @admin.display(description=gettext_lazy("segments"))
    def length(self, template: MessageTemplate) -> int:
        return segments.size(wording.fill(template.body, SAMPLE)).segments

    @admin.display(description=gettext_lazy("preview"))
    def preview(self, template: MessageTemplate) -> SafeString:
        text = wording.fill(template.body, SAMPLE)
        size = segments.size(text)
        lines = format_html_join("", "{}<br>", ((part,) for part in text.splitlines()))
        return format_html("{}<small>{} · {} · {}</small>", lines, size.encoding, size.units, size.segments)


@admin.register(Message)
class MessageAdmin(RoleAdmin):
    """Every text in and out with its state and reason; nothing is changed here."""

    may_view = LEADS
    paginator = InfinitePaginator
    list_display = ("id", "direction", "ending", "purpose", "state", "reason", "segments", "created_at")
    list_filter = ("direction", "state", "reason", "purpose")
    search_fields = ("=number", "=sid")
    ordering = ("-id",)

    @admin.display(description=gettext_lazy("number"))
    def ending(self, message: Message) -> str:
        return f"…{message.number[-4:]}" if message.number else "–"


@admin.register(OptOut)
class OptOutAdmin(RoleAdmin):
    may_view = LEADS
    list_display = ("ending", "since", "ended_at")
    search_fields = ("=number",)

    @admin.display(description=gettext_lazy("number"))
    def ending(self, row: OptOut) -> Any:
        return f"…{row.number[-4:]}"
