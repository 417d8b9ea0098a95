"""What somebody typed, read with patience: nothing is refused, what is no number or moment is None."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime


def word(data: dict[str, Any], *path: str) -> str:
    """What stands under these names, one inside the other; "" where there is nothing."""
    value: Any = data
    for name in path:
        value = (value or {}).get(name)
    return str(value or "").strip()


def whole(words: str) -> int | None:
    """The number it begins with: an age, months, weeks."""
    found = re.match(r"\s*(\d{1,3})", words)
    return int(found[1]) if found else None


def decimal(words: str) -> Decimal | None:
    """A quantity as somebody typed it; None for what is no number that fits."""
    try:
        value = Decimal(words.strip() or "x").quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 < value < 1_000_000 else None


def moment(words: str) -> datetime | None:
    try:
        at = parse_datetime(words)
    except ValueError:
        return None
    if at is None:
        return None
    return timezone.make_aware(at) if timezone.is_naive(at) else at


def by_pk(model: Any, words: str) -> Any:
    return model.objects.filter(pk=int(words)).first() if words.isdecimal() else None


def by_slug(model: Any, slug: str | None) -> Any:
    return model.objects.filter(slug=slug).first() if slug else None
