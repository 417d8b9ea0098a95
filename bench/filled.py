"""A database as it stands after weeks of a closed city, written by a few statements: cases, their people, texts and calls.

Only ever into a database of a measurement: triggers and foreign keys are switched off while it is filled. It is written in
shares of some ten thousand cases, two at a time; each share that is done is noted in the database, so that a run that was ended
in the middle goes on where it stopped. What it writes is whole: `manage.py check_integrity` finds nothing in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

OPEN_OF = 25  # every such case is open
WRITERS = 2
SHARE = 25_000

PEOPLE = """
insert into cases_address (id, district_id, community_id, said, street, building, room, zone_tier, gate_contact,
    gate_phone, committee_phone)
select n, m.district_id, m.id, '', '', (n %% 60 + 1)::text, (n %% 1800 + 101)::text, m.zone_tier, '', '', ''
from generate_series(%(after)s + 1, %(until)s) n join communities m on m.place = n %% (select count(*) from communities);
insert into cases_resident (id, name, language, vulnerabilities, address_id, hard_of_hearing, note, created_at)
select n, substr('王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗', 1 + n %% 20, 1)
    || substr('秀建玉国小志春海文丽桂永淑美红明德金兰荣', 1 + (n / 20) %% 20, 1)
    || substr('英华芳平珍军梅强霞伟玲勇燕杰娟涛艳超敏鹏', 1 + (n / 400) %% 20, 1),
    'zh-hans', '[]', n, false, '', now() from generate_series(%(after)s + 1, %(until)s) n;
insert into cases_phone (id, resident_id, number, preferred, takes_texts, label)
select n, n, '+8613' || lpad((n::bigint * 7919 %% 1000000000)::text, 9, '0'), true, true, ''
from generate_series(%(after)s + 1, %(until)s) n;
"""
CASES = """
insert into cases_case (id, line_id, channel, person_id, relation, language, words, address_id, district_id, category_id,
    answers, vulnerabilities, stated_urgency, level, level_is_judged, level_reasons, suggestion, red_flags, due_at,
    due_sum, state, next_step, owner, owner_agent_id, claimed_until, waits_because, held_from, held_until, hold_reason,
    paused, promised_from, promised_until, promise_kept, outcome, outcome_note, created_at, contacted_at, delivered_at,
    closed_at, version)
select n, %(line)s, case when n %% 3 = 0 then 'call' else 'sms' end, n - (n %% 8 = 0)::int, '', 'zh-hans',
    (array['家里老人', '孩子', '我妈妈', '邻居阿婆', '孕妇'])[1 + (hashint4(n + 5) & 65535) %% 5]
        || '急需' || goods || '，小区封控出不去，'
        || (array['只剩两天', '今晚就断了', '还能撑一周', '已经断药'])[1 + (n / 5) %% 4] || '，求助',
    n, a.district_id, (%(categories)s::bigint[])[1 + (hashint4(n + 3) & 65535) %% %(subjects)s], '{}', '[]', '',
    case when hashint4(n) & 63 = 0 then 1 else 2 + (hashint4(n) & 1023) %% 4 end, n %% 2 = 0, '[]', '{}', '[]',
    case when not open then null when turn between 93 and 95 then now() + make_interval(hours => 30 + n %% 90)
        else now() + make_interval(mins => hashint4(n + 7) %% 3000) end, '[]',
    case when not open then 'closed' when turn < 90 then 'new' when turn < 93 then 'triaged' when turn < 96 then 'on_hold'
        else 'ready' end,
    case when not open then '' when turn < 90 then 'intake' when turn < 93 then 'source' when turn < 96 then 'resume'
        else 'plan' end,
    case when not open then '' when turn < 90 then 'queue' when turn < 93 then 'agent' when turn < 96 then 'timer'
        else 'dispatch' end,
    case when open and turn between 90 and 92 then (%(agents)s::bigint[])[1 + n %% 200] end,
    case when open and turn between 90 and 92 then now() + interval '30 days' end, '{}',
    case when open and turn between 93 and 95 then 'triaged' else '' end,
    case when open and turn between 93 and 95 then now() + make_interval(hours => 30 + n %% 90) end,
    case when open and turn between 93 and 95 then 'stock' else '' end, interval '0',
    came + interval '20 hours', came + interval '24 hours', case when open then null else n %% 7 <> 0 end,
    case when open then '' else 'received' end, '', came, came + interval '20 minutes',
    case when not open then came + interval '22 hours' end, case when not open then came + interval '2 days' end, 2
from (select n, n %% %(open_of)s = 0 as open, n / %(open_of)s %% 100 as turn,
        now() - (%(cases)s - n) * (interval '30 days' / %(cases)s) as came,
        (array['缬沙坦胶囊', '胰岛素笔芯', '婴儿奶粉三段', '尿不湿', '阿司匹林', '透析用药', '卡培他滨', '硝苯地平',
               '大米蔬菜', '布洛芬混悬液', '甲状腺素片', '二甲双胍'])[1 + (hashint4(n) & 65535) %% 12] as goods
      from generate_series(%(after)s + 1, %(until)s) n) drawn
join cases_address a on a.id = n;
insert into cases_need (id, case_id, item, brand, specification, quantity, unit, prescription_needed, needs_cooling,
    controlled, weight_grams)
select id * 2, id, substring(words from '急需(.*?)，'), '', '', 1 + id %% 4, '盒', false, false, false, 500
from cases_case where id > %(after)s and id <= %(until)s;
insert into cases_need (id, case_id, item, brand, specification, quantity, unit, prescription_needed, needs_cooling,
    controlled, weight_grams)
select id * 2 + 1, id, '连花清瘟', '', '', 1, '盒', false, false, false, 500
from cases_case where id %% 5 = 0 and id > %(after)s and id <= %(until)s;
insert into cases_transition (id, case_id, move, from_state, to_state, reason, at)
select id * 4, id, 'open', '', 'new', '', created_at from cases_case where id > %(after)s and id <= %(until)s;
insert into cases_transition (id, case_id, move, from_state, to_state, reason, at)
select id * 4 + 1, id, 'triage', 'new', 'triaged', '', contacted_at
from cases_case where state <> 'new' and id > %(after)s and id <= %(until)s;
insert into cases_transition (id, case_id, move, from_state, to_state, reason, at)
select id * 4 + 2, id, case state when 'closed' then 'close' when 'on_hold' then 'hold' else 'goods_confirmed' end,
    case state when 'closed' then 'follow_up' else 'triaged' end, state, '', coalesce(closed_at, contacted_at)
from cases_case where state in ('closed', 'on_hold', 'ready') and id > %(after)s and id <= %(until)s;
insert into cases_note (id, case_id, text, at)
select id, id, '邻居代收，放门卫处', created_at from cases_case where id %% 10 = 0 and id > %(after)s and id <= %(until)s;
insert into cases_callback (id, line_id, kind, case_id, resident_id, number, level, reason, state, due_at, first_due_at,
    attempts_made, max_attempts, outcome, created_at)
select id, line_id, 'clarify', id, person_id, '', level, '', 'due', now(), now() - id %% 300 * interval '1 minute', 0, 3,
    '', now()
from cases_case where state = 'new' and id / %(open_of)s %% 10 = 0 and id > %(after)s and id <= %(until)s;
"""
LINE = """
insert into hotline_message (id, line_id, direction, number, body, media_count, language, state, reason, sid, purpose,
    topic, idempotency_key, level, segments, attempts, created_at, accepted_at, ended_at)
select c.id * 3 + k, c.line_id, case when k = 0 then 'in' else 'out' end, p.number,
    case when k = 0 then c.words else (100000 + c.id)::text || '：已登记，正在处理。' end, 0, 'zh-hans',
    case when k = 0 then 'handled' else 'delivered' end, '', 'SM' || (c.id * 3 + k),
    (array['', 'received', 'delivered'])[k + 1], case when k = 0 then '' else 'case:' || c.id end,
    case when k > 0 then 'bench:' || (c.id * 3 + k) end, c.level, 1, 1, c.created_at + k * interval '10 hours',
    case when k > 0 then c.created_at + k * interval '10 hours' end, c.created_at + k * interval '10 hours'
from cases_case c join cases_phone p on p.resident_id = c.person_id, generate_series(0, 2) k
where c.id > %(after)s and c.id <= %(until)s;
insert into hotline_call (id, line_id, direction, sid, number, language, state, choice, level, agent_id, started_at,
    waiting_since, connected_at, answered_at, ended_at, wrapped_up_at, outcome, reason, topic)
select c.id * 2, c.line_id, 'in', 'CA' || c.id * 2, p.number, 'zh-hans',
    case when c.id %% 9 = 0 then 'abandoned' else 'completed' end, '', c.level,
    case when c.id %% 9 <> 0 then (%(agents)s::bigint[])[1 + c.id %% 200] end, c.created_at, c.created_at,
    case when c.id %% 9 <> 0 then c.created_at + c.id %% 40 * interval '1 second' end,
    case when c.id %% 9 <> 0 then c.created_at + c.id %% 40 * interval '1 second' end, c.created_at + interval '3 minutes',
    c.created_at + interval '4 minutes', case when c.id %% 9 = 0 then '' else 'case' end, '', ''
from cases_case c join cases_phone p on p.resident_id = c.person_id where c.id > %(after)s and c.id <= %(until)s;
insert into hotline_call (id, line_id, direction, sid, number, language, state, choice, level, agent_id, started_at,
    connected_at, answered_at, ended_at, wrapped_up_at, outcome, reason, topic)
select c.id * 2 + 1, c.line_id, 'out', 'CA' || c.id * 2 + 1, p.number, 'zh-hans', 'completed', '', c.level,
    (%(agents)s::bigint[])[1 + c.id %% 200], c.created_at + interval '1 hour', c.created_at + interval '1 hour',
    c.created_at + interval '1 hour', c.created_at + interval '63 minutes', c.created_at + interval '64 minutes', 'reached',
    '', 'case:' || c.id
from cases_case c join cases_phone p on p.resident_id = c.person_id where c.id > %(after)s and c.id <= %(until)s;
insert into cases_contact (id, line_id, resident_id, case_id, message_id, taken_as, at, unread)
select id * 4, line_id, person_id, id, id * 3, 'request', created_at, false
from cases_case where id > %(after)s and id <= %(until)s;
insert into cases_contact (id, line_id, resident_id, case_id, call_id, taken_as, at, unread)
select id * 4 + 1 + k, line_id, person_id, id, id * 2 + k, '', created_at + k * interval '1 hour', false
from cases_case, generate_series(0, 1) k where id > %(after)s and id <= %(until)s;
"""
DOCUMENTS = """
insert into cases_searchdocument (case_id, words)
select id, cases_search_of(id) from cases_case where id > %(after)s and id <= %(until)s
"""
TABLES = (
    "cases_address",
    "cases_resident",
    "cases_phone",
    "cases_case",
    "cases_need",
    "cases_transition",
    "cases_note",
    "cases_contact",
    "cases_callback",
    "cases_searchdocument",
    "hotline_message",
    "hotline_call",
)
# The search documents are read together from these by their cases.
NEEDED_WHILE_FILLING = ("cases_need", "cases_note", "cases_phone")
NOTES = "create table if not exists bench_done (step text primary key, at timestamptz not null default now())"
LATER = "create table if not exists bench_index (name text primary key, definition text not null)"


@dataclass(frozen=True)
class Size:
    """How much there is. Open is every 25th case."""

    cases: int

    @property
    def texts(self) -> int:
        return 3 * self.cases

    @property
    def calls(self) -> int:
        return 2 * self.cases


def fill(
    url: str, size: Size, *, line: int, agents: list[int], categories: list[int], until: float | None = None
) -> bool:
    """Writes what is not there yet, with fresh statistics at the end; False when `until` (monotonic) came first."""
    wanted: dict[str, Any] = {
        "cases": size.cases,
        "line": line,
        "agents": agents,
        "categories": categories,
        "subjects": len(categories),
        "open_of": OPEN_OF,
    }
    with _writer(url) as connection:
        connection.execute(NOTES)  # type: ignore[arg-type]
        connection.execute(LATER)  # type: ignore[arg-type]
        _once(connection, "bare", lambda: _bare(connection))
    shares = range(0, size.cases, SHARE)
    done = _side_by_side(url, [(f"cases {n}", _share(n, size, wanted)) for n in shares], until)
    if not done:
        return False
    with _writer(url) as connection:
        indexes = connection.execute("select name, definition from bench_index order by name").fetchall()
    done = _side_by_side(url, [(f"index {name}", _statement(definition)) for name, definition in indexes], until)
    if not done:
        return False
    with _writer(url) as connection:
        _once(connection, "finished", lambda: _finish(connection))
    return True


Step = Callable[[psycopg.Connection[Any]], object]


def _side_by_side(url: str, steps: list[tuple[str, Step]], until: float | None) -> bool:
    """The steps that are not done, by several connections at once; whether all are done now."""
    waiting = iter(steps)
    left: list[str] = []

    def work(_writer_number: int) -> None:
        with _writer(url) as connection:
            connection.execute(
                "create temporary table communities as select id, district_id, zone_tier,"
                " row_number() over (order by id) - 1 place from cases_community"
            )
            for name, step in waiting:
                if until is not None and time.monotonic() > until:
                    left.append(name)
                    return
                _once(connection, name, lambda step=step: step(connection))  # type: ignore[misc]

    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(work, range(WRITERS)))
    return not left


def _once(connection: psycopg.Connection[Any], step: str, work: Callable[[], object]) -> None:
    """Does it unless it is noted as done; both or neither are kept."""
    if connection.execute("select 1 from bench_done where step = %s", [step]).fetchone():
        return
    with connection.transaction():
        work()
        connection.execute("insert into bench_done (step) values (%s)", [step])


def _share(after: int, size: Size, wanted: dict[str, Any]) -> Step:
    """One share of the cases with everything that belongs to them."""
    values = wanted | {"after": after, "until": min(after + SHARE, size.cases)}

    def write(connection: psycopg.Connection[Any]) -> None:
        for statements in (PEOPLE, CASES, LINE, DOCUMENTS):
            for statement in statements.split(";\n"):
                if statement.strip():
                    used = {name: value for name, value in values.items() if f"%({name})s" in statement}
                    connection.execute(statement, used)  # type: ignore[arg-type]

    return write


def _statement(words: str) -> Step:
    return lambda connection: connection.execute(words)  # type: ignore[arg-type]


def _bare(connection: psycopg.Connection[Any]) -> None:
    """Takes the indexes off, and gives every column that wants a value the one Django would write."""
    for table in TABLES:
        rows = connection.execute(
            "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisprimary, c.conname"
            " from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype = 'u'"
            " where i.indrelid = %s::regclass",
            [table],
        ).fetchall()
        for name, definition, primary, constraint in rows:
            if primary or table in NEEDED_WHILE_FILLING:
                continue
            if constraint:  # an index alone keeps the promise as well
                connection.execute(f"alter table {table} drop constraint {constraint}")  # type: ignore[arg-type]
            else:
                connection.execute(f"drop index {name}")  # type: ignore[arg-type]
            connection.execute("insert into bench_index values (%s, %s)", [name, definition])
        for column, value in _wanted_values(table):
            words = sql.SQL("alter table {} alter column {} set default {}")
            statement = words.format(sql.Identifier(table), sql.Identifier(column), sql.Literal(value))
            connection.execute(statement)


def _wanted_values(table: str) -> list[tuple[str, Any]]:
    """Columns that may not be empty and have no default of the database's own, with Django's."""
    from django.apps import apps
    from django.db import connection

    found = []
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    for field in model._meta.local_concrete_fields:
        own = field.primary_key or field.null or field.has_db_default() or field.generated
        if not own and (field.has_default() or field.empty_strings_allowed):
            found.append((field.column, field.get_db_prep_save(field.get_default(), connection)))
    return found


def _finish(connection: psycopg.Connection[Any]) -> None:
    for table in TABLES:
        if table == "cases_searchdocument":
            continue
        largest = f"coalesce((select max(id) from {table}), 1)"  # noqa: S608 the names above
        connection.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), {largest})")  # type: ignore[arg-type]
        for column, _value in _wanted_values(table):
            words = sql.SQL("alter table {} alter column {} drop default")
            connection.execute(words.format(sql.Identifier(table), sql.Identifier(column)))


def _writer(url: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("set session_replication_role = replica")
    connection.execute("set synchronous_commit = off")
    connection.execute("set maintenance_work_mem = '512MB'")
    return connection
