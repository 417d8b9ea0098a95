"""The menu: each package adds its pages, each page says for which roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse_lazy


@dataclass(frozen=True)
class Page:
    """One entry of the side bar. `url_name` is a URL's name; `icon` a Material Symbols name."""

    title: Any
    url_name: str
    icon: str
    roles: frozenset[str]


_sections: dict[Any, list[Page]] = {}


def add(section: Any, title: Any, url_name: str, icon: str, roles: Iterable[str]) -> None:
    """Puts a page into the menu; called from AppConfig.ready, once per page."""
    page = Page(title, url_name, icon, frozenset(roles))
    pages = _sections.setdefault(section, [])
    if page not in pages:
        pages.append(page)


def sections_for(role: str) -> list[dict[str, Any]]:
    """The sections with the pages this role may open; empty sections are left out."""
    shown = []
    for title, pages in _sections.items():
        items = [{"title": p.title, "icon": p.icon, "link": reverse_lazy(p.url_name)} for p in pages if role in p.roles]
        if items:
            shown.append({"title": title, "separator": True, "items": items})
    return shown
