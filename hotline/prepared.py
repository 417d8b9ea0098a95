"""Questions that are asked at every press: put together once in a process, and planned once in each connection.

    OPEN = Question(lambda agent: Draft.objects.filter(agent_id=agent, ended_at=None).order_by("id"))
    OPEN.all(agent.pk)

Django puts a query together anew each time, and the server reads and plans it anew: for a short question that is several
times what the answer costs. Parameters are whole numbers, as keys are; everything else of a question stands fast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

import psycopg
from django.db import connection
from django.db.backends.postgresql.base import CursorMixin
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)

_FIRST_PLACE = -7_300_001  # no key is negative: where a question has this, the first parameter belongs


class PlannedCursor(CursorMixin, psycopg.Cursor):
    """Leaves the parameters to the server, which has planned the statement before."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, prepare=True, **options)


def cursor() -> CursorWrapper:
    """As connection.cursor(), for statements whose text is always the same."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return connection._prepare_cursor(PlannedCursor(connection.connection))  # type: ignore[attr-defined]


class Question(Generic[M]):
    """A queryset that is made once, with places for the keys it is asked with."""

    def __init__(self, make: Callable[..., QuerySet[M, Any]]) -> None:
        self._make = make

    def all(self, *keys: int) -> list[M]:
        """What is found, as the queryset would give it."""
        made = self._made
        return [made.row(row) for row in made.rows(keys)]

    def first(self, *keys: int) -> M | None:
        """The first of what is found; the question asks for no more than one where there are many."""
        return next(iter(self.all(*keys)), None)

    def values(self, *keys: int) -> list[tuple[Any, ...]]:
        """The rows of a values_list."""
        return self._made.rows(keys)

    @cached_property
    def _made(self) -> _Made:
        count = self._make.__code__.co_argcount
        return _Made(self._make(*(_FIRST_PLACE - n for n in range(count))), count)


class _Made:
    """What Django knows of a query once it is put together."""

    def __init__(self, asked: QuerySet[Any, Any], count: int) -> None:
        compiler = asked.query.get_compiler(connection=connection)
        self.text, given = compiler.as_sql()
        self.given = list(given)
        places = {_FIRST_PLACE - n: n for n in range(count)}
        self.places = [
            (at, type(each), places[each]) for at, each in enumerate(given) if isinstance(each, int) and each in places
        ]
        if {n for _at, _kind, n in self.places} != set(range(count)):
            raise ValueError(f"not every key has a place in {self.text}")
        self.compiler = compiler
        self.converters = compiler.get_converters([each for each, _sql in (each[:2] for each in compiler.select)])
        said = compiler.klass_info
        if said is None:
            return
        start, end = said["select_fields"][0], said["select_fields"][-1] + 1
        names = [each[0].target.attname for each in compiler.select[start:end]]
        populators = get_related_populators(said, compiler.select, connection.alias)  # type: ignore[call-arg]
        model = said["model"]

        def row(found: Sequence[Any]) -> Any:
            made = model.from_db(connection.alias, names, found[start:end])
            for populator in populators:
                populator.populate(found, made)
            return made

        self.row = row

    def rows(self, keys: Sequence[int]) -> list[tuple[Any, ...]]:
        given = list(self.given)
        for at, kind, n in self.places:
            given[at] = kind(keys[n])
        with cursor() as asking:
            asking.execute(self.text, given)
            found = asking.fetchall()
        return list(map(tuple, self.compiler.apply_converters(found, self.converters))) if self.converters else found
