"""A person's data: handed out on request, taken away on request or after its time. Figures stay; docs/privacy.md says what else.

`also` lets packages further up take away what they hold (dispatch: proofs). A person with an open case is not touched.
"""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import masking
from cases.lifecycle import FINAL_STATES
from cases.models import (
    Address,
    Attempt,
    Callback,
    Case,
    Contact,
    DataRequest,
    Draft,
    Need,
    Note,
    Offer,
    Phone,
    Prescription,
    Receiver,
    Referral,
    Resident,
    RetentionPolicy,
    StillNeeded,
    Survey,
    Transition,
)
from hotline import erasing
from hotline.lifecycle import MoveRefused
from hotline.models import Message, Picture, User

log = logging.getLogger(__name__)
SHORTEST_REASON = 4
AT_ONCE = 500
OF_CASE: dict[str, Any] = {
    "words": "", "relation": "", "answers": {}, "vulnerabilities": [], "level_reasons": [], "suggestion": {}, "red_flags": [],
    "due_sum": [], "waits_because": {}, "hold_reason": "", "outcome_note": "",
}  # fmt: skip
OF_ADDRESS: dict[str, Any] = {
    "said": "", "street": "", "building": "", "room": "", "lon": None, "lat": None, "gate_contact": "", "gate_phone": "",
    "committee_phone": "",
}  # fmt: skip

Also = Callable[[list[int]], dict[str, int]]
_also: list[Also] = []


def also(erase_of_cases: Also) -> None:
    """Registers what else is to be taken away of some cases; it answers how many of what."""
    _also.append(erase_of_cases)


def cases_of(person: Resident) -> QuerySet[Case]:
    """Those about the person."""
    return Case.objects.filter(person=person)


def why_not(person: Resident) -> str:
    """Why nothing can be taken away now, in words; "" when it can."""
    if person.anonymised_at:
        return _("nothing is left to take away")
    theirs = Case.objects.filter(Q(person=person) | Q(reporter=person))
    open_ones = theirs.exclude(state__in=FINAL_STATES)
    if open_ones.exists():
        return _("a case is open: %s") % ", ".join(case.number for case in open_ones[:5])
    return ""


def erase(person: Resident, *, what: str, by: User | None = None, reason: str = "") -> DataRequest:
    """Takes the person's data away for good, in one transaction; raises MoveRefused while a case of theirs is open."""
    if what == DataRequest.What.ERASED and len(reason.strip()) < SHORTEST_REASON:
        raise MoveRefused(_("write down who asked for it, and why"))
    files: list[Any] = []
    with transaction.atomic():
        person.refresh_from_db(from_queryset=Resident._base_manager.select_for_update(no_key=True, of=("self",)))
        if refused := why_not(person):
            raise MoveRefused(refused)
        pks = list(cases_of(person).values_list("pk", flat=True))
        counts: dict[str, int] = {"cases": len(pks)}
        counts |= erasing.texts_and_calls(*_contacts(person, pks), _numbers_of_theirs_alone(person))
        counts |= _of_cases(pks, files)
        _callbacks(person, pks)
        for more in _also:
            counts |= more(pks)
        _addresses(person, pks)
        Offer.objects.filter(resident=person).update(words="", asked_number="")
        Offer.history.filter(resident_id=person.pk).update(words="", asked_number="")
        person.phones.all().delete()
        Resident.objects.filter(pk=person.pk).update(
            name="", note="", birth_year=None, vulnerabilities=[], hard_of_hearing=False, address=None,
            anonymised_at=timezone.now(),
        )  # fmt: skip
        Resident.history.filter(id=person.pk).delete()
        done = DataRequest.objects.create(
            what=what, resident_id=person.pk, by=by, reason=reason.strip()[:200], counts=counts
        )
        transaction.on_commit(lambda: [field.storage.delete(field.name) for field in files])
    person.refresh_from_db()
    log.info("data of resident %s %s: %s", person.pk, what, counts)
    return done


def _contacts(person: Resident, pks: list[int]) -> tuple[list[int], list[int]]:
    """The texts and calls that are on the person's cases or were theirs."""
    found = Contact.objects.filter(Q(case__in=pks) | Q(resident=person))
    messages = set(found.filter(message__isnull=False).values_list("message", flat=True))
    told = Message.objects.filter(topic__in=[f"case:{pk}" for pk in pks]).values_list("pk", flat=True)
    calls = set(found.filter(call__isnull=False).values_list("call", flat=True))
    return sorted(messages | set(told)), sorted(calls)


def _numbers_of_theirs_alone(person: Resident) -> list[str]:
    """A number that somebody else is reached under as well is not forgotten with one of them."""
    mine = [str(number) for number in person.phones.values_list("number", flat=True)]
    shared = {
        str(n) for n in Phone.objects.filter(number__in=mine).exclude(resident=person).values_list("number", flat=True)
    }
    return [number for number in mine if number not in shared]


def _of_cases(pks: list[int], files: list[Any]) -> dict[str, int]:
    Case.objects.filter(pk__in=pks).update(**OF_CASE)
    Case.history.filter(id__in=pks).update(**OF_CASE, history_change_reason="")
    Transition.objects.filter(case__in=pks).update(reason="")
    Survey.objects.filter(case__in=pks).update(number="")
    StillNeeded.objects.filter(case__in=pks).update(number="")
    Referral.objects.filter(case__in=pks).update(whom="", number="", words="", said="")
    Referral.history.filter(case_id__in=pks).update(whom="", number="", words="", said="")
    Draft.objects.filter(case__in=pks).delete()
    Receiver.objects.filter(case__in=pks).delete()
    notes = Note.objects.filter(case__in=pks).delete()[0]
    papers = Prescription.objects.filter(need__case__in=pks)
    files += [paper.photo for paper in papers if paper.photo]
    photos = len(files)
    Prescription.history.filter(
        need_id__in=list(Need.objects.filter(case__in=pks).values_list("pk", flat=True))
    ).delete()
    papers.update(number="", doctor="", said="", photo="")
    return {"notes": notes, "prescription photos": photos}


def _callbacks(person: Resident, pks: list[int]) -> None:
    owed = Callback.objects.filter(Q(case__in=pks) | Q(resident=person))
    Attempt.objects.filter(callback__in=owed.values("pk")).update(note="")
    Callback.history.filter(id__in=list(owed.values_list("pk", flat=True))).update(
        number="", reason="", history_change_reason=""
    )
    owed.update(number="", reason="")


def _addresses(person: Resident, pks: list[int]) -> None:
    """Doors become communities, unless somebody else lives or asked there."""
    mine = set(Case.objects.filter(pk__in=pks, address__isnull=False).values_list("address", flat=True))
    mine |= {person.address_id} if person.address_id else set()
    others = set(Case.objects.filter(address__in=mine).exclude(pk__in=pks).values_list("address", flat=True))
    others |= set(Resident.objects.filter(address__in=mine).exclude(pk=person.pk).values_list("address", flat=True))
    Address.objects.filter(pk__in=mine - others).update(**OF_ADDRESS)
    Address.history.filter(id__in=mine - others).update(**OF_ADDRESS)
    Case.objects.filter(pk__in=pks, address__in=others).update(address=None)


# after its time


def due(now: datetime | None = None, *, days: int | None = None) -> Iterator[Resident]:
    """Whose last case ended longer ago than their line keeps data; `days` tries another length for every line."""
    now = now or timezone.now()
    lengths = {policy.line_id: policy.days for policy in RetentionPolicy.objects.all()}
    if days is not None:
        lengths = dict.fromkeys(Case.objects.order_by().values_list("line", flat=True).distinct(), days)
    for line, length in lengths.items():
        before = now - timedelta(days=length)
        ended = Case.objects.filter(line=line, closed_at__lt=before, person__anonymised_at=None)
        people = ended.order_by().values("person").annotate(last=Max("closed_at")).order_by("last")
        for pk in people.values_list("person", flat=True).iterator(chunk_size=AT_ONCE):
            person = Resident.objects.get(pk=pk)
            theirs = Case.objects.filter(Q(person=person) | Q(reporter=person))
            later = theirs.filter(Q(closed_at__gte=before) | ~Q(state__in=FINAL_STATES))
            if not later.exists():
                yield person


def apply(limit: int = AT_ONCE) -> int:
    """The sweep: takes away what has had its time. Returns how many people."""
    count = 0
    for person in due():
        try:
            erase(person, what=DataRequest.What.EXPIRED)
        except MoveRefused as refused:  # a case was opened meanwhile
            log.info("resident %s kept: %s", person.pk, refused)
            continue
        count += 1
        if count >= limit:
            break
    return count


# handing out


def hand_out(person: Resident, *, by: User, reason: str) -> bytes:
    """Everything held of a person as a ZIP: data.json and the files. Who asked and why is written down first."""
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise MoveRefused(_("write down who asked for it, and why"))
    data, files = _collected(person)
    with transaction.atomic():
        masking.unmask(by, "export of a person", resident=person)
        counts = {"cases": len(data["cases"]), "texts": len(data["texts"]), "files": len(files)}
        DataRequest.objects.create(
            what=DataRequest.What.EXPORT, resident_id=person.pk, by=by, reason=reason[:200], counts=counts
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=2, default=str))
        for name, field in files:
            if field.storage.exists(field.name):
                with field.storage.open(field.name) as file:
                    packed.writestr(name, file.read())
    return out.getvalue()


def _collected(person: Resident) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    found = cases_of(person).select_related("category", "address__community", "district").order_by("pk")
    pks = [case.pk for case in found]
    messages, calls = _contacts(person, pks)
    data: dict[str, Any] = {
        "person": {
            name: getattr(person, name)
            for name in ("name", "language", "birth_year", "vulnerabilities", "hard_of_hearing", "note", "created_at")
        },
        "telephones": [str(number) for number in person.phones.values_list("number", flat=True)],
        "address": str(person.address or ""),
        "cases": [
            {
                "number": case.number,
                "category": str(case.category or ""),
                "address": str(case.address or ""),
                "needs": [str(need) for need in case.needs.all()],
                "notes": list(case.notes.values("at", "text")),
                "moves": list(case.transitions.values("at", "to_state", "reason")),
            }
            | {name: getattr(case, name) for name in ("words", "level", "state", "outcome", "outcome_note", "answers")}
            | {name: getattr(case, name) for name in ("vulnerabilities", "created_at", "delivered_at", "closed_at")}
            for case in found.prefetch_related("needs")
        ],
        **erasing.held(messages, calls),
    }
    pictures = Picture.objects.filter(message__in=messages).exclude(file="")
    papers = Prescription.objects.filter(need__case__in=pks).exclude(photo="")
    files = [(f"pictures/{picture.pk}{Path(str(picture.file.name)).suffix}", picture.file) for picture in pictures]
    files += [(f"prescriptions/{paper.pk}{Path(str(paper.photo.name)).suffix}", paper.photo) for paper in papers]
    return data, files
