"""Somebody gives: their offer is matched to open cases by item and district, and passed on only when they agree.

An agent proposes a case; the giver is asked by text or on the telephone. With their yes the case is referred to them like to
any volunteer: with a time, an answer and a report. The person in need is never told the giver's number by us, nor the giver
theirs: an agent brings them together. A controlled drug may not be passed on.
"""

from __future__ import annotations

import unicodedata

from django.db import transaction
from django.db.models import Case as When_
from django.db.models import IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import people, referrals
from cases.lifecycle import CaseState
from cases.models import Case, Contact, Need, Offer, Referral
from cases.triage import items
from hotline import live, outbox
from hotline.lifecycle import MoveRefused
from hotline.models import User

State = Offer.State
STILL_LOOKED_FOR = (CaseState.NEW, CaseState.TRIAGED, CaseState.SOURCING)
YES = {"1", "同意", "可以", "yes"}
NO = {"2", "不同意", "不行", "no"}


def open_ones() -> QuerySet[Offer]:
    """What is offered and not given away, oldest first."""
    return Offer.objects.filter(state=State.OPEN).select_related("resident", "district", "case").order_by("id")


def matches(offer: Offer, limit: int = 5) -> list[Case]:
    """Open cases that need this item: those of the same district first, then in the order of the queue."""
    if not offer.item or is_controlled(offer):
        return []
    wanted = Need.objects.filter(Q(item__icontains=offer.item) | Q(item__in=_other_names(offer.item)))
    found = Case.objects.filter(pk__in=wanted.values("case"), state__in=STILL_LOOKED_FOR)
    near = When_(When(district=offer.district_id, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = found.exclude(person=offer.resident_id).select_related("category", "district")
    return list(found.order_by(near, "rank", "due_at", "id")[:limit])


def is_controlled(offer: Offer) -> bool:
    """Whether the law forbids passing it on."""
    known = items.look_up(offer.item) if offer.item else None
    return bool(known and known.facts.get("controlled"))


def ask(offer: Offer, case: Case, *, by: User) -> Offer:
    """Asks the giver by text whether they agree to help with this case."""
    with transaction.atomic():
        _hold(offer)
        _can_be_given(offer)
        number = people.text_number(offer.resident)
        if not number:
            raise MoveRefused(_("None of their numbers takes texts: ask them on the telephone."))
        offer.case, offer.asked_at, offer.asked_number, offer.consent = case, timezone.now(), number, None
        _write(offer, by)
        outbox.send(
            line=offer.line,
            number=number,
            event="offer_asked",
            topic=f"offer:{offer.pk}",
            words={"item": offer.item or offer.words[:20]},
            occasion=str(case.pk),
            language=offer.resident.language,
        )
    return offer


def open_under(number: str) -> Offer | None:
    """The offer last asked about under this number, while there is no answer."""
    asked = Offer.objects.filter(asked_number=number, asked_at__isnull=False, consent=None, state=State.OPEN)
    return asked.select_related("resident", "case").order_by("-asked_at").first()


def read(text: str) -> bool | None:
    """Yes, no, or no answer, of a whole reply."""
    reply = unicodedata.normalize("NFKC", text).strip().strip("。.!,、 \n").casefold()
    return True if reply in YES else False if reply in NO else None


def answer(offer: Offer, agrees: bool, *, by: User | None = None, case: Case | None = None) -> Offer:
    """The giver's word, by text or told to an agent. A yes makes them a volunteer for the case; a no keeps the offer."""
    with transaction.atomic():
        _hold(offer)
        offer.case = case or offer.case
        offer.consent = agrees
        if not agrees or offer.case is None:
            offer.case = None
            return _write(offer, by)
        _can_be_given(offer)
        if offer.case.state not in STILL_LOOKED_FOR:  # met meanwhile: the offer stays for somebody else
            offer.case = None
            return _write(offer, by)
        offer.state = State.MATCHED
        _write(offer, by)
        number = next(iter(people.numbers(offer.resident)), "")
        words = _("offer %(pk)s: %(item)s") % {"pk": offer.pk, "item": offer.item or offer.words[:60]}
        who = offer.resident.name or _("a giver")
        referrals.refer(offer.case, Referral.To.VOLUNTEER, by=by, whom=who, number=number, words=words)
    return offer


def name(offer: Offer, item: str, *, by: User) -> Offer:
    """What it is, where the words did not say it plainly: the matches follow from it."""
    with transaction.atomic():
        _hold(offer)
        offer.item = item.strip()[:120]
        return _write(offer, by)


def close(offer: Offer, *, by: User, declined: bool = False) -> Offer:
    """Given elsewhere or gone, or nothing we can use."""
    with transaction.atomic():
        _hold(offer)
        offer.state = State.DECLINED if declined else State.CLOSED
        _write(offer, by)
        if offer.contact_id:
            Contact.objects.filter(pk=offer.contact_id, settled_at=None).update(
                settled_at=timezone.now(), settled_by=by, unread=False
            )
    return offer


def _other_names(item: str) -> list[str]:
    known = items.look_up(item)
    return [known.first, known.name] if known else []


def _can_be_given(offer: Offer) -> None:
    if offer.state != State.OPEN:
        raise MoveRefused(_("it was given away or closed already"))
    if is_controlled(offer):
        raise MoveRefused(_("a controlled drug may not be passed on: refer them to a pharmacy or hospital"))


def _hold(offer: Offer) -> None:
    offer.refresh_from_db(from_queryset=Offer._base_manager.select_for_update(no_key=True, of=("self",)))


def _write(offer: Offer, by: User | None) -> Offer:
    offer._history_user = by  # type: ignore[attr-defined]
    offer.save()
    live.publish("inbox", offer=offer.pk)
    return offer
