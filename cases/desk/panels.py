"""What other packages show on the pages of a case, without cases knowing them.

A package further up (dispatch) registers in its AppConfig.ready; the case page and the next step after saving ask here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from cases.models import Case

Render = Callable[[HttpRequest, Case], str]
Address = Callable[[Case], str]


@dataclass(frozen=True)
class Panel:
    """One part of the case page. `render` answers safe HTML, "" when there is nothing to show for this case."""

    slug: str
    title: Any
    render: Render
    # A page of its own for this case, "" for none.
    url: Address | None = None


_panels: dict[str, Panel] = {}
FIND_GOODS = "find_goods"


def register(slug: str, title: Any, render: Render, *, url: Address | None = None) -> None:
    """Puts a panel on the case page. The slug "find_goods" is also what the next step "find the goods" opens.

    `render` is called with a request whose user has one of our roles and the case with its related rows; what it
    answers is put inside a section with the id "panel-<slug>", and may post to views of its own.
    """
    _panels[slug] = Panel(slug, title, render, url)


def panel(slug: str) -> Panel | None:
    return _panels.get(slug)


def shown(request: HttpRequest, case: Case) -> list[dict[str, Any]]:
    """The panels that have something to say about this case, in the order they were registered."""
    found = []
    for entry in _panels.values():
        html = entry.render(request, case)
        if html:
            url = entry.url(case) if entry.url else ""
            found.append({"slug": entry.slug, "title": entry.title, "html": html, "url": url})
    return found
