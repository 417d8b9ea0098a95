"""Files in and out: what is handed in is checked first and taken in after a yes; what is taken out is written meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cases.desk.answers import back, explained
from cases.exchange import exporting, importing, kinds, reading
from cases.models import Export, Import
from hotline.access import ADMINISTRATOR, SUPERVISOR, roles
from hotline.models import Line, User

LEADS = (SUPERVISOR, ADMINISTRATOR)
SHOWN = 20
FAULTS_SHOWN = 100
CHUNK = 256 * 1024


@roles(*LEADS)
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Hand in, take out, and what there was lately."""
    context = {
        "kinds": kinds.known(),
        "lines": Line.objects.filter(active=True),
        "imports": [
            {"job": job, "kind": _title(job.kind)}
            for job in Import.objects.select_related("by").order_by("-id")[:SHOWN]
        ],
        **_exports(),
    }
    return render(request, "cases/exchange/page.html", context)


@roles(*LEADS)
@require_GET
def export_rows(request: HttpRequest) -> HttpResponse:
    """The exports, as they are getting on."""
    return render(request, "cases/exchange/export_rows.html", _exports())


def _exports() -> dict[str, Any]:
    found = [
        {"export": export, "kind": _title(export.kind)}
        for export in Export.objects.select_related("by").order_by("-id")[:SHOWN]
    ]
    return {"exports": found, "export_busy": any(row["export"].is_busy for row in found)}


def _title(slug: str) -> Any:
    kind = kinds.get(slug)
    return kind.title if kind else slug


# in


@roles(*LEADS)
@require_POST
def hand_in(request: HttpRequest) -> HttpResponse:
    """Keeps the file; its own page shows how the check gets on."""
    sent, kind = request.FILES.get("file"), kinds.get(request.POST.get("kind", ""))
    line = Line.objects.filter(pk=_whole(request.POST.get("line"))).first() or Line.objects.filter(active=True).first()
    here = redirect("cases:exchange").url
    if sent is None or kind is None or line is None:
        return back(request, here, _("Choose a file and say what is in it."), bad=True)
    if (sent.size or 0) > reading.MOST_BYTES:
        return back(request, here, _("The file is larger than 200 MB: hand it in in parts."), bad=True)
    by: User = request.user  # type: ignore[assignment]
    job = importing.hand_in(
        sent, kind=kind, line=line, by=by, language=get_language() or "zh-hans", tell="tell" in request.POST
    )
    return redirect("cases:import", pk=job.pk)


@roles(*LEADS)
@require_GET
def one_import(request: HttpRequest, pk: int) -> HttpResponse:
    """How it gets on, what is wrong with which row, and what can be done next."""
    job = get_object_or_404(Import.objects.select_related("by", "line"), pk=pk)
    kind = kinds.get(job.kind)
    unused = [title for title, slug in zip(job.titles, job.columns, strict=False) if title and not slug]
    context = {
        "job": job,
        "kind": _title(job.kind),
        "faults": list(job.faults.order_by("row")[:FAULTS_SHOWN]),
        "more_faults": max(job.failed - FAULTS_SHOWN, 0),
        "used": [str(kind.column(slug).title) for slug in job.columns if slug] if kind else [],
        "unused": unused,
        "rather": kinds.looks_like(job.titles, kind) if kind and job.titles else None,
    }
    part = request.headers.get("HX-Request") and not request.headers.get("HX-Boosted")
    return render(request, f"cases/exchange/import{'_part' if part else ''}.html", context)


@roles(*LEADS)
@require_POST
@explained
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Take the good rows in, or put the file away."""
    job = get_object_or_404(Import, pk=pk)
    by: User = request.user  # type: ignore[assignment]
    if what == "begin":
        importing.begin(job, by=by)
    elif what == "drop":
        importing.drop(job)
    else:
        raise Http404
    return redirect("cases:import", pk=pk)


@roles(*LEADS)
@require_GET
def failed(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows with a fault, to be mended and handed in again."""
    job = get_object_or_404(Import, pk=pk)
    response = HttpResponse(importing.failed_rows(job), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="failed-{job.pk}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


@roles(*LEADS)
@require_GET
def empty_form(request: HttpRequest, kind: str) -> HttpResponse:
    """The titles of a kind with one example."""
    found = kinds.get(kind)
    if found is None:
        raise Http404
    response = HttpResponse(importing.empty_form(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return response


# out


@roles(*LEADS)
@require_POST
@explained
def take_out(request: HttpRequest) -> HttpResponse:
    """Orders an export; it is written meanwhile."""
    kind = kinds.get(request.POST.get("kind", ""))
    if kind is None:
        raise Http404
    wanted = request.POST.get("format", "")
    days = {name: request.POST.get(name, "") for name in ("first", "last")} if kind.has_days else {}
    filters: dict[str, Any] = {name: day for name, day in days.items() if day}
    if kind.has_days and "open" in request.POST:
        filters["open"] = True
    by: User = request.user  # type: ignore[assignment]
    exporting.ask(
        kind,
        by=by,
        format=wanted if wanted in Export.Format.values else Export.Format.CSV,
        filters=filters,
        language=get_language() or "zh-hans",
        unmasked="unmasked" in request.POST,
        reason=request.POST.get("reason", ""),
    )
    return back(request, redirect("cases:exchange").url, _("It is being written. You may leave this page."))


@roles(*LEADS)
@require_GET
def fetch(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, piece by piece, however large it is; who fetched it is written down."""
    export = get_object_or_404(Export, pk=pk)
    if export.state != Export.State.DONE:
        raise Http404
    by: User = request.user  # type: ignore[assignment]
    exporting.fetched(export, by)
    kind = "text/csv; charset=utf-8" if export.format == Export.Format.CSV else XLSX
    response = StreamingHttpResponse(_pieces(Path(export.file.path)), content_type=kind)
    response["Content-Length"] = str(export.size)
    day = export.created_at.strftime("%Y%m%d")
    response["Content-Disposition"] = f'attachment; filename="{export.kind}-{day}-{export.pk}.{export.format}"'
    response["Cache-Control"] = "private, no-store"
    return response


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    """Under ASGI a plain iterator would be read to its end before the first byte goes out."""
    at = 0
    while piece := await sync_to_async(_piece)(path, at):
        at += len(piece)
        yield piece


def _piece(path: Path, at: int) -> bytes:
    with path.open("rb") as file:
        file.seek(at)
        return file.read(CHUNK)


def _whole(words: str | None) -> int:
    return int(words) if words and words.isdecimal() and len(words) < 10 else 0
