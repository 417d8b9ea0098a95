"""How fast the next case is handed out when every agent presses at once, and whether anybody ever gets another's case.

200 connections claim from a queue of 40,000 open cases in a database of 1,000,000 (--quick: 40,000 and 5,000): the product's
statement, beside the same without any rule (bare) and beside a lock that waits for the one before (naive), in one run.
"""

import multiprocessing
import os
import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from bench.harness import Report, options
from hotline.embedded import throwaway

CONNECTIONS, PROCESSES = 200, 4
BARE = """
    update cases_case set owner = 'agent', owner_agent_id = %(agent)s, claimed_until = %(until)s
    where id = (select id from cases_case where owner = 'queue'
                order by rank, due_at, id for no key update skip locked limit 1)
    returning id
"""
NAIVE = BARE.replace("skip locked ", "")
CASES = """
    insert into cases_case (line_id, channel, person_id, relation, language, words, category_id, answers, vulnerabilities,
        stated_urgency, level, level_is_judged, level_reasons, suggestion, red_flags, due_at, due_sum, state, next_step,
        owner, waits_because, held_from, hold_reason, paused, outcome, outcome_note, created_at, closed_at, version)
    select %(line)s, 'sms', %(person)s, '', 'zh-hans', '', (%(categories)s::bigint[])[1 + n %% %(n)s], '{}', '[]',
        '', 1 + (hashint4(n) & 1023) %% 5, false, '[]', '{}', '[]',
        case when n %% %(each)s = 0 then now() + make_interval(mins => hashint4(n + 7) %% 3000) end, '[]',
        case when n %% %(each)s = 0 then 'new' else 'closed' end, case when n %% %(each)s = 0 then 'intake' else '' end,
        case when n %% %(each)s = 0 then 'queue' else '' end, '{}', '', '', interval '0',
        case when n %% %(each)s = 0 then '' else 'received' end, '', now() - interval '1 day', now(), 1
    from generate_series(1, %(cases)s) n
"""
AGAIN = """
    update cases_case set owner = 'queue', owner_agent_id = null, claimed_until = null where owner = 'agent'
"""


@dataclass
class Round:
    """What one round of claims was like."""

    seconds: list[float]
    claimed: list[int]
    took: float

    @property
    def rate(self) -> float:
        return len(self.claimed) / self.took


def main() -> int:
    quick = options(__doc__ or "").quick
    cases, each = (40_000, 8) if quick else (1_000_000, 25)
    apiece = 10 if quick else 25
    with throwaway.services() as environment:
        os.environ |= environment | {"DJANGO_SETTINGS_MODULE": "hotline.settings", "LOG_LEVEL": "WARNING"}
        agents, categories, queue = prepare(cases, each)
        report = Report("claim", quick=quick)
        wanted = parameters(agents, categories)
        for _ in range(1 if quick else 3):
            with report.run():
                ours = race(queue.CLAIM_NEXT, wanted, apiece)
                bare = race(BARE, wanted, apiece)
                naive = race(NAIVE, wanted, apiece)
                report.timings(f"claim next, {CONNECTIONS} connections at once", ours.seconds, p95_below_ms=50)
                report.figure("cases handed out in a second", ours.rate, "1/s")
                report.figure("rate beside the bare statement", ours.rate / bare.rate, "", target=">= 0.33")
                report.figure("cases handed out twice", len(ours.claimed) - len(set(ours.claimed)), "", target="== 0")
                report.figure(
                    "order violated", violations(queue.CLAIM_NEXT, wanted, 100 if quick else 500), "", target="== 0"
                )
        report.baseline("cases handed out in a second", naive.rate, "1/s", "a lock that waits, same run")
        p95 = sorted(naive.seconds)[int(len(naive.seconds) * 0.95)] * 1000
        report.baseline(f"claim next, {CONNECTIONS} connections at once, p95", p95, "ms", "a lock that waits, same run")
        return report.write()


def prepare(cases: int, each: int) -> tuple[list[int], list[int], Any]:
    """A database of so many cases, every `each`-th of them in the queue, and the agents. (agents, categories, the rules)"""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from cases import categories, queue
    from cases.models import Resident
    from hotline.models import Line, User

    call_command("migrate", verbosity=0)
    line = Line.objects.create(slug="shanghai", name="热线", city="shanghai", number="+862152345678")
    subjects = [category.pk for category in categories.load()]
    agents = User.objects.bulk_create([User(username=f"agent{n}", role="agent") for n in range(CONNECTIONS)])
    person = Resident.objects.create()
    with connection.cursor() as cursor:
        wanted = {"line": line.pk, "person": person.pk, "categories": subjects, "n": len(subjects), "cases": cases}
        cursor.execute(CASES, wanted | {"each": each})
        cursor.execute("analyze cases_case")
    connection.close()
    return [agent.pk for agent in agents], subjects, queue


def parameters(agents: list[int], categories: list[int]) -> list[dict[str, Any]]:
    """Each connection's agent, with three of the subjects."""
    draw = random.Random(7)
    return [
        {
            "agent": agent,
            "until": "infinity",
            "leads": False,
            "everything": False,
            "categories": draw.sample(categories, 3),
            "languages": ["zh-hans", "en"],
        }
        for agent in agents
    ]


def race(statement: str, wanted: list[dict[str, Any]], apiece: int) -> Round:
    """All connections claim `apiece` cases each, one after the other without a pause, over several processes."""
    context = multiprocessing.get_context("fork")
    with context.Manager() as manager:
        answers: Any = manager.list()
        start = time.time() + 4
        shares = [wanted[n::PROCESSES] for n in range(PROCESSES)]
        workers = [context.Process(target=share, args=(statement, part, apiece, start, answers)) for part in shares]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        rows = list(answers)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(AGAIN)
        connection.execute("vacuum analyze cases_case")
    ended = max(row[2] for row in rows)
    return Round([row[1] for row in rows], [row[0] for row in rows], ended - start)


def share(statement: str, wanted: list[dict[str, Any]], apiece: int, start: float, answers: Any) -> None:
    """One process's connections, a thread each."""
    found: list[tuple[int, float, float]] = []
    threads = [threading.Thread(target=claims, args=(statement, each, apiece, start, found.append)) for each in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers.extend(found)


def claims(
    statement: str, wanted: dict[str, Any], apiece: int, start: float, note: Callable[[tuple[int, float, float]], None]
) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        time.sleep(max(0.0, start - time.time()))
        for _ in range(apiece):
            began = time.perf_counter()
            row = connection.execute(statement, wanted).fetchone()
            if row is None:
                return
            note((row[0], time.perf_counter() - began, time.time()))


def violations(statement: str, wanted: list[dict[str, Any]], count: int) -> int:
    """One agent after the other: how often somebody was given a case though a better one of theirs waited."""
    wrong = 0
    better = """
        select count(*) from cases_case waiting, cases_case given
        where given.id = %(given)s and waiting.owner = 'queue' and waiting.category_id = any(%(categories)s)
          and (waiting.rank, waiting.due_at, waiting.id) < (given.rank, given.due_at, given.id)
    """
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for n in range(count):
            each = wanted[n % len(wanted)]
            row = connection.execute(statement, each).fetchone()
            assert row, "the queue is empty"
            passed_over = connection.execute(better, each | {"given": row[0]}).fetchone()
            wrong += bool(passed_over and passed_over[0])
        connection.execute(AGAIN)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
