"""What templates/page.html needs of the admin theme and the menu, whatever view renders it."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hotline.navigation import sections_for

register = template.Library()


@register.simple_tag(takes_context=True)
def page_colors(context: template.Context) -> SafeString:
    """The colours configured for the admin theme, as variables of the style sheets."""
    return _colors(context["request"])


_colors_made: list[SafeString] = []


def _colors(request: HttpRequest) -> SafeString:
    """Settings: the same for every page."""
    if not _colors_made:
        site: Any = admin.site
        colors: dict[str, dict[str, str]] = site._get_colors("COLORS", request)
        every = [(name, weight, value) for name, weights in colors.items() for weight, value in weights.items()]
        _colors_made.append(format_html_join("", "--color-{}-{}:{};", every))
    return _colors_made[0]


@register.inclusion_tag("page/rail.html", takes_context=True)
def rail(context: template.Context) -> dict[str, Any]:
    """The pages of work as icons, everything else of the menu behind one button."""
    request: HttpRequest = context["request"]
    work, sections, links = _menu(getattr(request.user, "role", ""), get_language() or "")
    return {"work": work, "sections": sections, "here": _nearest(request.path, links)}


@lru_cache(maxsize=16)
def _menu(role: str, language: str) -> tuple[list[dict[str, str]], list[dict[str, Any]], list[str]]:
    """(pages of work, everything, links) for a role in a language: the menu is put together when the process starts."""
    sections: list[dict[str, Any]] = [
        {
            "title": str(section["title"]),
            "items": [
                {"title": str(item["title"]), "icon": item["icon"], "link": str(item["link"])}
                for item in section["items"]
            ],
        }
        for section in sections_for(role)
    ]
    pages = [page for section in sections for page in section["items"]]
    work = [page for page in pages if not page["link"].startswith("/admin/")]
    return work, sections if len(work) < len(pages) else [], [page["link"] for page in pages]


def _nearest(path: str, links: list[str]) -> str:
    """The menu entry under which this page lies: the longest link that begins its path."""
    return max((link for link in links if path.startswith(link)), key=len, default="")


@register.simple_tag
def when(at: datetime | None, *, style: str = "near") -> SafeString | str:
    """A time as people say it, "in 12 min", with the clock time beside; the page's script keeps it true."""
    if at is None:
        return "–"
    local = timezone.localtime(at)
    written = _written(local.replace(second=0, microsecond=0), get_language() or "")
    words = (
        f'<time class="when" datetime="{local.isoformat(timespec="seconds")}" data-style="{escape(style)}"'
        f' title="{escape(written)}"><span class="when-near">{escape(near(at))}</span>'
        f' <span class="when-clock">{_clock(local)}</span></time>'
    )
    return SafeString(words)  # all of it is escaped or digits; lists have hundreds of times


@lru_cache(maxsize=4096)
def _written(local: datetime, language: str) -> str:
    """The minute in full; the same minutes are on page after page."""
    return date_format(local, "DATETIME_FORMAT")


@register.filter
def clock(at: datetime | None) -> str:
    """10:30 today, else the day before it: 4-12 10:30."""
    if at is None:
        return ""
    return _clock(timezone.localtime(at))


def _clock(local: datetime) -> str:
    minute = f"{local.hour:02}:{local.minute:02}"
    return minute if local.date() == timezone.localdate() else f"{local.month}-{local.day} {minute}"


@register.filter
def near(at: datetime | None) -> str:
    """The distance from now in its largest unit: "in 12 min", "2 h late", "3 d ago" is left to the caller's words."""
    if at is None:
        return ""
    seconds = (at - timezone.now()).total_seconds()
    amount = duration(abs(seconds))
    if abs(seconds) < 60:
        return _("now")
    return _("in %(time)s") % {"time": amount} if seconds > 0 else _("%(time)s ago") % {"time": amount}


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds in the two largest units that matter: 40 s, 12 min, 3 h 20, 2 d 4 h."""
    if seconds is None:
        return "–"
    minutes = int(seconds // 60)
    if minutes < 1:
        return _("%(n)d s") % {"n": seconds}
    if minutes < 60:
        return _("%(n)d min") % {"n": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 10:
        return _("%(h)d h %(m)02d") % {"h": hours, "m": rest}
    if hours < 48:
        return _("%(h)d h") % {"h": hours}
    return _("%(d)d d %(h)d h") % {"d": hours // 24, "h": hours % 24}


@register.filter
def mmss(seconds: float | None) -> str:
    """A length of time as a running clock shows it: 03:20, 1:02:09."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(int(max(seconds, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes:02d}:{rest:02d}"
