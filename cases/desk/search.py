"""Search: by case number, by telephone (whole or its last four), by name, address, item, words and notes; within facets.

Every case has one document of lexemes that the database keeps (cases.models.search); a search is one look into its index.
What is rare enough is read whole and ranked by where the words were hit; of what is on more cases the newest are shown. How
common it is the planner reckons beforehand, so that of what is on half of all cases nobody reads the list; it takes signs
that always stand together for independent, so what it takes for rare is counted in the index first.

What takes time is the pages a search is led to, one for nearly every hit, which may have to come from the disk: so a
document is read only when it may be shown, and what is neither rare nor common is looked for in the newest cases first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from cases import categories
from cases.desk import fields
from cases.models import Case, Need
from cases.models.case import FIRST_NUMBER
from hotline.access import ADMINISTRATOR, AGENT, DISPATCHER, SUPERVISOR, roles

SHOWN = 30
SHORTEST = 2
MOST_PARTS = 5
RUN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
ENDING = 4  # so many last digits of a telephone are worth looking for
RARE = 500  # hits that are all looked at
COMMON = 100  # as reckoned, which is far too low for words of several signs: then the newest documents may hold enough
LATEST = 12_000  # the newest documents, which are read one after the other
BLOCK = 10_000  # cases whose numbers begin alike, which the index finds by this beginning: a power of ten
BLOCKS = 10  # of the newest at most are looked through
EXPECTED = 50  # so many hits are to be expected where it is looked for SHOWN of them
RANKED = 120  # so many are ranked whole
FEWER = 60  # of more than that, the open ones and the newest
OPEN = "'*open'"
STATES = {"open": OPEN, "settled": f"!{OPEN}"}

# All that is rare, and whether it was all: without an order, because an order makes the planner walk the table for it.
HITS = """
    with hits as materialized (
        select case_id, words @@ '''*open'''::tsquery as open, words @@ %(telephone)s::tsquery as telephone
        from cases_searchdocument where words @@ %(query)s::tsquery limit %(rare)s + 1
    )
    select case_id, open, coalesce(telephone, false), (select count(*) from hits)
    from hits order by open desc, case_id desc limit %(ranked)s
"""
# How many hits the index holds, give or take what was changed since the last vacuum: one document is read, whatever it
# says. What stands in a materialized part is planned as if all of it were read, which always is by the index of the words.
COUNTED = """
    explain (analyze, timing off, buffers off, costs off, summary off, format json)
    with hits as materialized (select from cases_searchdocument where words @@ %s::tsquery) select from hits limit 1
"""
# Of what is common the newest documents hold enough: read in their order from the newest on, which touches a few hundred
# pages, where the index would lead to one page for each hit.
LATELY = """
    select case_id, words @@ '''*open'''::tsquery from (
        select case_id, words from cases_searchdocument order by case_id desc limit %s
    ) latest where words @@ %s::tsquery order by case_id desc
"""
# Of what is less common the index finds those in the newest blocks; an old number may begin as a new one does.
IN_BLOCKS = """
    with hits as materialized (
        select case_id, words @@ '''*open'''::tsquery as open from cases_searchdocument where words @@ %s::tsquery
    )
    select case_id, open from hits where case_id >= %s order by case_id desc
"""
# Where these did not hold enough, there are not so many.
NEWEST = """
    with hits as materialized (select case_id from cases_searchdocument where words @@ %s::tsquery)
    select case_id from hits order by case_id desc limit %s
"""
# Of what is neither rare nor common: open ones first, in one look.
OPEN_FIRST = """
    with hits as materialized (
        select case_id, words @@ '''*open'''::tsquery as open from cases_searchdocument where words @@ %s::tsquery
    )
    select case_id from hits order by open desc, case_id desc limit %s
"""
NEWEST_CASE = "select case_id from cases_searchdocument order by case_id desc limit 1"
RECKONED = "explain (format json) select from cases_searchdocument where words @@ %s::tsquery"
# Where each part of the question was hit: its own number and telephone count most, a note least. The first place that was
# hit says it, so that what lies further away (needs, address) is only read for parts that no nearer place explains.
POINTS = """
    select c.id, sum(coalesce(
        case when part = (%(first)s + c.id)::text then 16 end,
        case when part ~ '^[0-9]{4,}$' and exists (
            select 1 from cases_phone t where t.resident_id in (c.person_id, c.reporter_id)
                and right(t.number, length(part)) = part) then as_telephone end,
        (select max(case when lower(p.name) = part then 12 else 8 end) from cases_resident p
            where p.id in (c.person_id, c.reporter_id) and strpos(lower(p.name), part) > 0),
        case when exists (select 1 from cases_need n where n.case_id = c.id
                and strpos(lower(concat_ws(' ', n.item, n.brand, n.specification)), part) > 0) then 6 end,
        case when exists (select 1 from cases_address a left join cases_community m on m.id = a.community_id
                where a.id = c.address_id
                and strpos(lower(concat_ws(' ', m.name, m.street, a.street, a.building, a.room, a.said)), part) > 0) then 4 end,
        case when exists (select 1 from cases_district d
                where d.id = coalesce(c.district_id, (select a.district_id from cases_address a where a.id = c.address_id))
                and strpos(lower(concat_ws(' ', d.name, d.name_en)), part) > 0) then 4 end,
        case when strpos(lower(c.words), part) > 0 then 2 end,
        1
    ))
    from cases_case c
    cross join unnest(%(parts)s::text[], %(as_telephones)s::int[]) as asked (part, as_telephone)
    where c.id = any(%(pks)s) group by c.id
"""


@dataclass(frozen=True)
class Within:
    """The facets a search is held to; "" or None for all."""

    state: str = ""
    level: int | None = None
    category: int | None = None
    district: int | None = None

    @classmethod
    def asked(cls, given: Mapping[str, str]) -> Within:
        """From the query of a page; nonsense is left out."""

        def number(name: str) -> int | None:
            said = given.get(name, "")
            return int(said) if re.fullmatch(r"[0-9]{1,9}", said) else None

        state = given.get("state", "")
        return cls(state if state in STATES else "", number("level"), number("category"), number("district"))

    @property
    def marks(self) -> list[str]:
        """As lexemes of the documents."""
        named = [("l", self.level), ("c", self.category), ("d", self.district)]
        found = [f"'*{letter}{value}'" for letter, value in named if value is not None]
        return found + ([STATES[self.state]] if self.state else [])


@dataclass(frozen=True)
class Found:
    """The hits that are shown, and how many there are; None when there are more than anybody counts."""

    cases: list[Case] = field(default_factory=list)
    total: int | None = 0

    @property
    def more(self) -> bool:
        return self.total is None or self.total > len(self.cases)


@roles(AGENT, SUPERVISOR, ADMINISTRATOR, DISPATCHER)
def page(request: HttpRequest) -> HttpResponse:
    """The hits; a case number alone goes straight to the case."""
    words = request.GET.get("q", "").strip()[:100]
    exact = by_number(words)
    if exact and not request.headers.get("HX-Request"):
        return redirect("cases:case", number=exact.number)
    within = Within.asked(request.GET)
    found = search(words, within)
    context: dict[str, Any] = {
        "q": words,
        "hits": found.cases,
        "total": found.total,
        "more": found.more,
        "within": within,
        "narrowed": bool(within.marks),
        "everything": urlencode({"q": words}),
        "too_short": 0 < len(words) < SHORTEST,
        "states": [("open", _("open")), ("settled", _("settled"))],
        "level_choices": Case.Level.choices,
        "categories": [{"pk": each.pk, "label": fields.label(each)} for each in categories.active()],
        "districts": fields.districts(),
    }
    return render(request, "cases/search/page.html", context)


def by_number(words: str) -> Case | None:
    """The case of this number, as a resident quotes it."""
    digits = words.strip().lstrip("#")
    if not (digits.isdecimal() and 6 <= len(digits) <= 10):
        return None
    return Case.objects.filter(pk=int(digits) - FIRST_NUMBER).first()


def find(words: str, within: Within | None = None) -> list[Case]:
    """Cases these words are about: every word has to hit something of the case. Open ones first, then those hit best."""
    return search(words, within or Within()).cases


def search(words: str, within: Within) -> Found:
    """The same, with how many there are."""
    asked = parts(words)
    wanted = query(asked)
    if not wanted:
        return Found()
    wanted = " & ".join([f"({wanted})", *within.marks])
    with connection.cursor() as cursor:
        common = _reckoned(cursor, wanted) >= COMMON
        if common and (pks := _of_the_newest(cursor, wanted)):
            return Found(_loaded(pks), None)
        counted = _counted(cursor, wanted)
        if counted == 0:
            return Found()
        if counted is not None and counted > RARE:
            return Found(_loaded(_of_many(cursor, wanted, counted, lately=not common)), None)
        telephone = telephone_query(asked)
        cursor.execute(HITS, {"query": wanted, "telephone": telephone, "rare": RARE, "ranked": RANKED})
        hits = cursor.fetchall()
        total = hits[0][3] if hits else 0
        if total > RARE:
            return Found(_loaded(_of_many(cursor, wanted, total, lately=not common)), None)
        if total > RANKED:
            hits = hits[:FEWER]
        pks = _ranked(cursor, asked, [hit[:3] for hit in hits])
    return Found(_loaded(pks[:SHOWN]), total)


def _reckoned(cursor: Any, wanted: str) -> float:
    """How many hits the planner expects, from the statistics of the documents: nothing is read for it."""
    cursor.execute(RECKONED, [wanted])
    return float(cursor.fetchone()[0][0]["Plan"]["Plan Rows"])


def _counted(cursor: Any, wanted: str) -> int | None:
    """How many hits are in the index; None when it was not asked, as in a table of a few pages."""
    cursor.execute(COUNTED, [wanted])
    plans = [cursor.fetchone()[0][0]["Plan"]]
    while plans:
        plan = plans.pop()
        if plan["Node Type"] == "Bitmap Index Scan":
            return int(plan["Actual Rows"])
        plans += plan.get("Plans", [])
    return None


def _ranked(cursor: Any, asked: list[str], hits: list[tuple[int, bool, bool]]) -> list[int]:
    """Open ones first, then those hit best, then the newest. The document itself says who was hit by a telephone."""
    as_telephones = [8 + len(part) // 4 for part in asked]
    points = {pk: sum(as_telephones) for pk, _open, telephone in hits if telephone}
    unknown = [pk for pk, _open, telephone in hits if not telephone]
    if unknown and len(hits) > 1:
        wanted = {"first": FIRST_NUMBER, "parts": asked, "as_telephones": as_telephones, "pks": unknown}
        cursor.execute(POINTS, wanted)
        points |= dict(cursor.fetchall())
    ordered = sorted(hits, key=lambda hit: (not hit[1], -points.get(hit[0], 0), -hit[0]))
    return [pk for pk, _open, _telephone in ordered]


def _of_many(cursor: Any, wanted: str, counted: int, *, lately: bool) -> list[int]:
    """What is shown of more than anybody ranks, open ones first; the newest documents may be read for it or were before."""
    cursor.execute(NEWEST_CASE)
    (newest,) = cursor.fetchone()
    documents = EXPECTED * newest // counted  # hold enough if the hits lie evenly among the cases
    if lately and documents <= LATEST and (pks := _of_the_newest(cursor, wanted)):
        return pks
    last = (FIRST_NUMBER + newest) // BLOCK
    most = BLOCKS if documents <= LATEST else min(documents // BLOCK + 1, BLOCKS)
    blocks = range(last, last - most, -1)
    since = blocks[-1] * BLOCK - FIRST_NUMBER
    if since > 0:
        beginnings = " | ".join(f"'#{block}':*" for block in blocks)
        cursor.execute(IN_BLOCKS, [f"{wanted} & ({beginnings})", since])
        hits = cursor.fetchall()
        if len(hits) >= SHOWN:
            return _shown(cursor, wanted, hits)
    cursor.execute(OPEN_FIRST, [wanted, SHOWN])
    return [pk for (pk,) in cursor.fetchall()]


def _of_the_newest(cursor: Any, wanted: str) -> list[int]:
    """What is shown of something common, open ones first; nothing when the newest documents do not hold enough of it."""
    cursor.execute(LATELY, [LATEST, wanted])
    lately = cursor.fetchall()
    return _shown(cursor, wanted, lately) if len(lately) > SHOWN else []


def _shown(cursor: Any, wanted: str, hits: list[tuple[int, bool]]) -> list[int]:
    """The newest open ones, then the newest settled ones: out of the newest hits, or of all where these are too few."""

    def newest(found: list[int], mark: str, most: int) -> list[int]:
        if len(found) < most:
            cursor.execute(NEWEST, [f"{wanted} & {mark}", most])
            return [pk for (pk,) in cursor.fetchall()]
        return found[:most]

    pks = newest([pk for pk, is_open in hits if is_open], OPEN, SHOWN)
    return pks + newest([pk for pk, is_open in hits if not is_open], f"!{OPEN}", SHOWN - len(pks))


def _loaded(pks: list[int]) -> list[Case]:
    """With what a row of the hits shows."""
    related = Case.objects.select_related("person", "district", "address__community").only(
        "level",
        "state",
        "words",
        "created_at",
        "person__name",
        "district__name",
        "district__name_en",
        "address__community__name",
    )
    cases = related.prefetch_related(Prefetch("needs", Need.objects.only(*Need.SAID))).in_bulk(pks)
    return [cases[pk] for pk in pks if pk in cases]


def parts(words: str) -> list[str]:
    """What was asked for, word by word, as the documents spell it; nothing when it is too short to be looked for."""
    words = re.sub(r"(?<=[\d+])[\s-]+(?=\d)", "", words)  # a telephone number as people write it
    if len(words.strip()) < SHORTEST:
        return []
    return [unicodedata.normalize("NFKC", part).lower().lstrip("+#") for part in words.split()[:MOST_PARTS]]


def query(asked: list[str]) -> str:
    """The parts as a tsquery over the lexemes of the documents; "" when there is nothing to look for."""
    runs = [_part(part) for part in asked]
    return " & ".join(runs) if runs and all(runs) else ""  # a word that can hit nothing: nothing is found


def telephone_query(asked: list[str]) -> str | None:
    """What says of a document that each part ends one of its telephones, and is not its own number; None when none may."""
    if not all(re.fullmatch(rf"[1-9][0-9]{{{ENDING - 1},}}", part) for part in asked):
        return None
    return " & ".join(f"'tel{part[::-1]}':* & !'#{part}'" for part in asked)


def _part(part: str) -> str:
    return " & ".join(_run(run) for run in RUN.findall(part))


def _run(run: str) -> str:
    if re.fullmatch(r"[0-9]+", run):
        ways = [f"'{run}'", f"'#{run}'"]
        if len(ending := run.lstrip("0")) >= ENDING:
            ways.append(f"'tel{ending[::-1]}':*")
        return f"({' | '.join(ways)})"
    if run[0] < "\u3400":
        return f"'{run}':*"
    pairs = [run[n : n + 2] for n in range(len(run) - 1)]
    return " & ".join(f"'{pair}'" for pair in pairs) or f"'{run}':*"
