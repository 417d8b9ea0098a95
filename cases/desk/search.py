"""Search: by case number, by telephone (whole or its last four), by name, address, item, words and notes.

Every case has one document of lexemes that the database keeps (cases.models.search); a search is one look into its index.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from cases.models import Case
from cases.models.case import FIRST_NUMBER
from hotline.access import ADMINISTRATOR, AGENT, DISPATCHER, SUPERVISOR, roles

SHOWN = 30
SHORTEST = 2
RUN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
ENDING = 4  # so many last digits of a telephone are worth looking for
# the newest first; the planner chooses between the index of lexemes and the order of the ids by how common the words are
FOUND = "select case_id from cases_searchdocument where words @@ %s::tsquery order by case_id desc limit %s"


@roles(AGENT, SUPERVISOR, ADMINISTRATOR, DISPATCHER)
def page(request: HttpRequest) -> HttpResponse:
    """The hits; a case number alone goes straight to the case."""
    words = request.GET.get("q", "").strip()[:100]
    exact = by_number(words)
    if exact and not request.headers.get("HX-Request"):
        return redirect("cases:case", number=exact.number)
    hits = find(words)
    context: dict[str, Any] = {
        "q": words,
        "hits": hits[:SHOWN],
        "more": len(hits) > SHOWN,
        "too_short": 0 < len(words) < SHORTEST,
    }
    return render(request, "cases/search/page.html", context)


def by_number(words: str) -> Case | None:
    """The case of this number, as a resident quotes it."""
    digits = words.lstrip("#")
    if not re.fullmatch(r"[0-9]{6,10}", digits):
        return None
    return Case.objects.filter(pk=int(digits) - FIRST_NUMBER).first()


def find(words: str) -> list[Case]:
    """Cases these words are about: every word has to hit something of the case. Open ones first, then the newest.

    One more than SHOWN tells that there are more.
    """
    wanted = query(words)
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [f"({wanted}) & '*open'", SHOWN + 1])
        pks = [pk for (pk,) in cursor.fetchall()]
        if len(pks) <= SHOWN:
            cursor.execute(FOUND, [f"({wanted}) & !'*open'", SHOWN + 1 - len(pks)])
            pks += [pk for (pk,) in cursor.fetchall()]
    related = Case.objects.select_related("person", "category", "district", "address__community")
    cases = related.prefetch_related("needs").in_bulk(pks)
    return [cases[pk] for pk in pks if pk in cases]


def query(words: str) -> str:
    """The words as a tsquery over the lexemes of the documents; "" when there is nothing to look for."""
    words = re.sub(r"(?<=[\d+])[\s-]+(?=\d)", "", words)  # a telephone number as people write it
    if len(words.strip()) < SHORTEST:
        return ""
    parts = words.split()[:5]
    asked = [_part(unicodedata.normalize("NFKC", part).lower()) for part in parts]
    return " & ".join(asked) if all(asked) else ""  # a word that can hit nothing: nothing is found


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
