"""Asked, approved and delivered are three things: what somebody needs, what may be given, what was handed over.

Approved is written on the case page, by an agent up to the limit of an emergency mode, above it by a supervisor. Delivered is
written when the driver's word comes, by dispatch; what is missing then goes on as a case of its own, with the next step
"find the goods", so that nobody waits for a rest that nobody knows of.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import emergency, intake, steps, updates
from cases.lifecycle import LEADS
from cases.models import Case, Need
from hotline.lifecycle import MoveRefused
from hotline.models import User

MOST = Decimal(1_000_000)


def wanted(need: Need) -> Decimal | None:
    """What is to be brought: what was approved, else what was asked; None when nobody said how much."""
    return need.approved if need.approved is not None else need.quantity


def missing(need: Need) -> Decimal:
    """What of it has not been handed over, where something was."""
    due = wanted(need)
    if due is None or need.delivered is None:
        return Decimal(0)
    return max(due - need.delivered, Decimal(0))


def short(need: Need) -> str:
    """Asked, approved and delivered in one word: "4 盒", "4 → 2 盒", "4 → 2 盒, 1"."""
    asked = plain(need.quantity)
    if need.approved is not None and need.approved != need.quantity:
        asked = f"{asked or '?'} → {plain(need.approved)}"
    words = " ".join(part for part in (asked, need.unit) if part)
    return f"{words} ✓{plain(need.delivered)}" if need.delivered is not None else words


def plain(number: Decimal | None) -> str:
    """2.00 as 2."""
    return f"{number.normalize():f}" if number is not None else ""


def read(words: str) -> Decimal:
    """A quantity as somebody typed it, 0 for none at all. Raises MoveRefused for what is none."""
    try:
        value = Decimal(words.strip()).quantize(Decimal("0.01"))
    except InvalidOperation as wrong:
        raise MoveRefused(_("this is no quantity: %s") % words[:20]) from wrong
    if not value.is_finite() or not 0 <= value < MOST:
        raise MoveRefused(_("this is no quantity: %s") % words[:20])
    return value


def why_not_approve(need: Need, quantity: Decimal, by: User) -> str:
    """Why this person may not approve so much now, in words; "" when they may."""
    if not need.case.is_open:
        return _("it is settled")
    if need.delivered is not None:
        return _("it was handed over already")
    limit = emergency.most_approved(need.case)
    if limit is not None and quantity > limit and by.role not in LEADS:
        return _("emergency mode: more than %(limit)s of one thing has to be approved by a supervisor") % {
            "limit": plain(limit)
        }
    return ""


def approve(need: Need, quantity: Decimal, *, by: User, reason: str = "") -> Need:
    """Says how much of it may be given. Raises MoveRefused."""
    with transaction.atomic():
        case = steps.lock(need.case)
        need = Need.objects.select_for_update(no_key=True, of=("self",)).get(pk=need.pk)
        need.case = case
        if refused := why_not_approve(need, quantity, by):
            raise MoveRefused(refused)
        if need.approved != quantity:
            need.approved = quantity
            _save(need, by, reason or _("approved"))
            steps.announce(case)
    return need


def approve_all(case: Case, *, by: User) -> int:
    """Approves what was asked, of everything that nobody has decided yet. Returns how many."""
    count = 0
    with transaction.atomic():
        for need in case.needs.filter(approved=None, quantity__isnull=False).order_by("id"):
            approve(need, need.quantity or Decimal(0), by=by)
            count += 1
    return count


def delivered(case: Case, amounts: Mapping[int, Decimal] | None = None, *, by: User | None = None) -> Case | None:
    """Writes down what was handed over, by need; without a word about one, all of it. Returns the case of the rest, if any.

    Called by dispatch in the transaction of the hand-over. Needs that nobody said how much of stay without a number.
    """
    with transaction.atomic():
        steps.lock(case)
        if amounts and not any(amounts.values()) and len(amounts) == case.needs.count():
            raise MoveRefused(_("nothing was handed over: say what went wrong instead"))
        needs = list(case.needs.select_for_update(no_key=True).order_by("id"))
        for need in needs:
            given = (amounts or {}).get(need.pk, wanted(need))
            if given is not None and need.delivered != given:
                need.delivered = given
                _save(need, by, _("handed over"))
        lacking = [need for need in needs if missing(need)]
        return _rest(case, lacking, by) if lacking else None


def take_back(case: Case, *, by: User | None = None, reason: str) -> None:
    """It was not handed over after all: nothing is delivered, and the case of the rest is part of this one again."""
    from cases import merging

    with transaction.atomic():
        for need in case.needs.exclude(delivered=None):
            need.delivered = None
            _save(need, by, reason)
        for rest in case.rests.all():
            if rest.is_open and not merging.why_not(rest, case):
                steps.move(rest, "merge", reason=reason, merged_into=case, outcome=Case.Outcome.DUPLICATE)


def _rest(case: Case, lacking: list[Need], by: User | None) -> Case:
    """The same people, door, category and urgency; what is missing as its needs; looked for at once."""
    key = f"rest:{case.pk}:{case.transitions.filter(move='deliver').count()}"
    made = Case.objects.filter(intake_key=key).first()
    if made:
        return made
    words = ", ".join(" ".join(filter(None, [need.item, plain(missing(need)), need.unit])) for need in lacking)
    rest = Case(
        line=case.line,
        channel=case.channel,
        person=case.person,
        reporter=case.reporter,
        relation=case.relation,
        language=case.language,
        words=_("the rest of %(number)s: %(words)s") % {"number": case.number, "words": words},
        address=case.address,
        district=case.district,
        category=case.category,
        judged_by=case.judged_by,
        answers=case.answers,
        vulnerabilities=case.vulnerabilities,
        stated_urgency=case.stated_urgency,
        level=case.level,
        level_is_judged=case.level_is_judged,
        level_reasons=case.level_reasons,
        supply_ends_at=None,
        case_group=case.case_group,
        rest_of=case,
        # they have been spoken to and it has been decided: only the goods are looked for
        contacted_at=timezone.now(),
        created_at=timezone.now(),
        intake_key=key,
    )
    intake.open_new(rest, by=by)
    for need in lacking:
        left = missing(need)
        copy = Need(
            case=rest,
            item=need.item,
            brand=need.brand,
            specification=need.specification,
            quantity=left,
            approved=left if need.approved is not None else None,
            unit=need.unit,
            substitute_allowed=need.substitute_allowed,
            prescription_needed=need.prescription_needed,
            needs_cooling=need.needs_cooling,
            controlled=need.controlled,
            allowed_at=need.allowed_at,
            allowed_by=need.allowed_by,
            weight_grams=need.weight_grams,
        )
        _save(copy, by, _("left over"))
    if rest.category_id:
        steps.move(rest, "triage", reason=_("only part of it was delivered"))
    updates.tell(case, "rest_follows", occasion=f"rest:{rest.pk}", rest=words, into=rest.number)
    return rest


def _save(need: Need, by: User | None, reason: str) -> None:
    need._history_user = by  # type: ignore[attr-defined]
    need._change_reason = reason[:100]  # type: ignore[attr-defined]
    need.save()
