"""How fast the next case is handed out when every agent presses at once, and whether anybody ever gets another's case.

200 claim from a queue of 36,000 waiting cases, 40,000 open, in a database of 1,000,000 (--quick: 50,000): the product's
statement, beside the same without any rule (bare) and beside a lock that waits for the one before (naive), in one run, all
driven by pgbench and none waiting for the disk (cases.queue). The connections are open and have claimed before, as those of a
pool have. They claim in four ways:

- 200 without a pause over as many connections as the web has at work at once (hotline.application): each waits for its turn
  and its case, and presses again as soon as it has it; the first 200 of them press in one instant;
- 200 connections to the server, one each, which press within one second, as people do;
- the same 200 connections in one instant (the burst), and then without a pause. Here 200 processes of the server share its few
  processors; beside it stand 200 connections that change the same rows by their numbers, with nothing to choose (by number):
  no way of choosing can be faster than that;
- 50 agents a second press "claim next" in the running web, at their times whether or not earlier ones have been answered.
"""

import argparse
import asyncio
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench import kept, serving
from bench.filled import Size
from bench.harness import Report, percentile
from hotline.embedded.places import Places
from hotline.embedded.postgres import Postgres

CONNECTIONS, APIECE = 200, 25
WARM = 6  # the plan of a prepared statement is settled after five
WARM_QUICK, APIECE_QUICK = 3, 3  # of 1,800 that wait
TURNS, TURNS_QUICK = 20, 5  # of each of the 200 who take turns
LEAD_SECONDS = 7.0  # for opening the connections and the first claims of each
WEB_RATE, WEB_SECONDS = 50, 20
WEB_WARM_SECONDS = 8  # some 200 presses for each process, as one that has run for a minute has had
BARE = """
    update cases_case set owner = 'agent', owner_agent_id = %(agent)s, claimed_until = %(until)s
    where id = (select id from cases_case where owner = 'queue'
                order by rank, due_at, id for no key update skip locked limit 1)
    returning id, set_config('synchronous_commit', 'off', true)
"""
NAIVE = BARE.replace("skip locked ", "")
BY_NUMBER = """
    update cases_case set owner = 'agent', owner_agent_id = %(agent)s, claimed_until = %(until)s, version = version + 1
    where id = (select id from bench_waiting where place = %(place)s)
    returning id, set_config('synchronous_commit', 'off', true)
"""
PLACES = """
    create table bench_waiting as
        select row_number() over (order by rank, due_at, id) - 1 as place, id from cases_case where owner = 'queue';
    create unique index on bench_waiting (place) include (id);
    analyze bench_waiting
"""
# What the run has claimed goes back; those whom agents hold in the filled database have leases of another length.
OURS = "owner = 'agent' and (claimed_until = '2999-01-01' or claimed_until < now() + interval '1 day')"
AGAIN = "update cases_case set owner = 'queue', owner_agent_id = null, claimed_until = null where " + OURS  # noqa: S608


@dataclass
class Round:
    """What one round was like: the seconds of each connection's claims in their order, and what was claimed, with the first ones.

    `waited` is from the instant in which all pressed until each case was there, the first one first.
    """

    of_connections: list[list[float]]
    waited: list[float]
    claims: int
    cases: int  # how many different ones
    took: float

    @property
    def seconds(self) -> list[float]:
        return [one for mine in self.of_connections for one in mine]

    @property
    def burst(self) -> list[float]:
        return [mine[0] for mine in self.of_connections]

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.took

    def in_line(self, length: int) -> list[float]:
        """What each of so many before every connection waits who, with a case in hand, goes to the end of the line again."""
        return [sum(mine[n - length : n]) for mine in self.of_connections for n in range(length, len(mine) + 1)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="50,000 cases, one round")
    parser.add_argument("--only", choices=["statement", "web"], help="one half of it")
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    size = Size(50_000 if chosen.quick else 1_000_000)
    warm, apiece, turns = (WARM_QUICK, APIECE_QUICK, TURNS_QUICK) if chosen.quick else (WARM, APIECE, TURNS)
    report = Report("claim", quick=chosen.quick)
    with kept.services(size):
        from cases import queue
        from hotline.application import AT_ONCE

        at_work = serving.PROCESSES * AT_ONCE
        over = f"over {at_work} connections"
        line = -(-CONNECTIONS // at_work)  # so many share one of them
        wanted = Wanted.there_are()
        report.figure("cases", size.cases, "")
        report.figure("waiting in the queue", _waiting(), "")
        _again()
        naive = by_number = None
        rounds = 0 if chosen.only == "web" else 1 if chosen.quick else chosen.rounds
        if rounds:  # a server that has just begun reads from the disk and writes whole pages into its log
            race(queue.CLAIM_NEXT, wanted, warm, apiece)
        for _ in range(rounds):
            with report.run():
                in_turn = race(queue.CLAIM_NEXT, wanted, warm, line * turns, connections=at_work)
                spread = race(queue.CLAIM_NEXT, wanted, warm, 1, within=1.0)
                ours = race(queue.CLAIM_NEXT, wanted, warm, apiece)
                bare = race(BARE, wanted, warm, apiece)
                naive = race(NAIVE, wanted, warm, apiece)
                with _places():
                    by_number = race(BY_NUMBER, wanted, warm, apiece)
                waits, first_waits = in_turn.in_line(line), in_turn.waited[:CONNECTIONS]
                report.timings(f"claim next, {CONNECTIONS} at once {over}", waits, p95_below_ms=50)
                report.timings(f"{CONNECTIONS} presses in one instant {over}", first_waits, p95_below_ms=50)
                report.timings(f"{CONNECTIONS} presses within one second", spread.burst, p95_below_ms=50)
                report.timings(f"claim next, {CONNECTIONS} connections at once", ours.seconds)
                report.timings(f"{CONNECTIONS} connections in one instant", ours.burst)
                report.figure(f"cases handed out in a second {over}", in_turn.rate, "1/s")
                report.figure("cases handed out in a second", ours.rate, "1/s")
                report.figure("rate beside the bare statement", ours.rate / bare.rate, "", target=">= 0.33")
                twice = sum(each.claims - each.cases for each in (ours, spread, in_turn))
                report.figure("cases handed out twice", twice, "", target="== 0")
                wrong = violations(queue.CLAIM_NEXT, wanted, 100 if chosen.quick else 500)
                report.figure("order violated", wrong, "", target="== 0")
                said = {
                    f"{CONNECTIONS} {over}": waits,
                    "in one instant": first_waits,
                    "within a second": spread.burst,
                    f"{CONNECTIONS} connections": ours.seconds,
                    "in one instant of theirs": ours.burst,
                    "bare": bare.seconds,
                    "by number": by_number.seconds,
                }
                p95 = ", ".join(f"{what} {percentile(seconds, 95) * 1000:.0f}" for what, seconds in said.items())
                rates = f"{in_turn.rate:.0f} a second {over}, {ours.rate:.0f} over {CONNECTIONS}, bare {bare.rate:.0f}"
                print(f"p95 in ms: {p95}; {rates}; a lock that waits {naive.rate:.0f}", file=sys.stderr, flush=True)
        if naive:
            source = "a lock that waits, same run"
            report.baseline("cases handed out in a second", naive.rate, "1/s", source)
        if by_number:
            source = "the same rows changed by their numbers, same run"
            name = f"claim next, {CONNECTIONS} connections at once"
            report.baseline(f"{name}, p50", percentile(by_number.seconds, 50) * 1000, "ms", source)
            report.baseline(f"{name}, p95", percentile(by_number.seconds, 95) * 1000, "ms", source)
        if chosen.only != "statement":
            through_the_web(report, *((2, 4) if chosen.quick else (WEB_WARM_SECONDS, WEB_SECONDS)))
    return report.write()


@dataclass
class Wanted:
    """Who claims what: the first of the agents, and the subjects of which everybody takes three."""

    first_agent: int
    categories: list[int]

    @classmethod
    def there_are(cls) -> "Wanted":
        from cases.models import Category
        from hotline.models import User

        agents = list(User.objects.filter(role="agent").order_by("pk").values_list("pk", flat=True)[:CONNECTIONS])
        assert agents[-1] - agents[0] == CONNECTIONS - 1, "the agents do not lie side by side"
        return cls(agents[0], list(Category.objects.order_by("pk").values_list("pk", flat=True)))

    def of(self, client: int) -> dict[str, Any]:
        """The parameters of one agent's statement."""
        return {
            "agent": self.first_agent + client,
            "until": "2999-01-01",
            "full": False,
            "leads": False,
            "everything": False,
            "categories": random.Random(client).sample(self.categories, 3),
            "languages": ["zh-hans", "en"],
        }

    def script(self, statement: str, warm: int, connections: int = CONNECTIONS) -> str:
        """The statement as pgbench sends it, prepared once per connection, with the parameters of one agent after the other.

        After its first claims each connection waits for the moment at which all begin.
        """
        places = {
            "agent": ":agent",
            "until": "'2999-01-01'::timestamptz",
            "place": ":place",
            "full": "false",
            "leads": "false",
            "everything": "false",
            "categories": "array[:first, :second, :third]::bigint[]",
            "languages": "array['zh-hans', 'en']",
        }
        picked = [self._chosen(name, k) for k, name in enumerate(("first", "second", "third"))]
        place = f"\\set place :client_id + :done * {connections}"
        head = [place, f"\\set who :place % {CONNECTIONS}", f"\\set agent {self.first_agent} + :who", *picked]
        asked = re.sub(r"%\((\w+)\)s", lambda found: places[found[1]], statement)
        mine = "\\set mine :start + :apart * :client_id"
        left = "select greatest(0, 1e6 * (:mine - extract(epoch from clock_timestamp())))::int as left \\gset"
        begin = ["\\set done :done + 1", f"\\if :done = {warm}", mine, left, "\\sleep :left us", "\\endif"]
        return "\n".join([*head, " ".join(asked.split()) + ";", *begin])

    def _chosen(self, name: str, k: int) -> str:
        """One of an agent's subjects, by the agent's number."""
        cases = [f"when :who % 7 = {n} then {self.categories[(n + 2 * k) % len(self.categories)]}" for n in range(7)]
        return f"\\set {name} case {' '.join(cases)} else 0 end"


def race(
    statement: str, wanted: Wanted, warm: int, apiece: int, within: float = 0.0, connections: int = CONNECTIONS
) -> Round:
    """All connections claim `warm` cases each and then `apiece` without a pause, beginning in one instant or `within` seconds."""
    start = time.time() + LEAD_SECONDS
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "claim.sql"
        script.write_text(wanted.script(statement, warm, connections))
        programs = Postgres(Places(Path(os.environ["HOTLINE_VAR"]))).programs
        command = [str(programs / "pgbench"), "--no-vacuum", "-M", "prepared", "-c", str(connections), "-j", "2"]
        command += ["-t", str(warm + apiece), "-f", str(script), "-l", f"--log-prefix={directory}/log"]
        command += ["-D", "done=0", "-D", f"start={start}", "-D", f"apart={within / connections}"]
        command += [_database()]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        rows = [line.split() for path in Path(directory).glob("log.*") for line in path.read_text().splitlines()]
    assert len(rows) == connections * (warm + apiece), done.stdout + done.stderr
    claims = len(rows)
    each = {
        client: sorted((row for row in rows if row[0] == client), key=_number) for client in {row[0] for row in rows}
    }
    of_connections = [[int(row[2]) / 1e6 for row in mine[warm:]] for mine in each.values()]
    rows = [row for mine in each.values() for row in mine[warm:]]
    ended = [int(row[4]) + int(row[5]) / 1e6 for row in rows]
    seconds = [int(row[2]) / 1e6 for row in rows]
    began = min(end - took for end, took in zip(ended, seconds, strict=True))
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        found = connection.execute("select count(*) from cases_case where claimed_until = '2999-01-01'").fetchone()
        connection.execute(AGAIN)  # type: ignore[arg-type]
        connection.execute("vacuum cases_case")
        connection.execute("reindex index case_next_to_claim")  # as a day fills it, without what was put back here
    assert found
    waited = sorted(end - start for end in ended)
    return Round(of_connections, waited, claims, found[0], max(ended) - began)


@contextmanager
def _places() -> Iterator[None]:
    """Who waits, numbered in the order of the queue."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("drop table if exists bench_waiting")  # of a run that was broken off
        connection.execute(PLACES)
        try:
            yield
        finally:
            connection.execute("drop table bench_waiting")


def _number(row: list[str]) -> int:
    return int(row[1])


def violations(statement: str, wanted: Wanted, count: int) -> int:
    """One agent after the other: how often somebody was given a case though a better one of theirs waited."""
    wrong = 0
    better = """
        select count(*) from cases_case waiting, cases_case given
        where given.id = %(given)s and waiting.owner = 'queue' and waiting.next_step <> 'review'
          and (waiting.category_id is null or waiting.category_id = any(%(categories)s))
          and (waiting.rank, waiting.due_at, waiting.id) < (given.rank, given.due_at, given.id)
    """
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for n in range(count):
            each = wanted.of(n % CONNECTIONS)
            row = connection.execute(statement, each).fetchone()  # type: ignore[arg-type]
            assert row, "the queue is empty"
            passed_over = connection.execute(better, each | {"given": row[0]}).fetchone()
            wrong += bool(passed_over and passed_over[0])
        connection.execute(AGAIN)  # type: ignore[arg-type]
    return wrong


def through_the_web(report: Report, warm: int, seconds: int) -> None:
    """So many agents a second press the key, first for `warm` seconds that do not count; each has a session of their own."""
    from django.urls import reverse

    from cases.models import Draft
    from hotline.models import User

    names = list(User.objects.filter(role="agent").order_by("pk").values_list("username", flat=True)[:CONNECTIONS])
    sessions = [serving.session_of(name) for name in names]
    name = f"claim next through the web, {WEB_RATE} a second"
    with serving.web() as web:
        port = int(web.url.rpartition(":")[2])
        asyncio.run(press(port, reverse("cases:claim-next"), sessions, warm))
        _put_back(Draft)
        worked, database, pressing, before = (
            web.processor_seconds(),
            _database_seconds(),
            time.process_time(),
            _claimed(),
        )
        answers = asyncio.run(press(port, reverse("cases:claim-next"), sessions, seconds))
        pressing = time.process_time() - pressing
        worked, database = web.processor_seconds() - worked, _database_seconds() - database
        report.timings(name, [took for took, _status in answers], p95_below_ms=60)
        for whose, took in (("web", worked), ("database", database), ("agents who press", pressing)):
            report.figure(f"processor time of the {whose} for each claim", took / len(answers) * 1000, "ms")
        report.figure("pressed in the web", len(answers), "")
        report.figure("not answered with a case", sum(status != 200 for _took, status in answers), "", target="== 0")
        report.figure("pressed and claimed, difference", len(answers) - (_claimed() - before), "", target="== 0")
        _put_back(Draft)


async def press(port: int, path: str, sessions: list[str], seconds: int) -> list[tuple[float, int]]:
    """(seconds, status) of each; an open loop: a slow answer delays nobody else's press."""
    token = "a" * 32
    begin = asyncio.get_running_loop().time() + 0.2

    async def one(n: int) -> tuple[float, int]:
        await asyncio.sleep(begin + n / WEB_RATE - asyncio.get_running_loop().time())
        began = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        cookies = f"sessionid={sessions[n % len(sessions)]}; csrftoken={token}"
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\nX-CSRFToken: {token}\r\n"
        writer.write(f"{head}HX-Request: true\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read(-1)
        took = time.perf_counter() - began
        writer.close()
        return took, int(answer.split(b" ", 2)[1] or 0)

    return list(await asyncio.gather(*(one(n) for n in range(WEB_RATE * seconds))))


def _database_seconds() -> float:
    """What the server's processes have worked so far, those of the pool's connections among them."""
    server = int((Postgres(Places(Path(os.environ["HOTLINE_VAR"]))).data / "postmaster.pid").read_text().split()[0])
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            of = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        if int(of[1]) == server:
            total += (int(of[11]) + int(of[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _put_back(drafts: Any) -> None:
    drafts.objects.all().delete()
    _again()


def _again() -> None:
    """What was claimed here, also by a run that was broken off, waits again."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(AGAIN)  # type: ignore[arg-type]
        connection.execute("vacuum cases_case")


def _claimed() -> int:
    return _count(OURS)


def _waiting() -> int:
    return _count("owner = 'queue'")


def _count(condition: str) -> int:
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        row = connection.execute(f"select count(*) from cases_case where {condition}").fetchone()  # type: ignore[arg-type]  # noqa: S608
    return int(row[0]) if row else 0


def _database() -> str:
    """As libpq reads it."""
    return os.environ["DATABASE_URL"]


if __name__ == "__main__":
    sys.exit(main())
