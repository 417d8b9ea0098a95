"""Reports: what was asked, what became of it and how long it took, by day, category, district, level or channel."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from cases.models import Case, Need
from hotline.access import ADMINISTRATOR, SUPERVISOR, roles

GROUPS: dict[str, tuple[Any, Any]] = {
    "day": (gettext_lazy("day"), TruncDate("created_at")),
    "category": (gettext_lazy("category"), F("category__name")),
    "district": (gettext_lazy("district"), F("district__name")),
    "level": (gettext_lazy("level"), F("level")),
    "channel": (gettext_lazy("came by"), F("channel")),
}
MOST_DAYS = 92
MET = Q(outcome__in=("received", "met_otherwise", "referred"))


class Percentile(Aggregate):
    """percentile_cont: the value below which this share lies."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    allow_distinct = False

    def __init__(self, since: str, until: str, share: float) -> None:
        span = ExpressionWrapper(F(until) - F(since), output_field=DurationField())
        super().__init__(span, share=share, output_field=DurationField())


@roles(SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """The table; ?format=csv gives it as a file."""
    first, last = _days(request)
    group = request.GET.get("by", "category")
    group = group if group in GROUPS else "category"
    rows = table(first, last, group)
    if request.GET.get("format") == "csv":
        return _csv(rows, group, first, last)
    context = {
        "rows": rows,
        "total": table(first, last, None)[0],
        "unmet": why_unmet(first, last),
        "quantities": quantities(first, last),
        "groups": [{"slug": slug, "words": words} for slug, (words, _e) in GROUPS.items()],
        "group": group,
        "group_words": GROUPS[group][0],
        "first": first,
        "last": last,
    }
    return render(request, "cases/board/reports.html", context)


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


def _cases(first: date, last: date) -> Any:
    zone = timezone.get_current_timezone()
    start = datetime.combine(first, datetime.min.time(), zone)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    return Case.objects.filter(created_at__gte=start, created_at__lt=end).exclude(state="duplicate")


def table(first: date, last: date, group: str | None) -> list[dict[str, Any]]:
    """One row per value of `group`, or one row over all. Duplicates are counted once, with the case they are part of."""
    found = _cases(first, last).order_by()
    if group is None:
        return [_row(found.aggregate(**_figures()))]
    named = found.annotate(group=GROUPS[group][1]).values("group").annotate(**_figures()).order_by("group")
    return [_row(row) | {"label": _label(group, row["group"])} for row in named]


def _figures() -> dict[str, Any]:
    return {
        "received": Count("pk"),
        "met": Count("pk", filter=Q(state="closed") & MET | Q(state="cancelled", outcome="met_otherwise")),
        "unmet": Count("pk", filter=Q(state="unmet")),
        "cancelled": Count("pk", filter=Q(state="cancelled") & ~Q(outcome="met_otherwise")),
        "delivered": Count("pk", filter=Q(delivered_at__isnull=False)),
        "kept": Count("pk", filter=Q(promise_kept=True)),
        "promised": Count("pk", filter=Q(promise_kept__isnull=False)),
        "contact_median": Percentile("created_at", "contacted_at", 0.5),
        "contact_p90": Percentile("created_at", "contacted_at", 0.9),
        "decide_median": Percentile("created_at", "decided_at", 0.5),
        "delivery_median": Percentile("created_at", "delivered_at", 0.5),
        "delivery_p90": Percentile("created_at", "delivered_at", 0.9),
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    times = {
        name: span.total_seconds() if span is not None else None
        for name, span in row.items()
        if "_m" in name or "_p" in name
    }
    ended = row["met"] + row["unmet"] + row["cancelled"]
    kept = round(100 * row["kept"] / row["promised"]) if row["promised"] else None
    return row | times | {"open": row["received"] - ended, "kept_percent": kept}


def _label(group: str, value: Any) -> str:
    if value is None or value == "":
        return _("not known")
    if group == "level":
        return f"{value} {Case.Level(value).label}"
    if group == "channel":
        return str(Case.Channel(value).label)
    return str(value)


def quantities(first: date, last: date) -> list[dict[str, Any]]:
    """Asked, approved and delivered by category and unit: what came in on these days, and what of it was handed over."""
    mine = Need.objects.filter(case__in=_cases(first, last).values("pk"), quantity__isnull=False)
    first_hand = Q(case__rest_of=None)  # what was left over was asked for once, and is delivered with its own case
    rows = mine.values("case__category__name", "case__category__name_en", "unit").annotate(
        lines=Count("pk", filter=first_hand),
        asked=Sum("quantity", filter=first_hand),
        approved=Sum("approved", filter=first_hand),
        delivered=Sum("delivered"),
    )
    return [
        row | {"label": _named(row["case__category__name"], row["case__category__name_en"])}
        for row in rows.order_by("case__category__name", "-lines")[:40]
    ]


def _named(name: str | None, english: str | None) -> str:
    """A category in the language of the page."""
    shown = english if english and (get_language() or "").startswith("en") else name
    return shown or _("no category yet")


def why_unmet(first: date, last: date) -> list[dict[str, Any]]:
    """Why cases could not be served, the most frequent reason first."""
    counted = _cases(first, last).filter(state="unmet").order_by().values_list("outcome").annotate(n=Count("pk"))
    return [
        {"words": Case.Outcome(outcome).label, "count": n} for outcome, n in sorted(counted, key=lambda row: -row[1])
    ]


COLUMNS = [
    "received", "open", "met", "unmet", "cancelled", "delivered", "contact_median", "contact_p90", "decide_median",
    "delivery_median", "delivery_p90", "promised", "kept",
]  # fmt: skip


def _csv(rows: list[dict[str, Any]], group: str, first: date, last: date) -> HttpResponse:
    """Times in seconds. The mark at the beginning lets spreadsheets read Chinese."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="report-{group}-{first}-{last}.csv"'
    writer = csv.writer(response)
    writer.writerow([group, *COLUMNS])
    for row in rows:
        writer.writerow([_safe(row["label"]), *(row[name] if row[name] is not None else "" for name in COLUMNS)])
    return response


def _safe(words: str) -> str:
    """A cell that begins like a formula is one to a spreadsheet."""
    return f"'{words}" if words[:1] in "=+-@" else words
