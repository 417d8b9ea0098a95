"""The job of taking data out: written part by part to a file that lies outside the web root, whatever its size.

Names, telephones, doors and words are masked unless somebody says why not. Every export is a row that stays: who, what, why,
how often fetched; with whole names it stands in the log of personal data too. The file itself goes after a week.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from cases import masking
from cases.exchange import importing, kinds
from cases.exchange.kinds import Kind
from cases.models import Export
from hotline.lifecycle import MoveRefused
from hotline.models import User
from hotline.wake import wake

log = logging.getLogger(__name__)
S, F_ = Export.State, Export.Format
KEPT = timedelta(days=7)
LEASE = timedelta(minutes=2)  # a worker that dies while writing gives the export back after so long
TURN_SECONDS = 20.0
MOST_TRIES = 5
ROWS_OF_A_SHEET = 1_000_000  # a sheet of a workbook holds 1,048,576
SHORTEST_REASON = 4


def ask(
    kind: Kind,
    *,
    by: User,
    format: str,
    filters: dict[str, Any],
    language: str,
    unmasked: bool = False,
    reason: str = "",
) -> Export:
    """Orders an export. Raises MoveRefused when personal data is wanted without a reason."""
    reason = reason.strip()
    if unmasked and len(reason) < SHORTEST_REASON:
        raise MoveRefused(_("whole names and numbers are handed out for a reason only: write it down"))
    export = Export(
        kind=kind.slug, format=format, filters=filters, by=by, language=language, unmasked=unmasked, reason=reason[:200]
    )
    with transaction.atomic():
        export.save()
        if unmasked and kind.personal:
            masking.unmask(by, f"export {export.pk}: {kind.slug}")
    log.info("export %s of %s asked by user %s, unmasked: %s", export.pk, kind.slug, by.pk, unmasked)
    _nudge()
    return export


def fetched(export: Export, by: User) -> None:
    """Somebody fetches the file: counted, and logged where it holds personal data."""
    with transaction.atomic():
        Export.objects.filter(pk=export.pk).update(fetched=F("fetched") + 1)
        kind = kinds.get(export.kind)
        if export.unmasked and kind and kind.personal:
            masking.unmask(by, f"fetched export {export.pk}")
    log.info("export %s fetched by user %s", export.pk, by.pk)


def work() -> int:
    """The sweep and the nudge: writes what is waiting, for one turn. Returns how many rows."""
    written, until = 0, time.monotonic() + TURN_SECONDS
    while time.monotonic() < until:
        export = _lease()
        if export is None:
            return written
        before = export.rows
        try:
            with override(export.language):
                done = _write(export, until)
        except Exception:  # the next try begins where the file was whole
            log.exception("export %s", export.pk)
            _failed(export)
            continue
        written += export.rows - before
        if not done:
            _nudge()
            return written
    return written


def _nudge() -> None:
    from cases.tasks import work_on_exports

    wake(work_on_exports)


def delete_old() -> int:
    """The sweep: files that have had their time. Returns how many."""
    count = 0
    for export in Export.objects.filter(state=S.DONE, delete_after__lte=timezone.now())[:100]:
        export.file.delete(save=False)
        export.state = S.GONE
        export.save(update_fields=["state", "file"])
        count += 1
    return count


def _lease() -> Export | None:
    now = timezone.now()
    with transaction.atomic():
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        found = Export.objects.filter(free, state__in=(S.WAITING, S.WRITING)).order_by("id")
        export = found.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
        if export is None:
            return None
        export.leased_until = now + LEASE
        if export.state == S.WAITING:
            export.state = S.WRITING
            export.file.save(f"{export.kind}.{export.format}", ContentFile(b""), save=False)
        export.save()
    return export


def _failed(export: Export) -> None:
    export.refresh_from_db()
    export.tries += 1
    export.leased_until = None
    if export.tries >= MOST_TRIES:
        export.state, export.ended_at = S.FAILED, timezone.now()
    export.save()


def _write(export: Export, until: float) -> bool:
    """Goes on with the file; True when it is whole."""
    kind = kinds.the(export.kind)
    if not export.total:
        export.total = kind.count(export)
    if export.format == F_.XLSX:
        return _workbook(export, kind)
    with Path(export.file.path).open("r+b") as out:
        out.truncate(export.size)  # what a broken run left behind the last whole part
        out.seek(0, 2)
        if not export.size:
            out.write(("\ufeff" + importing.line(list(kind.titles))).encode())
        for part in kind.write(export, export.position):
            out.write("".join(importing.line(row) for row in part.rows).encode())
            out.flush()
            export.position, export.size, export.rows = part.position, out.tell(), export.rows + len(part.rows)
            _keep(export)
            if time.monotonic() > until:
                Export.objects.filter(pk=export.pk).update(leased_until=None)
                return False
        export.size = out.tell()
    _done(export)
    return True


def _workbook(export: Export, kind: Kind) -> bool:
    """A workbook is written in one go: its rows go to the disk as they come, and it is only whole at its end."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    titles = [str(title) for title in kind.titles]
    sheet, rows = book.create_sheet(), 0
    sheet.append(titles)
    for part in kind.write(export, 0):
        for row in part.rows:
            if rows and rows % ROWS_OF_A_SHEET == 0:
                sheet = book.create_sheet()
                sheet.append(titles)
            sheet.append([_plain(cell) for cell in row])
            rows += 1
        export.rows = rows
        _keep(export)
    book.save(export.file.path)
    export.size = Path(export.file.path).stat().st_size
    _done(export)
    return True


def _plain(cell: Any) -> Any:
    """Words as words: a workbook takes what begins with = for a formula, and refuses signs that no text has."""
    if not isinstance(cell, str):
        return cell
    words = "".join(sign for sign in cell if sign >= " " or sign in "\n\t")
    return importing.safe(words)


def _keep(export: Export) -> None:
    export.leased_until = timezone.now() + LEASE
    export.save(update_fields=["rows", "position", "size", "total", "leased_until"])


def _done(export: Export) -> None:
    now = timezone.now()
    export.state, export.ended_at, export.delete_after, export.leased_until = S.DONE, now, now + KEPT, None
    export.total = export.rows
    export.save()
    log.info("export %s written: %s rows, %s bytes", export.pk, export.rows, export.size)
