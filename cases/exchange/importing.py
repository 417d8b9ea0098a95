"""The job of taking a file in: read it, try every row without keeping anything, and after a yes write the good ones.

A part of some rows and the position behind them are one transaction, so a run that breaks goes on where it stopped and
takes no row twice. A row that cannot be taken is kept with its reasons; the others go in.
"""

from __future__ import annotations

import csv
import hashlib
import io
import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases.exchange import kinds, reading, values
from cases.exchange.kinds import BadRow, Kind
from cases.models import Import, ImportFault
from hotline.lifecycle import MoveRefused
from hotline.locks import alone
from hotline.models import Line, User
from hotline.wake import wake

log = logging.getLogger(__name__)
S = Import.State
AT_ONCE = 25  # rows of one transaction: so long others wait for a telephone number it holds
TURN_SECONDS = 20.0  # then others get their turn at the worker, and it goes on after them
MOST_FAULTS = 50_000
KEPT = timedelta(days=30)


class _Tried(Exception):
    """Takes back what a row did while it is only tried."""


def hand_in(sent: UploadedFile, *, kind: Kind, line: Line, by: User, language: str, tell: bool = False) -> Import:
    """Keeps the file and begins to check it. Nothing of it is taken in before `begin`."""
    job = Import(kind=kind.slug, line=line, by=by, language=language, name=(sent.name or "")[-150:], tell=tell)
    job.file.save("import.bin", sent, save=False)
    job.save()
    _nudge()
    return job


def begin(job: Import, *, by: User) -> Import:
    """Somebody has looked at what the check found: the good rows go in. Raises MoveRefused."""
    with transaction.atomic():
        _lock(job)
        if job.state != S.CHECKED:
            raise MoveRefused(_("it is not waiting for a yes"))
        if not job.good:
            raise MoveRefused(_("there is no good row in it"))
        job.faults.all().delete()
        job.state, job.begun_at, job.by = S.RUNNING, timezone.now(), by
        job.position = job.good = job.known = job.failed = 0
        job.save()
        _nudge()
    return job


def drop(job: Import) -> Import:
    """Puts it away. What is in stays in; the rest is not taken."""
    with transaction.atomic():
        _lock(job)
        if job.state in (S.DONE, S.REFUSED, S.DROPPED):
            raise MoveRefused(_("it has ended already"))
        job.state, job.ended_at = S.DROPPED, timezone.now()
        job.save()
    return job


def work() -> int:
    """The sweep and the nudge: works on what is waiting, for one turn. Returns how many rows were looked at."""
    looked, until = 0, time.monotonic() + TURN_SECONDS
    with alone("cases.imports") as first:
        if not first:  # one worker is enough; the others have calls and texts to serve
            return 0
        waiting = Import.objects.filter(state__in=(S.READING, S.CHECKING, S.RUNNING)).order_by("id")
        for pk in waiting.values_list("pk", flat=True):
            looked += _work_on(pk, until)
    if time.monotonic() > until:
        _nudge()
    return looked


def _nudge() -> None:
    from cases.tasks import work_on_imports

    wake(work_on_imports)


def _work_on(pk: int, until: float) -> int:
    """Goes on with one file until its end or the end of the turn; nothing when another worker is at it."""
    rows: Iterator[reading.Raw] | None = None
    looked, at = 0, -1
    while time.monotonic() <= until:
        with transaction.atomic():
            waiting = Import.objects.filter(pk=pk, state__in=(S.READING, S.CHECKING, S.RUNNING))
            job = (
                waiting.select_for_update(skip_locked=True, no_key=True, of=("self",))
                .select_related("line", "by")
                .first()
            )
            if job is None:
                break
            with override(job.language):
                if job.state == S.READING:
                    _read(job)
                    continue
                if rows is None or at != job.position:
                    rows = reading.rows(Path(job.rows.path), job.position)
                done = _part(job, rows)
        looked, at = looked + done, job.position
        if not done:
            break
    return looked


def _read(job: Import) -> None:
    """The file as plain rows, with its titles understood; or why that is not possible."""
    kind = kinds.get(job.kind)
    if kind is None:
        job.state, job.why, job.ended_at = S.REFUSED, _("This kind of file is not known."), timezone.now()
        job.save()
        return
    job.rows.save("rows.csv", ContentFile(b""), save=False)
    try:
        read = reading.plain(Path(job.file.path), Path(job.rows.path), kind.is_head)
        job.encoding, job.titles, job.total = read.encoding, read.titles, read.total
        job.columns = [kind.means(title) for title in read.titles]
        _refuse_titles(job, kind)
        job.state = S.CHECKING
    except (reading.Unreadable, BadRow) as wrong:
        job.state, job.why, job.ended_at = S.REFUSED, str(wrong)[:300], timezone.now()
    job.save()


def _refuse_titles(job: Import, kind: Kind) -> None:
    lacking = [str(c.title) for c in kind.columns if c.required and c.slug not in job.columns]
    if lacking:
        raise BadRow(("", _("The file has no column for: %s") % ", ".join(lacking)))
    twice = sorted({str(kind.column(c).title) for c in job.columns if c and job.columns.count(c) > 1})
    if twice:
        raise BadRow(("", _("Two columns mean the same: %s") % ", ".join(twice)))
    if not job.total:
        raise BadRow(("", _("There is no row below the titles.")))


def _part(job: Import, rows: Iterator[reading.Raw]) -> int:
    """The next rows, their faults and the position behind them. Returns how many; 0 at the end."""
    kind = kinds.the(job.kind)
    looked, faults = 0, []
    for raw in rows:
        looked += 1
        try:
            new = _take(job, kind, raw)
        except BadRow as bad:
            job.failed += 1
            faults.append(ImportFault(imported=job, row=raw.number, cells=raw.cells, faults=_in_words(kind, bad)))
        else:
            job.good, job.known = job.good + new, job.known + (not new)
        if looked == AT_ONCE:
            break
    if job.failed <= MOST_FAULTS:
        ImportFault.objects.bulk_create(faults)
    job.position += looked
    if looked < AT_ONCE:
        job.state = S.CHECKED if job.state == S.CHECKING else S.DONE
        job.ended_at = timezone.now() if job.state == S.DONE else None
        log.info("import %s %s: %s good, %s there, %s failed", job.pk, job.state, job.good, job.known, job.failed)
    job.save()
    return looked if looked == AT_ONCE else 0


def _in_words(kind: Kind, bad: BadRow) -> list[dict[str, str]]:
    return [{"column": str(kind.column(slug).title) if slug else "", "words": words} for slug, words in bad.faults]


def _take(job: Import, kind: Kind, raw: reading.Raw) -> bool:
    """One row; True when it makes something. Kept only when the file is taken in, tried all the same before."""
    if raw.problem:
        raise BadRow(("", _problem(raw.problem)))
    cells = {slug: values.clean(cell) for slug, cell in zip(job.columns, raw.cells, strict=False) if slug}
    key = _key(kind, cells)
    new = False
    try:
        with transaction.atomic():
            new = kind.load(kind.read(cells), job, key)
            if job.state == S.CHECKING:
                raise _Tried
    except _Tried:
        pass
    except (BadRow, OperationalError):
        raise
    except MoveRefused as refused:
        raise BadRow(("", str(refused))) from refused
    except Exception as error:  # one row must not stop the file; what is ours to mend is in the log
        log.exception("import %s, row %s", job.pk, raw.number)
        words = _("cannot be taken; tell the administrator: file %(file)s, row %(row)s")
        raise BadRow(("", words % {"file": job.pk, "row": raw.number})) from error
    return new


def _problem(slug: str) -> str:
    return {
        reading.LONG: _("has more cells than there are titles: a comma or a quote too many?"),
        reading.CUT: _("the file breaks off in the middle of this row"),
        reading.UNREADABLE: _("a quote is opened and never closed: this row cannot be read"),
    }[slug]


def _key(kind: Kind, cells: dict[str, str]) -> str:
    """The same for the same row, whatever file it comes in: their own number for it, else all that it says."""
    if cells.get("reference"):
        return f"import:{kind.slug}:#{cells['reference']}"[:80]
    said = "\x1f".join(f"{slug}={cells[slug]}" for slug in sorted(cells) if cells[slug])
    return f"import:{kind.slug}:{hashlib.sha256(said.encode()).hexdigest()[:40]}"


def _lock(job: Import) -> Import:
    job.refresh_from_db(from_queryset=Import._base_manager.select_for_update(no_key=True, of=("self",)))
    return job


def delete_old() -> int:
    """The sweep: files handed in long ago, with the rows that were not taken. Returns how many; what was done stays known."""
    before = timezone.now() - KEPT
    old = (
        Import.objects.filter(created_at__lt=before)
        .exclude(state__in=(S.READING, S.CHECKING, S.RUNNING))
        .exclude(file="")
    )
    count = 0
    for job in old[:100]:
        for field in (job.file, job.rows):
            if field:
                field.delete(save=False)
        with transaction.atomic():
            job.faults.all().delete()
            if job.state == S.CHECKED:
                job.state, job.ended_at = S.DROPPED, timezone.now()
            job.save()
        count += 1
    return count


# what goes back to whoever handed it in


def failed_rows(job: Import) -> Iterator[str]:
    """The rows with a fault as a CSV to mend and hand in again: as they were, with row and reasons at the end."""
    yield "\ufeff" + line([*job.titles, _("row"), _("what is wrong")])
    for fault in job.faults.order_by("row").iterator(chunk_size=500):
        cells = [*fault.cells, *[""] * len(job.titles)][: max(len(job.titles), len(fault.cells))]
        why = "; ".join(
            f"{each['column']}: {each['words']}" if each["column"] else each["words"] for each in fault.faults
        )
        yield line([*cells, fault.row, why])


def empty_form(kind: Kind) -> str:
    """A CSV with the titles and one example, to be filled in."""
    return "\ufeff" + line([c.title for c in kind.columns]) + line([c.example for c in kind.columns])


def line(cells: list[Any]) -> str:
    """One line of a CSV. A cell that begins like a formula is one to a spreadsheet, so it begins with a sign that undoes it."""
    out = io.StringIO()
    csv.writer(out).writerow([safe(cell) for cell in cells])
    return out.getvalue()


def safe(cell: Any) -> Any:
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return cell
    words = str(cell)
    return f"'{words}" if words[:1] in ("=", "+", "-", "@", "\t", "\r") else words
