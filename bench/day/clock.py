"""The time of the simulated day, Python's and the database's at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGINS = datetime(2022, 4, 8, 2, 0, tzinfo=SHANGHAI)  # vehicles come home at two at night


@dataclass
class Clock:
    """The time everywhere in this process and in its database."""

    move_to: Callable[[datetime], None]

    def to(self, at: datetime) -> None:
        from django.db import connection

        self.move_to(at)
        with connection.cursor() as cursor:
            cursor.execute("update sim.clock set at = %s", [at])


def searching(url: str) -> str:
    """The database's address such that its now() is the simulated one, once `install` has been called."""
    return url + ("&" if "?" in url else "?") + "options=-c%20search_path%3Dpublic,sim,pg_catalog"


def install() -> None:
    """Into a migrated database: columns that say now() by default take the simulated one."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("create schema sim")
        cursor.execute("create table sim.clock (at timestamptz not null)")
        cursor.execute("insert into sim.clock values (%s)", [BEGINS])
        cursor.execute(
            "create function sim.statement_timestamp() returns timestamptz language sql stable"
            " as 'select at from sim.clock'"
        )
        cursor.execute(NOW_BY_DEFAULT)
        for (change,) in cursor.fetchall():
            cursor.execute(change)


NOW_BY_DEFAULT = """
    select format(
        'alter table %s alter column %I set default sim.statement_timestamp()', attribute.attrelid::regclass, attname
    )
    from pg_attrdef join pg_attribute attribute on attrelid = adrelid and attnum = adnum
    where pg_get_expr(adbin, adrelid) = 'pg_catalog.statement_timestamp()'
"""


@contextmanager
def running() -> Iterator[Clock]:
    import time_machine

    with time_machine.travel(BEGINS, tick=False) as traveller:
        yield Clock(traveller.move_to)
