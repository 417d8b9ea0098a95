"""What must be true of cases, call-backs and contacts at any moment (hotline.integrity)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from cases import unanswered
from cases.callback_lifecycle import LIVE_CALLBACK_STATES
from cases.lifecycle import FINAL_STATES, OPEN_STATES
from cases.models import Attempt, Callback, Case, Contact, Prescription, Transition
from hotline.integrity import Violation, invariant, late
from hotline.models import Call, Message

MOST = 1000  # rows named per question


@invariant(1, "every incoming text is on a case or in the visible inbox")
def texts_have_a_place() -> Iterator[Violation]:
    placed = Contact.objects.filter(message=OuterRef("pk"))
    lost = Message.objects.filter(~Exists(placed), direction="in", state="handled")
    for pk in lost.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"message {pk}", "handled, but on no case and in no inbox")


# What tells that a case came to a state: each time it did, once.
TELLS_OF = {"delivered": "delivered", "cancelled": "cancelled", "unmet": "unmet", "merged": "duplicate"}


@invariant(4, "nothing is told more often than it came about")
def news_is_told_once() -> Iterator[Violation]:
    for case, purpose, told in told_again(TELLS_OF):
        came = Transition.objects.filter(case=case, to_state=TELLS_OF[purpose]).count()
        if came < told:
            yield Violation(f"case {case}", f"told {told} times that it is {purpose}, and was {came} times")


@invariant(4, "a photo is asked for as often as somebody asked for one")
def photos_are_asked_for_once() -> Iterator[Violation]:
    for case, _purpose, told in told_again(["photo_asked"]):
        asked = Prescription.history.filter(need__case=case, state="photo_asked").count()
        if asked < told:
            yield Violation(f"case {case}", f"a photo asked for {told} times, and was to be asked for {asked} times")


@invariant(4, "a missed call-back is told as often as somebody tried")
def missed_callbacks_are_told_once() -> Iterator[Violation]:
    for case, _purpose, told in told_again(["callback_missed"]):
        tried = Attempt.objects.filter(callback__case=case).count()
        if tried < told:
            yield Violation(f"case {case}", f"told {told} times that we called, and somebody tried {tried} times")


def told_again(purposes: Iterable[str]) -> Iterator[tuple[int, str, int]]:
    """(case, purpose, how often) of the news that was sent more than once about a case."""
    sent = Message.objects.filter(direction="out", purpose__in=purposes, topic__startswith="case:")
    told = sent.exclude(state="suppressed").values("topic", "purpose").annotate(n=Count("id")).filter(n__gt=1)
    for row in told.order_by("topic")[:MOST]:
        yield int(row["topic"].removeprefix("case:")), row["purpose"], row["n"]


@invariant(1, "every incoming call that was talked over is on a case or in the visible inbox")
def answered_calls_have_a_place() -> Iterator[Violation]:
    placed = Contact.objects.filter(call=OuterRef("pk"))
    lost = Call.objects.filter(~Exists(placed), direction="in", connected_at__isnull=False, line__practice=False)
    for pk in lost.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"call {pk}", "was connected, but is on no case and in no inbox")


@invariant(1, "every caller who reached nobody is owed a call, was called, or is in the visible inbox")
def missed_calls_have_a_place() -> Iterator[Violation]:
    placed = Contact.objects.filter(call=OuterRef("pk"))
    owed = Callback.objects.filter(kind=Callback.Kind.MISSED_CALL, line=OuterRef("line"), number=OuterRef("number"))
    missed = Call.objects.filter(
        ~Exists(placed),
        ~Exists(owed),
        direction="in",
        state__in=("abandoned", "voicemail", "callback_asked"),
        line__practice=False,
    )
    for pk in missed.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"call {pk}", "reached nobody, and nobody owes a call")


@invariant(1, "whoever was not answered has a row with its cause until somebody has acted")
def unanswered_have_a_cause() -> Iterator[Violation]:
    before = timezone.now() - late(0)
    for pk in unanswered.missing_calls().filter(created_at__lt=before).values_list("pk", flat=True)[:MOST]:
        yield Violation(f"callback {pk}", "owed for a call that nobody answered, and no cause is named")
    for pk in unanswered.missing_contacts().filter(at__lt=before).values_list("pk", flat=True)[:MOST]:
        yield Violation(f"contact {pk}", "lies in the inbox unanswered, and no cause is named")


@invariant(2, "every open case has a next step, an owner and a time it is due")
def open_cases_have_a_next_step() -> Iterator[Violation]:
    incomplete = Q(next_step="") | Q(owner="") | Q(due_at=None)
    for pk in Case.objects.filter(incomplete, state__in=OPEN_STATES).values_list("pk", flat=True)[:MOST]:
        yield Violation(f"case {pk}", "open without a next step, an owner or a due time")


@invariant(2, "what is settled is on nobody's list")
def settled_cases_are_on_no_list() -> Iterator[Violation]:
    listed = Case.objects.filter(state__in=FINAL_STATES).exclude(owner="", next_step="")
    for pk in listed.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"case {pk}", "settled, and still on a list")
    owed = Callback.objects.filter(state__in=LIVE_CALLBACK_STATES, case__state__in=FINAL_STATES)
    for pk in owed.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"callback {pk}", "owed for a case that is settled")


@invariant(2, "a timer that has rung does not keep a case to itself")
def timers_ring() -> Iterator[Violation]:
    before = timezone.now() - late(0)
    alive = Callback.objects.filter(case=OuterRef("pk"), state__in=LIVE_CALLBACK_STATES)
    for pk in Case.objects.filter(~Exists(alive), owner="timer", due_at__lt=before).values_list("pk", flat=True)[:MOST]:
        yield Violation(f"case {pk}", "its timer has rung and nobody has it")


@invariant(3, "a claimed case has one agent whose lease holds or has just ended")
def claims_have_a_lease() -> Iterator[Violation]:
    before = timezone.now() - late(0)
    for pk in Case.objects.filter(owner="agent", claimed_until__lt=before).values_list("pk", flat=True)[:MOST]:
        yield Violation(f"case {pk}", "its lease ran out and it did not come back")
    both = Case.objects.exclude(owner="agent").filter(claimed_until__isnull=False)
    for pk in both.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"case {pk}", "has a lease but no agent as its owner")


@invariant(5, "the queue's order puts level 1 first")
def level_one_comes_first() -> Iterator[Violation]:
    wrong = Case.objects.filter(Q(level=1) & ~Q(rank=0) | ~Q(level=1) & ~Q(rank=1))
    for pk in wrong.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"case {pk}", "its rank does not follow from its level")
    rows = Callback.objects.filter(state="due", case__level=1, level__gt=1).values_list("pk", flat=True)
    for pk in rows[:MOST]:
        yield Violation(f"callback {pk}", "waits as less urgent than its case, which is level 1")


@invariant(6, "delivered was delivered by a move with somebody's word, closed has an outcome")
def ends_have_an_outcome() -> Iterator[Violation]:
    bare = Q(outcome="") | Q(closed_at=None)
    for pk in Case.objects.filter(bare, state__in=FINAL_STATES).values_list("pk", flat=True)[:MOST]:
        yield Violation(f"case {pk}", "ended without an outcome or a time")
    for pk in Case.objects.filter(state="delivered", delivered_at=None).values_list("pk", flat=True)[:MOST]:
        yield Violation(f"case {pk}", "delivered at no time")


@invariant(6, "every state a case is in was reached by a recorded move")
def states_have_a_history() -> Iterator[Violation]:
    last = Transition.objects.filter(case=OuterRef("pk")).order_by("-id").values("to_state")[:1]
    wrong = Case.objects.annotate(reached=last).filter(Q(reached=None) | ~Q(reached=F("state")))
    for pk in wrong.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"case {pk}", "is in a state that no recorded move led to")


@invariant(6, "a chain of merged cases ends at one that was not merged")
def merges_end() -> Iterator[Violation]:
    chained = Case.objects.filter(state="duplicate", merged_into__state="duplicate")
    for pk in chained.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"case {pk}", "merged into a case that is itself merged")


@invariant(7, "nothing that has come due lies unseen")
def due_things_are_seen() -> Iterator[Violation]:
    before = timezone.now() - late(0)
    owed = Callback.objects.filter(state__in=("scheduled", "retry"), due_at__lt=before)
    for pk in owed.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"callback {pk}", "has come due and is on no list")
    left = Callback.objects.filter(state="claimed", claimed_until__lt=before - timedelta(minutes=1))
    for pk in left.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"callback {pk}", "left lying by the agent who claimed it")
    held = Case.objects.filter(state="on_hold", held_until__lt=before)
    for pk in held.values_list("pk", flat=True)[:MOST]:
        yield Violation(f"case {pk}", "its hold has ended and it did not come back")


@invariant(2, "a call-back whose attempts are used up went to somebody")
def exhausted_callbacks_went_on() -> Iterator[Violation]:
    for pk in Callback.objects.filter(state="exhausted").values_list("pk", flat=True)[:MOST]:
        yield Violation(f"callback {pk}", "attempts used up and escalated to nobody")
