from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
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
    "day": "10月10日",
    "stops": "2",
    "next": "明天上午",
    "name": "王女士",
    "words": "1 接单 2 不接",
    "time": "16:40",
    "until": "11-29 10:00",
    "count": "12",
    "where": "杏林新村 7号楼",
    "rest": "阿卡波糖 1 盒",
    "to": "居委会",
    "item": "阿卡波糖",
    "link": "https://hotline.example/r/eyJjIjo0MTJ9:1s/",
}


class TemplateForm(forms.ModelForm):
    """Refuses words that nobody fills in, where a resident would read a gap, and a text without the words it is sent for."""

    class Meta:
        model = MessageTemplate
        fields = ("event", "language", "category", "body", "quiet_at_night", "stale_after_minutes")

    def clean_event(self) -> str:
        event: str = self.cleaned_data["event"]
        if event not in wording.events():
            raise forms.ValidationError(_("Nothing is ever told about “%(event)s”.") % {"event": event})
        return event

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        event, body = cleaned.get("event"), cleaned.get("body")
        if event and body:
            self._check_words(event, body)
        return cleaned

    def _check_words(self, event: str, body: str) -> None:
        there, known = wording.placeholders(body), wording.filled_in(event)
        if there - known:
            said = {"words": _in_braces(there - known), "known": _in_braces(known) or "–"}
            self.add_error("body", _("Nobody fills in %(words)s; there are %(known)s.") % said)
        missing = wording.essential(event) - there
        if missing:
            self.add_error(
                "body", _("%(words)s is missing: without it the text is of no use.") % {"words": _in_braces(missing)}
            )
        if "{" in wording.PLACEHOLDER.sub("", body) or "}" in wording.PLACEHOLDER.sub("", body):
            self.add_error("body", _("A brace is open or closed for itself."))


def _in_braces(words: Iterable[str]) -> str:
    return ", ".join(f"{{{word}}}" for word in sorted(words))


@admin.register(MessageTemplate)
class MessageTemplateAdmin(RoleAdmin):
    """What residents receive, with a preview and its length in segments."""

    form = TemplateForm
    may_view = may_change = may_add = LEADS
    list_display = ("event", "language", "category", "body", "length")
    list_filter = ("event", "language", "category")
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
        words = _in_braces(wording.filled_in(template.event)) or "–"
        counted = ngettext("%(n)d segment", "%(n)d segments", size.segments) % {"n": size.segments}
        shown = "{}<small>{} · {} · {}<br>{}: {}</small>"
        return format_html(shown, lines, size.encoding, size.units, counted, _("words that are filled in"), words)


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
