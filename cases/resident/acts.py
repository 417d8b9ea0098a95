"""What a resident says on the page. It counts as if said by text: the same rules, and somebody of us reads it.

Each answers the words for the resident, in the language that is active. Saying the same twice changes nothing more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import addresses, callbacks, freshness, holds, outcomes, prescriptions, steps, survey
from cases.lifecycle import CaseState
from cases.models import Callback, Case, Note, Prescription, StillNeeded, Survey
from hotline import live
from hotline.lifecycle import MoveRefused
from hotline.pictures import checked

S = CaseState
BEFORE_GOODS = (S.NEW, S.TRIAGED, S.SOURCING)
CAN_BE_CANCELLED = (*BEFORE_GOODS, S.READY, S.PLANNED, S.EN_ROUTE, S.ON_HOLD)
# The words of the desk for what a hold waits for (cases.desk.reasons).
WAITS_FOR_RESIDENT = "resident"
SAME_WORDS_WITHIN = timedelta(minutes=10)
LONGEST_ADDRESS = 300
MOST_PHOTOS_A_DAY = 10


def still_needed(case: Case) -> str:
    """Yes, still: a question about it is settled, and a hold that waited for the answer ends."""
    with transaction.atomic():
        steps.lock(case)
        _is_open(case)
        _note(case, "［网页］仍然需要 / still needed")
        freshness.answer(case, StillNeeded.Answer.YES)
        if case.state == S.ON_HOLD and case.hold_reason == WAITS_FOR_RESIDENT:
            holds.resume(case, reason="answered on the page: still needed")
    return _("Thank you. We go on with it.")


def no_longer(case: Case) -> str:
    """No longer needed: cancelled at once, and a vehicle under way is told."""
    if case.state == S.CANCELLED:
        return _("It is cancelled.")
    if case.state not in CAN_BE_CANCELLED:
        raise MoveRefused(_("It cannot be cancelled any more. Please call us."))
    outcomes.cancel(case, reason="no longer needed, said on the page")
    return _("It is cancelled. Thank you for telling us: somebody else can be helped sooner.")


def correct_address(case: Case, words: str) -> str:
    """Another address. Before goods are sought it is taken as far as it is understood; an agent checks it by telephone."""
    words = " ".join(words.split())[:LONGEST_ADDRESS]
    if len(words) < 4:
        raise MoveRefused(_("Please write district, compound, building and room."))
    with transaction.atomic():
        steps.lock(case)
        _is_open(case)
        if not _note(case, f"［网页］更正地址 / address: {words}"):
            return _("We have it already. Thank you.")
        if case.state in BEFORE_GOODS:
            _take_address(case, words)
        callbacks.schedule(
            line=case.line,
            kind=Callback.Kind.CLARIFY,
            due_at=timezone.now(),
            case=case,
            reason=_("address corrected on the page: %(words)s") % {"words": words},
        )
    return _("Thank you. We have written it down; somebody may call you to make sure.")


def add_photo(case: Case, sent: UploadedFile) -> str:
    """A photo of the prescription or the box: on the first need that wants one; a hold for it ends. Raises NotAPicture."""
    picture = checked(sent)
    with transaction.atomic():
        steps.lock(case)
        _is_open(case)
        need = case.needs.order_by("-prescription_needed", "pk").first()
        if need is None:
            raise MoveRefused(_("Please tell us first what you need."))
        if case.notes.filter(by=None, text__startswith="［网页］照片", at__gte=_day_ago()).count() >= MOST_PHOTOS_A_DAY:
            raise MoveRefused(_("That is enough photos for today. Thank you."))
        paper, _is_new = Prescription.objects.get_or_create(need=need)
        Note.objects.create(case=case, by=None, text=f"［网页］照片 / photo: {need.item}")
        prescriptions.receive(paper, photo=picture)
        live.publish(f"case:{case.pk}")
    return _("Thank you, the photo has arrived.")


def answer_survey(case: Case, said: str) -> str:
    """Received, not yet, no longer needed: the same as the digit by text."""
    asked = case.surveys.filter(closed_at=None).first()
    if asked is None or said not in (Survey.Answer.RECEIVED, Survey.Answer.NOT_YET, Survey.Answer.NOT_NEEDED):
        return _("Thank you, we have your answer.")
    survey.answer(asked, said)
    return _("Thank you, we have your answer.")


def _is_open(case: Case) -> None:
    if not case.is_open:
        raise MoveRefused(_("This request has ended. Please call us or send a text."))


def _note(case: Case, text: str) -> bool:
    """Writes it where agents read; False when the same was said moments ago."""
    if case.notes.filter(by=None, text=text, at__gte=timezone.now() - SAME_WORDS_WITHIN).exists():
        return False
    Note.objects.create(case=case, by=None, text=text)
    live.publish(f"case:{case.pk}")
    if case.owner_agent_id:
        live.publish(f"desk:{case.owner_agent_id}", "message", case=case.pk)
    return True


def _take_address(case: Case, words: str) -> None:
    address = addresses.from_words(words)
    if address and address.community_id:
        steps.write(case, address=address, district=address.district, reason="address corrected on the page")


def _day_ago() -> datetime:
    return timezone.now() - timedelta(days=1)
