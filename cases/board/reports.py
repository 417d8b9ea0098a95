"""Reports: what was asked, what became of it and how long it took, by day, category, district, level or channel.

They read the rows of cases.days, never the cases: a month of a million cases is some thousand rows.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cases import days
from cases.board import charts
from cases.exchange.importing import safe
from cases.models import Case, CaseDay, Category, District
from hotline.access import ADMINISTRATOR, SUPERVISOR, roles
from hotline.models import Line

GROUPS: dict[str, Any] = {
    "day": gettext_lazy("day"),
    "category": gettext_lazy("category"),
    "district": gettext_lazy("district"),
    "level": gettext_lazy("level"),
    "channel": gettext_lazy("came by"),
}
MOST_DAYS = 366
ENOUGH = 20  # fewer cases say nothing about fairness


@roles(SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """The table with its charts; ?format=csv or xlsx gives it as a file."""
    first, last = _days(request)
    line = _line(request)
    group = request.GET.get("by", "category")
    group = group if group in GROUPS else "category"
    rows = table(first, last, group, line)
    if request.GET.get("format") in ("csv", "xlsx"):
        return _file(request.GET["format"], rows, group, first, last)
    total = table(first, last, None, line)[0]
    by_day = rows if group == "day" else table(first, last, "day", line)
    context = {
        "rows": rows,
        "total": total,
        "unmet": why_unmet(total),
        "quantities": quantities(first, last, line),
        "fairness": fairness(first, last, line),
        "chart_days": charts.columns(by_day),
        "chart_group": charts.bars(rows) if group != "day" else None,
        "groups": [{"slug": slug, "words": words} for slug, words in GROUPS.items()],
        "group": group,
        "group_words": GROUPS[group],
        "first": first,
        "last": last,
        "lines": Line.objects.filter(active=True),
        "line": line,
        "counted_at": CaseDay.objects.filter(group="all", day__gte=first).aggregate(at=Max("counted_at"))["at"],
    }
    return render(request, "cases/board/reports.html", context)


def _line(request: HttpRequest) -> int | None:
    wanted = request.GET.get("line", "")
    return int(wanted) if wanted.isdecimal() and len(wanted) < 10 else None


def _days(request: HttpRequest) -> tuple[date, date]:
    """The days asked for, both included; the last seven when nothing or nonsense is asked."""
    today = timezone.localdate()
    last = _day(request.GET.get("last")) or today
    first = _day(request.GET.get("first")) or last - timedelta(days=6)
    return max(min(first, last), last - timedelta(days=MOST_DAYS)), last


def _day(written: str | None) -> date | None:
    try:
        return parse_date(written or "")
    except ValueError:
        return None


def table(first: date, last: date, group: str | None, line: int | None = None) -> list[dict[str, Any]]:
    """One row per value of `group`, or one row over all. Duplicates are counted once, with the case they are part of."""
    what = "all" if group in (None, "day") else group
    found = CaseDay.objects.filter(group=what, day__gte=first, day__lte=last).order_by("day")
    if line:
        found = found.filter(line=line)
    summed: dict[Any, dict[str, Any]] = {} if group else {None: dict.fromkeys(days.COUNTED, 0)}
    for row in found:
        key = None if group is None else row.day if group == "day" else row.value
        days.add(summed.setdefault(key, {}), row)
    labels = _labels(group)
    rows = [
        _row(figures) | {"key": key, "label": labels.get(key) or (str(key) if key else _("not known"))}
        for key, figures in summed.items()
    ]
    return rows if group in (None, "day") else sorted(rows, key=lambda row: (row["key"] == "", row["label"]))


def _labels(group: str | None) -> dict[Any, str]:
    english = (get_language() or "").startswith("en")
    if group in ("category", "district"):
        found: Any = Category.objects if group == "category" else District.objects
        return {str(each.pk): (english and each.name_en) or each.name for each in found.all()}
    if group == "level":
        return {str(value): f"{value} {words}" for value, words in Case.Level.choices}
    if group == "channel":
        return {value: str(words) for value, words in Case.Channel.choices}
    return {}


def _row(figures: dict[str, Any]) -> dict[str, Any]:
    """Counts, shares and times of one row; None where there is nothing to divide by."""
    spans = figures.get("spans", {})
    row = {name: figures.get(name, 0) for name in days.COUNTED}
    for measure in days.MEASURES:
        row[f"{measure}_median"] = days.percentile(spans.get(measure), 0.5)
        row[f"{measure}_p90"] = days.percentile(spans.get(measure), 0.9)
    ended = row["met"] + row["unmet"] + row["cancelled"]
    row |= {
        "open": row["received"] - ended,
        "met_percent": _percent(row["met"], row["met"] + row["unmet"]),
        "kept_percent": _percent(row["kept"], row["promised"]),
        "why_unmet": figures.get("why_unmet", {}),
    }
    for target in ("contact", "decide", "deliver"):
        row[f"{target}_percent"] = _percent(row[f"{target}_kept"], row[f"{target}_due"])
    return row


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def quantities(first: date, last: date, line: int | None = None) -> list[dict[str, Any]]:
    """Asked, approved and delivered by category and unit: what came in on these days, and what of it was handed over."""
    found = CaseDay.objects.filter(group="category", day__gte=first, day__lte=last)
    summed: dict[tuple[str, str], list[float]] = {}
    for value, counted in (found.filter(line=line) if line else found).values_list("value", "quantities"):
        for unit, figures in counted.items():
            sums = summed.setdefault((value, unit), [0, 0, 0, 0])
            sums[:] = [have + more for have, more in zip(sums, figures, strict=True)]
    labels = _labels("category")
    rows: list[dict[str, Any]] = [
        {"label": labels.get(value, _("no category yet")), "unit": unit, "lines": lines}
        | {"asked": asked, "approved": approved or None, "delivered": delivered or None}
        for (value, unit), (lines, asked, approved, delivered) in summed.items()
    ]
    return sorted(rows, key=lambda row: (row["label"], -row["lines"]))[:40]


def why_unmet(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Why cases could not be served, the most frequent reason first."""
    counted = sorted(row["why_unmet"].items(), key=lambda pair: -pair[1])
    return [{"words": Case.Outcome(outcome).label, "count": n} for outcome, n in counted]


def fairness(first: date, last: date, line: int | None = None) -> list[dict[str, Any]]:
    """How far the best and the worst served lie apart, between districts and between channels.

    Of the share met (of those met or not, in points) and of the median time to the first contact and to the door (how many
    times as long). Groups of fewer than twenty cases are left out; nothing is said of fewer than two groups.
    """
    found = []
    for group in ("district", "channel"):
        rows = [row for row in table(first, last, group, line) if row["received"] >= ENOUGH and row["key"]]
        for name, words in (
            ("met_percent", gettext_lazy("share met")),
            ("contact_median", gettext_lazy("first contact, median")),
            ("delivery_median", gettext_lazy("delivered, median")),
        ):
            known = sorted((row for row in rows if row[name] is not None), key=lambda row: row[name])
            if len(known) < 2:
                continue
            share = name == "met_percent"
            best, worst = (known[-1], known[0]) if share else (known[0], known[-1])
            apart = best[name] - worst[name] if share else round(worst[name] / best[name], 1)
            found.append(
                {"group": GROUPS[group], "words": words, "share": share, "best": best["label"], "worst": worst["label"],
                 "best_value": best[name], "worst_value": worst[name], "apart": apart}
            )  # fmt: skip
    return found


COLUMNS = [
    "received", "open", "met", "unmet", "cancelled", "delivered", "met_percent", "contact_median", "contact_p90",
    "decide_median", "decide_p90", "dispatch_median", "dispatch_p90", "delivery_median", "delivery_p90", "promised", "kept",
    "contact_due", "contact_kept", "decide_due", "decide_kept", "deliver_due", "deliver_kept",
]  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(format: str, rows: Sequence[dict[str, Any]], group: str, first: date, last: date) -> HttpResponse:
    """Times in seconds. The mark at the beginning of a CSV lets spreadsheets read Chinese."""
    lines: list[list[Any]] = [[group, *COLUMNS]]
    for row in rows:
        cells = (row[name] for name in COLUMNS)
        lines.append(
            [safe(row["label"]), *(round(c) if isinstance(c, float) else "" if c is None else c for c in cells)]
        )
    if format == "xlsx":
        response = HttpResponse(_workbook(lines), content_type=XLSX)
    else:
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        csv.writer(response).writerows(lines)
    response["Content-Disposition"] = f'attachment; filename="report-{group}-{first}-{last}.{format}"'
    return response


def _workbook(lines: Sequence[Sequence[Any]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in lines:
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
