"""The list of calls we owe: take the next, dial with one click, write the outcome down with one key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases import callbacks, masking, survey
from cases.desk import call, presence
from cases.desk.answers import explained, nothing, tell
from cases.desk.call import Outcome, outcomes_of
from cases.desk.next_step import future, times_ahead
from cases.models import Callback
from hotline import practice
from hotline.access import AGENT, SUPERVISOR, roles
from hotline.models import Call, User

SHOWN = 100
# What to say, by kind: a help, not a text to be read out.
SCRIPTS = {
    "clarify": gettext_lazy("You asked us for help and we need a few more details. Is this a good moment?"),
    "confirm": gettext_lazy("Is what you asked for still needed? We ask before we buy it and send a car."),
    "missed_call": gettext_lazy("You called us and we could not answer in time. How can we help?"),
    "after_delivery": gettext_lazy("Did everything arrive, and was it the right thing? Do you need anything else?"),
    "welfare": gettext_lazy("We could not reach a resident of yours. Could you look in on them and tell us?"),
    "prescription": gettext_lazy("The prescription expires soon. Do you have a new one, or shall we help with it?"),
    "message_failed": gettext_lazy("We could not reach you by text, so we call: this is the news."),
}


@roles(AGENT, SUPERVISOR)
def page(request: HttpRequest) -> HttpResponse:
    """The whole page; ?open= shows one of them."""
    agent: User = request.user  # type: ignore[assignment]
    wanted = request.GET.get("open", "")
    mine = list(_mine(agent))
    opened = _get(int(wanted)) if wanted.isdecimal() else (mine[0] if mine else None)
    context = presence.shown(agent) | call.shown(agent) | _list(agent, mine)
    context |= _detail(opened, agent) if opened else {"callback": None}
    return render(request, "cases/callbacks/page.html", context)


@roles(AGENT, SUPERVISOR)
def rows(request: HttpRequest) -> HttpResponse:
    """The list by itself, fetched anew when something changed."""
    agent: User = request.user  # type: ignore[assignment]
    return render(request, "cases/callbacks/rows.html", _list(agent, list(_mine(agent))))


@roles(AGENT, SUPERVISOR)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them: whom, why, what was tried, and what to press."""
    return render(request, "cases/callbacks/detail.html", _detail(_get(pk), request.user))  # type: ignore[arg-type]


@roles(AGENT, SUPERVISOR)
@require_POST
@explained
def take_next(request: HttpRequest) -> HttpResponse:
    """The next one, for this agent alone."""
    agent: User = request.user  # type: ignore[assignment]
    practice.refuse(agent)
    owed = callbacks.claim_next(agent)
    if owed is None:
        return nothing(say=_("No call-back is due that you can take."))
    return tell(render(request, "cases/callbacks/detail.html", _detail(_get(owed.pk), agent)), "work-changed")


@roles(AGENT, SUPERVISOR)
@require_POST
@explained
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Take this one, dial, outcome, give it back."""
    agent: User = request.user  # type: ignore[assignment]
    owed = _get(pk)
    said = ""
    if what in ("take", "dial"):
        practice.refuse(agent)
    if what == "take":
        callbacks.claim(owed, agent)
    elif what == "dial":
        callbacks.dial(owed, agent, at_any_hour="sure" in request.POST)
        said = _("Your telephone rings first.")
    elif what == "hand-back":
        callbacks.hand_back(owed, agent)
        said = _("Back on the list, at its place.")
    elif what == "outcome":
        chosen = next((o for o in outcomes_of(owed) if o.value == request.POST.get("outcome")), None)
        if chosen is None:
            raise Http404
        _record(request, owed, agent, chosen)
        said = _("Noted: %s.") % chosen.words
    else:
        raise Http404
    answer = render(request, "cases/callbacks/detail.html", _detail(_get(pk), agent))
    return tell(answer, "work-changed", "call-changed", say=said)


def _record(request: HttpRequest, owed: Callback, agent: User, chosen: Outcome) -> None:
    callbacks.record(
        owed,
        chosen.outcome,
        by=agent,
        note=request.POST.get("note", "").strip()[:300],
        call=_call_not_noted(owed, agent),
        later=future(request) if chosen.outcome == "call_later" else None,
        answer=chosen.answer or survey.RECEIVED,
    )


def _call_not_noted(owed: Callback, agent: User) -> Call | None:
    """The last call made for it by this agent whose outcome nobody has written down yet."""
    made = (
        Call.objects.filter(topic=f"callback:{owed.pk}", agent=agent).select_related("attempt").order_by("-id").first()
    )
    attempt = getattr(made, "attempt", None)
    return None if made is None or (attempt and attempt.outcome) else made


def _get(pk: int) -> Callback:
    related = Callback.objects.select_related("case__person", "case__category", "resident", "line", "claimed_by")
    return get_object_or_404(related, pk=pk)


def _mine(agent: User) -> Any:
    held = Callback.objects.filter(state="claimed", claimed_by=agent)
    return held.select_related("case__person", "case__category", "resident", "line", "claimed_by").order_by(
        "claimed_until"
    )


def _list(agent: User, mine: list[Callback]) -> dict[str, Any]:
    due = list(callbacks.due(agent)[: SHOWN + 1])
    return {"mine": mine, "due": due[:SHOWN], "more": len(due) > SHOWN, "later": _later()}


def _later() -> list[Callback]:
    """What falls due within the hour, so that nobody is surprised."""
    soon = timezone.now() + timedelta(hours=1)
    found = Callback.objects.filter(state__in=("scheduled", "retry"), due_at__lte=soon).select_related("resident")
    return list(found.order_by("due_at")[:20])


def _detail(owed: Callback, agent: User) -> dict[str, Any]:
    person = owed.resident or (owed.case.person if owed.case else None)
    return {
        "callback": owed,
        "person": person,
        "number": masking.phone(owed.number),
        "attempts": list(owed.attempts.select_related("by").order_by("id")),
        "script": SCRIPTS.get(owed.kind, ""),
        "outcomes": outcomes_of(owed),
        "is_mine": owed.state == "claimed" and owed.claimed_by_id == agent.pk,
        "can_take": owed.state == "due",
        "times": times_ahead(),
    }
