"""Advisory locks, held until the transaction ends or, with `alone`, for a block."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def hold_number(number: str) -> None:
    """Lets one transaction at a time work for this telephone number (E.164); others wait for its commit.

    Two texts 100 ms apart from a new number must make one resident and one case, so whoever reads "is there one?" and
    then writes holds this first. Must be called inside a transaction.
    """
    hold(f"number:{number}")


def hold(name: str) -> None:
    """The same for any name, such as "offers:line:1"."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def hold_number_if_free(number: str) -> bool:
    """Like hold_number, but False instead of waiting while somebody else holds it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"number:{number}"])
        return bool(cursor.fetchone()[0])


@contextmanager
def one_after_the_other(name: str) -> Iterator[None]:
    """Waits for its turn and has it until the block ends. Held by the connection and by no row, so the block may ask others."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [name])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [name])


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """True for whoever comes first, until the block ends; False for others meanwhile. The database forgets a dead holder."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        first = bool(cursor.fetchone()[0])
    try:
        yield first
    finally:
        if first:
            with connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(hashtextextended(%s, 0))", [name])
