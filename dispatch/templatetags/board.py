"""What the board's templates ask for."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def of_key(found: dict[Any, Any], key: Any) -> Any:
    """The value under this key, or nothing."""
    return found.get(key) if key is not None else None


@register.filter
def span(minutes: int) -> str:
    """90 is 1 h 30 min."""
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return _("%d d") % (hours // 24)
    return _("%(h)d h %(m)02d min") % {"h": hours, "m": rest} if hours else _("%d min") % minutes
