"""The paper a pharmacy asks for: needed, photo asked, received, consultation booked, issued, checked.

The photo comes over the resident's signed page. A controlled drug is a matter for a supervisor: the case is laid before
one when it is judged, and its goods are looked for only once a supervisor has said yes.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import callbacks, holds, steps, updates
from cases.lifecycle import BEFORE_VEHICLE, CaseState
from cases.models import Callback, Case, Need, Prescription
from cases.resident import link
from hotline.access import ADMINISTRATOR, SUPERVISOR
from hotline.lifecycle import MoveRefused
from hotline.models import User

State = Prescription.State
# From which states each step can be made.
FROM: dict[str, tuple[str, ...]] = {
    State.PHOTO_ASKED: (State.NEEDED, State.PHOTO_ASKED, State.REFUSED),
    State.RECEIVED: (State.NEEDED, State.PHOTO_ASKED, State.REFUSED, State.RECEIVED),
    State.BOOKED: (State.NEEDED, State.PHOTO_ASKED, State.RECEIVED, State.REFUSED, State.BOOKED),
    State.ISSUED: (State.NEEDED, State.PHOTO_ASKED, State.RECEIVED, State.REFUSED, State.BOOKED, State.ISSUED),
    State.CHECKED: (State.RECEIVED, State.ISSUED),
    State.REFUSED: (State.RECEIVED, State.ISSUED, State.BOOKED, State.CHECKED),
}
LONGEST_VALID = timedelta(days=366)
CALLED_AT = time(10, 0)  # on the day before it expires


def papers(case: Case) -> list[Prescription]:
    """The prescriptions of a case, one for each need that asks for one; made where they are not there yet."""
    for need in case.needs.filter(prescription=None, prescription_needed=True):
        Prescription.objects.get_or_create(need=need)
    return list(Prescription.objects.filter(need__case=case).select_related("need").order_by("need"))


def ask_photo(case: Case, *, by: User | None = None, again: bool = False) -> int:
    """Texts the link of the resident's page, once, or `again` when somebody presses for it. Returns how many it is for."""
    with transaction.atomic():
        wanted = [paper for paper in papers(case) if paper.state in FROM[State.PHOTO_ASKED]]
        if not wanted and not papers(case):  # nobody ticked it, but the photo is wanted: of the first need
            need = case.needs.order_by("pk").first()
            wanted = [Prescription.objects.get_or_create(need=need)[0]] if need else []
        for paper in wanted:
            _write(paper, State.PHOTO_ASKED, by)
        if wanted:
            occasion = timezone.now().strftime("%Y%m%d%H%M") if again else ""
            updates.tell(case, "photo_asked", occasion=occasion, link=link.address(case))
    return len(wanted)


def receive(paper: Prescription, *, by: User | None = None, photo: Any = None) -> Prescription:
    """The photo is there. A hold that waited for it ends."""
    with transaction.atomic():
        case = _hold(paper)
        if photo is not None:
            paper.photo = photo
        _write(paper, State.RECEIVED if paper.state in FROM[State.RECEIVED] else State(paper.state), by)
        if case.state == CaseState.ON_HOLD and case.hold_reason == "photo":
            holds.resume(case, by=by, reason=_("the photo has come"))
    return paper


def book(paper: Prescription, *, at: datetime, doctor: str = "", by: User | None) -> Prescription:
    """A consultation with a hospital on the internet is booked; somebody calls afterwards to hear how it went."""
    with transaction.atomic():
        case = _hold(paper, State.BOOKED)
        if not timezone.now() < at < timezone.now() + timedelta(days=30):
            raise MoveRefused(_("the consultation is within thirty days from now"))
        paper.consultation_at, paper.doctor = at, doctor[:60] or paper.doctor
        _write(paper, State.BOOKED, by)
        callbacks.schedule(
            line=case.line,
            kind=Callback.Kind.CLARIFY,
            due_at=at + timedelta(hours=1),
            case=case,
            reason=_("was the prescription issued?"),
        )
    return paper


def issue(paper: Prescription, *, number: str, doctor: str, valid_until: date, by: User | None) -> Prescription:
    """Issued: number, doctor, valid until. Before it expires unused we call."""
    if not number.strip() or not doctor.strip():
        raise MoveRefused(_("the number and the doctor stand on the prescription"))
    if not timezone.localdate() <= valid_until <= timezone.localdate() + LONGEST_VALID:
        raise MoveRefused(_("a prescription is valid for a year at most, and not until yesterday"))
    with transaction.atomic():
        case = _hold(paper, State.ISSUED)
        paper.number, paper.doctor, paper.valid_until = number.strip()[:60], doctor.strip()[:60], valid_until
        _write(paper, State.ISSUED, by)
        day_before = datetime.combine(valid_until - timedelta(days=1), CALLED_AT)
        callbacks.schedule(
            line=case.line,
            kind=Callback.Kind.PRESCRIPTION,
            due_at=max(timezone.make_aware(day_before), timezone.now()),
            case=case,
            reason=_("the prescription for %(item)s expires on %(day)s")
            % {"item": paper.need.item, "day": valid_until},
        )
    return paper


def check(paper: Prescription, *, good: bool, words: str = "", by: User | None) -> Prescription:
    """The pharmacy's word: it can be used, or why not."""
    state = State.CHECKED if good else State.REFUSED
    with transaction.atomic():
        _hold(paper, state)
        if not good and not words.strip():
            raise MoveRefused(_("say why it cannot be used"))
        paper.said = words.strip()[:200]
        _write(paper, state, by)
    return paper


# controlled drugs


def is_flagged(case: Case) -> bool:
    """Whether a controlled drug of this case waits for a supervisor's yes."""
    return case.needs.filter(controlled=True, allowed_at=None).exists()


def flag(case: Case) -> None:
    """Lays a case with a controlled drug before a supervisor."""
    if case.state in BEFORE_VEHICLE and is_flagged(case):
        steps.to_review(case, reason=_("controlled drug: a supervisor has to allow it"))


def allow(case: Case, *, by: User) -> Case:
    """A supervisor's yes to every controlled drug of the case, which goes on where it was."""
    if by.role not in (SUPERVISOR, ADMINISTRATOR):
        raise MoveRefused(_("your role may not do this"))
    with transaction.atomic():
        steps.lock(case)
        for need in Need.objects.filter(case=case, controlled=True, allowed_at=None):
            need.allowed_at, need.allowed_by = timezone.now(), by
            need._history_user = by  # type: ignore[attr-defined]
            need.save()
        if case.is_open and case.next_step == Case.Step.REVIEW and case.state in steps.STEP_OF:
            step = steps.STEP_OF[CaseState(case.state)]
            due_at = steps.reckon(case, step).due_at
            steps.set_next(case, step, Case.Owner.QUEUE, due_at, by=by, reason=_("the controlled drug is allowed"))
    return case


def _hold(paper: Prescription, state: str = "") -> Case:
    case = steps.lock(paper.need.case)
    paper.refresh_from_db(from_queryset=Prescription._base_manager.select_for_update(no_key=True, of=("self",)))
    paper.need.case = case
    if state and paper.state not in FROM[state]:
        raise MoveRefused(_("not possible while it is: %s") % paper.get_state_display())
    return case


def _write(paper: Prescription, state: str, by: User | None) -> None:
    paper.state = state
    paper._history_user = by  # type: ignore[attr-defined]
    paper.save()
    steps.announce(paper.need.case)
