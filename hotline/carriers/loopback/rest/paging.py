from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from ..records import Record
from ..store import Shelf
from .asked import Asked
from .errors import invalid

T = TypeVar("T", bound=Record)
LARGEST_PAGE = 1000


def page_of_shelf(
    asked: Asked,
    key: str,
    shelf: Shelf[T],
    matches: Callable[[T], bool],
    show: Callable[[T], dict[str, Any]],
    narrowed: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """Newest first; the page's token is the last record shown, so that new arrivals shift nothing."""
    size = _size(asked)
    token = asked.get("PageToken")
    before = None
    if token:
        last = shelf.get(token.removeprefix("PA"))
        if last is None:
            raise invalid(20006, "Invalid PageToken")
        before = last.serial
    rows = shelf.page(before, size, matches, narrowed)
    following = "PA" + rows[size - 1].sid if len(rows) > size else None
    return _page(asked, key, [show(row) for row in rows[:size]], size, following)


def page_of_list(asked: Asked, key: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A short list, cut by page number."""
    size, start = _size(asked), asked.number("Page", 0) * _size(asked)
    following = f"PA{start + size}" if len(rows) > start + size else None
    return _page(asked, key, rows[start : start + size], size, following)


def _size(asked: Asked) -> int:
    return min(max(asked.number("PageSize", 50), 1), LARGEST_PAGE)


def _page(asked: Asked, key: str, rows: list[dict[str, Any]], size: int, following: str | None) -> dict[str, Any]:
    number = asked.number("Page", 0)
    filters = [(name, value) for name, value in asked.query if name not in ("Page", "PageToken", "PageSize")]

    def uri(page: int, token: str = "") -> str:
        extra = [("PageSize", str(size)), ("Page", str(page))] + ([("PageToken", token)] if token else [])
        return f"{asked.path}?{urlencode(filters + extra)}"

    start = number * size
    return {
        "first_page_uri": uri(0),
        "end": max(start + len(rows) - 1, 0),
        "previous_page_uri": uri(number - 1) if number else None,
        key: rows,
        "uri": uri(number, asked.get("PageToken")),
        "page_size": size,
        "start": start,
        "next_page_uri": uri(number + 1, following) if following else None,
        "page": number,
    }
