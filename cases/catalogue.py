"""The item catalogue that grows with use: what agents write and the catalogue does not know is counted, a supervisor decides.

An accepted item is read out of words (cases.triage.items) by every process within seconds, without a restart: each looks at
the newest change at most every few seconds, and takes over what changed.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from cases.models import CatalogueItem, Need
from cases.triage import items
from hotline.lifecycle import MoveRefused
from hotline.models import User

LOOK_EVERY_SECONDS = 5.0
SHORTEST = 2
SIGNS = re.compile(r"[\W_]+")
State = CatalogueItem.State

COUNT = """
    insert into cases_catalogueitem
        (name, plain, state, means, also, "group", unit, specification, cooling, injected, controlled, prescription,
         times, changed_at)
    values (%s, %s, 'candidate', '', '', '', %s, %s, %s, false, %s, %s, 1, now())
    on conflict (plain) do update set
        times = cases_catalogueitem.times + 1,
        last_at = now(),
        unit = coalesce(nullif(cases_catalogueitem.unit, ''), excluded.unit),
        specification = coalesce(nullif(cases_catalogueitem.specification, ''), excluded.specification)
"""

_lock = threading.Lock()
_looked_at = 0.0
_newest: tuple[datetime | None, int] = (None, 0)


def plain(name: str) -> str:
    """As names are compared."""
    return SIGNS.sub("", name).casefold()[:80]


def count(needs: Iterable[Need]) -> None:
    """Needs that were just written down for the first time: an item that the built-in catalogue lacks is a candidate."""
    with connection.cursor() as cursor:
        # in one order, so that two agents who save at once never wait for each other crosswise
        for need in sorted(needs, key=lambda each: plain(each.item)):
            name = plain(need.item)
            if len(name) < SHORTEST or items.is_built_in(need.item):
                continue
            row = [need.item[:80], name, need.unit, need.specification]
            cursor.execute(COUNT, [*row, need.needs_cooling, need.controlled, need.prescription_needed])


def accept(item: CatalogueItem, *, by: User, **facts: Any) -> CatalogueItem:
    """From now on it is read out of words, with what it needs. `facts` are fields of the row. Raises MoveRefused."""
    with transaction.atomic():
        item = _hold(item)
        for name, value in facts.items():
            setattr(item, name, value)
        if item.group not in items.groups():
            raise MoveRefused(_("choose a kind: it says the category and what the item needs"))
        return _decide(item, State.ACCEPTED, by)


def merge(item: CatalogueItem, means: str, *, by: User) -> CatalogueItem:
    """It is another name of an item that is known, built in or accepted. Raises MoveRefused."""
    refresh(at_once=True)
    known = items.look_up(means)
    if known is None or plain(known.name) == plain(item.name):
        raise MoveRefused(_("the catalogue knows no “%s”") % means)
    with transaction.atomic():
        item = _hold(item)
        item.means = known.first
        return _decide(item, State.MERGED, by)


def refuse(item: CatalogueItem, *, by: User) -> CatalogueItem:
    """Not an item: it is counted on, and asked about no more."""
    with transaction.atomic():
        return _decide(_hold(item), State.REFUSED, by)


def refresh(*, at_once: bool = False) -> bool:
    """Takes over what supervisors changed since this process looked last; True when there was something."""
    global _looked_at, _newest
    now = time.monotonic()
    if not at_once and now - _looked_at < LOOK_EVERY_SECONDS:
        return False
    with _lock:
        _looked_at = now
        read = CatalogueItem.objects.filter(state__in=(State.ACCEPTED, State.MERGED))
        newest = (read.aggregate(newest=Max("changed_at"))["newest"], read.count())
        if newest == _newest:
            return False
        items.add([_entry(row) for row in read.order_by("pk")])
        _newest = newest
    return True


def complete(words: str, limit: int = 8) -> list[CatalogueItem]:
    """Accepted items whose name holds what was typed, the most used first."""
    if not words.strip():
        return []
    found = CatalogueItem.objects.filter(state__in=(State.ACCEPTED, State.MERGED))
    return list(found.filter(Q(name__icontains=words) | Q(also__icontains=words)).order_by("-times", "name")[:limit])


def _entry(row: CatalogueItem) -> items.Added:
    names = [row.name, *[name.strip() for name in re.split(r"[,，、]", row.also) if name.strip()]]
    facts = {name: getattr(row, name) for name in ("cooling", "injected", "controlled", "prescription")}
    return items.Added(names=tuple(names), means=row.means, group=row.group, facts=facts, unit=row.unit)


def _hold(item: CatalogueItem) -> CatalogueItem:
    return CatalogueItem.objects.select_for_update(no_key=True, of=("self",)).get(pk=item.pk)


def _decide(item: CatalogueItem, state: str, by: User) -> CatalogueItem:
    item.state, item.decided_by = state, by
    item._history_user = by  # type: ignore[attr-defined]
    item.save()
    transaction.on_commit(lambda: refresh(at_once=True))
    return item
