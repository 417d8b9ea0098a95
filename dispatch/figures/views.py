"""The page of the road's figures, and the same table as CSV."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cases import outlook
from cases.models import District
from dispatch.figures import reckoning
from dispatch.planner import reasons
from dispatch.roles import DISPATCH
from hotline.access import roles
from hotline.models import Line

MOST_DAYS = 62
GROUPS = {
    reckoning.DAY: gettext_lazy("day"),
    reckoning.FLEET: gettext_lazy("fleet"),
    reckoning.DISTRICT: gettext_lazy("district"),
}


@roles(*DISPATCH)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The table; ?format=csv gives it as a file."""
    lines = list(Line.objects.filter(active=True).order_by("pk"))
    line = next((one for one in lines if one.slug == request.GET.get("line")), lines[0] if lines else None)
    if line is None:
        return render(request, "dispatch/figures/page.html", {"line": None, "lines": []})
    first, last = _days(request, line)
    group = request.GET.get("by", reckoning.DAY)
    group = group if group in GROUPS else reckoning.DAY
    rows = [row | {"label": label} for row, label in _labelled(reckoning.table(line, first, last, group), group)]
    if request.GET.get("format") == "csv":
        return _csv(rows, group, first, last)
    days, codes = reckoning.unserved(line, first, last)
    context = {
        "line": line,
        "lines": lines,
        "rows": rows,
        "total": reckoning.table(line, first, last, None)[0],
        "groups": [{"slug": slug, "words": words} for slug, words in GROUPS.items()],
        "group": group,
        "group_words": GROUPS[group],
        "first": first,
        "last": last,
        "plan_days": days,
        "unserved": [{"words": reasons.label(code), "count": n} for code, n in codes.most_common()],
        "no_vehicle": reckoning.unmet_for_want_of_a_vehicle(line, first, last),
    }
    return render(request, "dispatch/figures/page.html", context)


def _days(request: HttpRequest, line: Line) -> tuple[date, date]:
    """The days asked for, both included; the last seven when nothing or nonsense is asked."""
    last = _day(request.GET.get("last")) or outlook.today_of(line)
    first = _day(request.GET.get("first")) or last - timedelta(days=6)
    return max(min(first, last), last - timedelta(days=MOST_DAYS - 1)), last


def _day(written: str | None) -> date | None:
    try:
        return parse_date(written or "")
    except ValueError:
        return None


def _labelled(rows: list[dict[str, Any]], group: str) -> list[tuple[dict[str, Any], str]]:
    if group != reckoning.DISTRICT:
        return [(row, str(row["key"] or _("none"))) for row in rows]
    known = District.objects.in_bulk()
    english = (get_language() or "").startswith("en")
    names = {pk: d.name_en if english and d.name_en else d.name for pk, d in known.items()}
    return [(row, names.get(row["key"], _("not known"))) for row in rows]


def _csv(rows: list[dict[str, Any]], group: str, first: date, last: date) -> HttpResponse:
    """The mark at the beginning lets spreadsheets read Chinese."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="road-{group}-{first}-{last}.csv"'
    writer = csv.writer(response)
    writer.writerow([group, *reckoning.COLUMNS])
    for row in rows:
        label = f"'{row['label']}" if row["label"][:1] in "=+-@" else row["label"]
        writer.writerow([label, *("" if row[name] is None else row[name] for name in reckoning.COLUMNS)])
    return response
