"""A database as it stands after weeks of a closed city, written by a few statements: cases, their people, texts and calls.

Only ever into the throw-away database of a measurement: triggers and foreign keys are switched off while it is filled.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import psycopg

OPEN_OF = 25  # every such case is open
WRITERS = 2

PEOPLE = """
insert into cases_address (id, district_id, community_id, said, street, building, room, zone_tier, gate_contact,
    gate_phone, committee_phone)
select n, m.district_id, m.id, '', '', (n %% 60 + 1)::text, (n %% 1800 + 101)::text, m.zone_tier, '', '', ''
from generate_series(1, %(cases)s) n join communities m on m.place = n %% (select count(*) from communities);
insert into cases_resident (id, name, language, vulnerabilities, address_id, hard_of_hearing, note, created_at)
select n, substr('王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗', 1 + n %% 20, 1)
    || substr('秀建玉国小志春海文丽桂永淑美红明德金兰荣', 1 + (n / 20) %% 20, 1)
    || substr('英华芳平珍军梅强霞伟玲勇燕杰娟涛艳超敏鹏', 1 + (n / 400) %% 20, 1),
    'zh-hans', '[]', n, false, '', now() from generate_series(1, %(cases)s) n;
insert into cases_phone (id, resident_id, number, preferred, takes_texts, label)
select n, n, '+8613' || lpad((n::bigint * 7919 %% 1000000000)::text, 9, '0'), true, true, ''
from generate_series(1, %(cases)s) n;
"""
CASES = """
insert into cases_case (id, line_id, channel, person_id, relation, language, words, address_id, district_id, category_id,
    answers, vulnerabilities, stated_urgency, level, level_is_judged, level_reasons, suggestion, red_flags, due_at,
    due_sum, state, next_step, owner, owner_agent_id, claimed_until, waits_because, held_from, held_until, hold_reason,
    paused, promised_from, promised_until, promise_kept, outcome, outcome_note, created_at, contacted_at, delivered_at,
    closed_at, version)
select n, %(line)s, case when n %% 3 = 0 then 'call' else 'sms' end, n, '', 'zh-hans',
    (array['家里老人', '孩子', '我妈妈', '邻居阿婆', '孕妇'])[1 + n %% 5] || '急需' || goods || '，小区封控出不去，'
        || (array['只剩两天', '今晚就断了', '还能撑一周', '已经断药'])[1 + (n / 5) %% 4] || '，求助',
    n, a.district_id, (%(categories)s::bigint[])[1 + n %% %(subjects)s], '{}', '[]', '',
    case when hashint4(n) & 63 = 0 then 1 else 2 + (hashint4(n) & 1023) %% 4 end, n %% 2 = 0, '[]', '{}', '[]',
    case when open then now() + make_interval(mins => hashint4(n + 7) %% 3000) end, '[]',
    case when not open then 'closed' when turn < 90 then 'new' when turn < 93 then 'triaged' when turn < 96 then 'on_hold'
        else 'ready' end,
    case when not open then '' when turn < 90 then 'intake' when turn < 93 then 'source' when turn < 96 then 'resume'
        else 'plan' end,
    case when not open then '' when turn < 90 then 'queue' when turn < 93 then 'agent' when turn < 96 then 'timer'
        else 'dispatch' end,
    case when open and turn between 90 and 92 then (%(agents)s::bigint[])[1 + n %% 200] end,
    case when open and turn between 90 and 92 then now() + interval '10 minutes' end, '{}',
    case when open and turn between 93 and 95 then 'triaged' else '' end,
    case when open and turn between 93 and 95 then now() + make_interval(hours => n %% 90) end,
    case when open and turn between 93 and 95 then 'stock' else '' end, interval '0',
    came + interval '20 hours', came + interval '24 hours', case when open then null else n %% 7 <> 0 end,
    case when open then '' else 'received' end, '', came, came + interval '20 minutes',
    case when not open then came + interval '22 hours' end, case when not open then came + interval '2 days' end, 2
from (select n, n %% %(open_of)s = 0 as open, n / %(open_of)s %% 100 as turn,
        now() - (%(cases)s - n) * (interval '30 days' / %(cases)s) as came,
        (array['缬沙坦胶囊', '胰岛素笔芯', '婴儿奶粉三段', '尿不湿', '阿司匹林', '透析用药', '卡培他滨', '硝苯地平',
               '大米蔬菜', '布洛芬混悬液', '甲状腺素片', '二甲双胍'])[1 + (hashint4(n) & 65535) %% 12] as goods
      from generate_series(1, %(cases)s) n) drawn
join cases_address a on a.id = n;
insert into cases_need (case_id, item, brand, specification, quantity, unit, prescription_needed, needs_cooling, controlled,
    weight_grams)
select id, substring(words from '急需(.*?)，'), '', '', 1 + id %% 4, '盒', false, false, false, 500 from cases_case;
insert into cases_need (case_id, item, brand, specification, quantity, unit, prescription_needed, needs_cooling, controlled,
    weight_grams)
select id, '连花清瘟', '', '', 1, '盒', false, false, false, 500 from cases_case where id %% 5 = 0;
insert into cases_transition (case_id, move, from_state, to_state, reason, at)
select id, 'open', '', 'new', '', created_at from cases_case union all
select id, 'close', 'follow_up', 'closed', '', closed_at from cases_case where state = 'closed';
insert into cases_note (case_id, text, at)
select id, '邻居代收，放门卫处', created_at from cases_case where id %% 10 = 0;
"""
TEXTS = """
insert into hotline_message (id, line_id, direction, number, body, media_count, language, state, reason, sid, purpose,
    topic, idempotency_key, level, segments, attempts, created_at, ended_at)
select c.id * 3 + k, c.line_id, case when k = 0 then 'in' else 'out' end, p.number,
    case when k = 0 then c.words else (100000 + c.id)::text || '：已登记，正在处理。' end, 0, 'zh-hans',
    case when k = 0 then 'handled' else 'delivered' end, '', 'SM' || (c.id * 3 + k),
    (array['', 'received', 'delivered'])[k + 1], case when k = 0 then '' else 'case:' || c.id end,
    case when k > 0 then 'bench:' || (c.id * 3 + k) end, c.level, 1, 1, c.created_at + k * interval '10 hours',
    c.created_at + k * interval '10 hours'
from cases_case c join cases_phone p on p.resident_id = c.person_id, generate_series(0, 2) k;
insert into cases_contact (line_id, resident_id, case_id, message_id, taken_as, at, unread)
select line_id, person_id, id, id * 3, 'request', created_at, false from cases_case;
insert into hotline_call (line_id, direction, sid, number, language, state, choice, level, agent_id, started_at,
    waiting_since, connected_at, ended_at, outcome, reason, topic)
select c.line_id, 'in', 'CA' || c.id, p.number, 'zh-hans', case when c.id %% 9 = 0 then 'abandoned' else 'completed' end,
    '', c.level, (%(agents)s::bigint[])[1 + c.id %% 200], c.created_at, c.created_at,
    case when c.id %% 9 <> 0 then c.created_at + c.id %% 40 * interval '1 second' end, c.created_at + interval '3 minutes',
    '', '', ''
from cases_case c join cases_phone p on p.resident_id = c.person_id;
insert into cases_callback (line_id, kind, case_id, resident_id, number, level, reason, state, due_at, first_due_at,
    attempts_made, max_attempts, outcome, created_at)
select line_id, 'clarify', id, person_id, '', level, '', 'due', now(), now() - id %% 300 * interval '1 minute', 0, 3, '',
    now() from cases_case where state = 'new' and id / %(open_of)s %% 10 = 0;
"""
DOCUMENTS = """
insert into cases_searchdocument (case_id, words)
select id, cases_search_of(id) from cases_case where id > %(after)s and id <= %(until)s
"""
TABLES = (
    "cases_address, cases_resident, cases_phone, cases_case, cases_need, cases_transition, cases_note, cases_contact, "
    "cases_callback, cases_searchdocument, hotline_message, hotline_call"
)


@dataclass(frozen=True)
class Size:
    """How much there is. Open is every 25th case."""

    cases: int

    @property
    def texts(self) -> int:
        return 3 * self.cases


def fill(url: str, size: Size, *, line: int, agents: list[int], categories: list[int]) -> None:
    """Writes it all, with fresh statistics at the end."""
    wanted: dict[str, Any] = {
        "cases": size.cases,
        "line": line,
        "agents": agents,
        "categories": categories,
        "subjects": len(categories),
        "open_of": OPEN_OF,
    }
    with _writer(url) as connection:
        connection.execute(
            "create temporary table communities as select id, district_id, zone_tier, row_number() over (order by id) - 1 place"
            " from cases_community"
        )
        for statements in (PEOPLE, CASES, TEXTS):
            for statement in statements.split(";\n"):
                if statement.strip():
                    connection.execute(statement, {k: v for k, v in wanted.items() if f"%({k})s" in statement})
        connection.execute("drop index case_search_words")
        for table in TABLES.split(", "):
            if table != "cases_searchdocument":
                largest = f"coalesce((select max(id) from {table}), 1)"  # noqa: S608 the names above
                connection.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), {largest})")
    _documents(url, size.cases)
    with _writer(url) as connection:
        connection.execute("create index case_search_words on cases_searchdocument using gin (words)")
        connection.execute(f"vacuum analyze {TABLES}")


def _documents(url: str, cases: int) -> None:
    """The search documents, by several connections at once: they are the dearest part."""
    share = -(-cases // WRITERS)

    def write(after: int) -> None:
        with _writer(url) as connection:
            connection.execute(DOCUMENTS, {"after": after, "until": after + share})

    writers = [threading.Thread(target=write, args=(n * share,)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()


def _writer(url: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(url, autocommit=True)
    connection.execute("set session_replication_role = replica")
    connection.execute("set synchronous_commit = off")
    connection.execute("set maintenance_work_mem = '512MB'")
    return connection
