"""After saving, and on the case page: what can happen next, each one press, and why not what cannot happen now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases import callbacks, freshness, holds, outcomes, queue, referrals, steps
from cases.desk import drafts, panels, side
from cases.desk.answers import explained, parts, refusal, tell
from cases.desk.home import case_by_number
from cases.desk.reasons import HOLD_REASONS
from cases.lifecycle import CASE, CaseState
from cases.models import Callback, Case, Note, Referral
from hotline.access import ADMINISTRATOR, AGENT, SUPERVISOR, roles
from hotline.lifecycle import MoveRefused
from hotline.models import User

S = CaseState


@dataclass(frozen=True)
class Choice:
    """One next step as it is offered: `why_not` is empty when it can be pressed."""

    slug: str
    key: str
    icon: str
    title: Any
    hint: Any
    why_not: str = ""
    asks: bool = False  # a small form comes first


# slug, key, icon, title, hint, the move it makes (None: always possible on an open case), whether it asks first
OFFERED: list[tuple[str, str, str, Any, Any, str | None, bool]] = [
    (
        "source",
        "S",
        "storefront",
        gettext_lazy("Find the goods"),
        gettext_lazy("ask a pharmacy, store or depot"),
        "source",
        False,
    ),
    (
        "dispatch",
        "D",
        "local_shipping",
        gettext_lazy("Hand to dispatch"),
        gettext_lazy("goods are confirmed, a vehicle is planned"),
        "make_ready",
        False,
    ),
    (
        "call-back",
        "B",
        "phone_callback",
        gettext_lazy("Call back at"),
        gettext_lazy("we owe them a call"),
        None,
        True,
    ),
    (
        "still-needed",
        "Y",
        "contact_support",
        gettext_lazy("Ask whether still needed"),
        gettext_lazy("by text; without an answer somebody calls"),
        None,
        False,
    ),
    (
        "hold",
        "H",
        "pause_circle",
        gettext_lazy("Hold"),
        gettext_lazy("for a photo, the resident or stock, with an end"),
        "hold",
        True,
    ),
    (
        "refer",
        "R",
        "alt_route",
        gettext_lazy("Refer"),
        gettext_lazy("committee, volunteer, hospital, 12345"),
        "met_otherwise",
        True,
    ),
    (
        "close",
        "X",
        "task_alt",
        gettext_lazy("Close with outcome"),
        gettext_lazy("no longer needed, not a need, cannot be served"),
        None,
        True,
    ),
    (
        "hand-back",
        "Q",
        "undo",
        gettext_lazy("Back to the queue"),
        gettext_lazy("somebody else takes it in its turn"),
        None,
        False,
    ),
    (
        "pass-on",
        "P",
        "person_add",
        gettext_lazy("Pass on"),
        gettext_lazy("to a colleague by name"),
        None,
        True,
    ),
]
# Outcomes an agent may give, with the move each one makes.
ENDINGS = [
    ("received", "close"),
    ("no_longer_needed", "cancel"),
    ("met_otherwise", "cancel"),
    ("wrong_number", "cancel"),
    ("not_a_need", "cancel"),
    ("not_available", "give_up"),
    ("no_vehicle", "give_up"),
    ("unreachable", "give_up"),
]
MOST_AHEAD = timedelta(days=30)


def choices(case: Case, by: User) -> list[Choice]:
    """All of them in their order, those not possible now with the reason."""
    return [
        Choice(slug, key, icon, title, hint, _why_not(case, by, slug, name), asks)
        for slug, key, icon, title, hint, name, asks in OFFERED
    ]


def likely(case: Case, offered: list[Choice]) -> list[Choice]:
    """The three most likely ones of those that are possible, for the head of the case page."""
    first = {
        S.NEW: ("source", "call-back", "hold"),
        S.TRIAGED: ("source", "hold", "refer"),
        S.SOURCING: ("source", "dispatch", "hold"),
        S.DELIVERED: ("close", "call-back"),
        S.FOLLOW_UP: ("close", "call-back"),
    }.get(S(case.state), ("call-back", "close"))
    possible = {choice.slug: choice for choice in offered if not choice.why_not}
    return [possible[slug] for slug in first if slug in possible]


def _why_not(case: Case, by: User, slug: str, name: str | None) -> str:
    if slug == "source" and case.state == S.SOURCING:
        return "" if panels.panel(panels.FIND_GOODS) else _("no pickup points are known here")
    if slug in ("hand-back", "pass-on"):
        if not case.is_open:
            return _("the case has ended")
        if case.owner != Case.Owner.AGENT:
            return _("nobody holds it now")
        return "" if case.owner_agent_id == by.pk or by.role != AGENT else _("a colleague holds it")
    if slug in ("call-back", "still-needed"):
        if slug == "still-needed" and case.state in (S.EN_ROUTE, S.DELIVERED, S.FOLLOW_UP):
            return _("it is on its way or there already")
        return "" if case.is_open else _("the case has ended")
    if slug == "close":
        return "" if any(not why for _o, why in endings(case, by)) else _("not possible while a vehicle is on its way")
    name = name or ""
    if name == "hold":  # its end is asked in the form that follows
        return "" if case.state in CASE.moves["hold"].sources else CASE.why_not(case, name, by)
    return CASE.why_not(case, name, by)


def endings(case: Case, by: User) -> list[tuple[tuple[str, Any], str]]:
    """The outcomes with why not; the guard "an outcome is needed" is what choosing one answers."""
    found = []
    for outcome, name in ENDINGS:
        wanted = CASE.moves[name]
        if case.state in wanted.sources:
            why = "" if by.role in wanted.roles else _("your role may not do this")
        else:
            why = CASE.why_not(case, name, by)
        found.append(((outcome, Case.Outcome(outcome).label), why))
    return found


def times_ahead(now: datetime | None = None) -> list[tuple[str, Any, datetime]]:
    """The usual times for later: (key, words, when)."""
    now = timezone.localtime(now)

    def at(hour: int, days: int = 0) -> datetime:
        return (now + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)

    evening = at(18) if now.hour < 17 else at(18, 1)
    return [
        ("1", _("in 30 minutes"), now + timedelta(minutes=30)),
        ("2", _("in 2 hours"), now + timedelta(hours=2)),
        ("3", _("today 18:00") if evening.date() == now.date() else _("tomorrow 18:00"), evening),
        ("4", _("tomorrow 10:00"), at(10, 1)),
        ("5", _("in 3 days"), at(10, 3)),
    ]


def context_of(request: HttpRequest, case: Case, *, where: str) -> dict[str, Any]:
    """What templates/cases/desk/next.html needs; `where` is desk or page."""
    return {"case": case, "choices": choices(case, request.user), "where": where}  # type: ignore[arg-type]


def after_saving(request: HttpRequest, case: Case) -> HttpResponse:
    """The middle becomes the choice of the next step."""
    context = context_of(request, case, where="desk") | {"drafts": drafts.open_of(request.user)}  # type: ignore[arg-type]
    return parts(
        [
            ("form", render_to_string("cases/desk/next.html", context, request), ""),
            ("side", render_to_string("cases/desk/side.html", side.of_case(case), request), ""),
            ("drafts", render_to_string("cases/desk/drafts.html", context, request), ""),
        ]
    )


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """The choice of the next step of any case, in the middle of the desk."""
    context = context_of(request, case_by_number(number), where=request.GET.get("where", "desk"))
    return render(request, "cases/desk/next.html", context)


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
def ask(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    """The small form of one step."""
    case = case_by_number(number)
    by: User = request.user  # type: ignore[assignment]
    context: dict[str, Any] = {"case": case, "slug": slug, "where": request.GET.get("where", "desk")}
    context["choice"] = next((choice for choice in choices(case, by) if choice.slug == slug), None)
    if context["choice"] is None:
        raise Http404
    context |= {"times": times_ahead(), "hold_reasons": HOLD_REASONS, "referred_to": Referral.To.choices}
    if slug == "close":
        context["endings"] = endings(case, by)
    if slug == "pass-on":
        colleagues = User.objects.filter(role__in=(AGENT, SUPERVISOR), is_active=True).exclude(pk=by.pk)
        context["colleagues"] = colleagues.filter(presence__state__in=_ON_DUTY).order_by("name", "username")[:100]
    return render(request, "cases/desk/next_ask.html", context)


_ON_DUTY = ("available", "ringing", "on_call", "wrap_up", "break")


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def take(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    """Takes the step."""
    case = case_by_number(number)
    by: User = request.user  # type: ignore[assignment]
    if slug == "source":
        return _find_goods(request, case, by)
    if slug not in STEPS:
        raise Http404
    said = STEPS[slug](request, case, by)
    if isinstance(said, HttpResponse):
        return said
    if request.POST.get("where") == "page":
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    answer = render(
        request, "cases/desk/nothing_part.html", {"drafts": drafts.open_of(by), "draft": None, "done": case}
    )
    return tell(answer, "work-changed", say=said)


def _find_goods(request: HttpRequest, case: Case, by: User) -> HttpResponse:
    """Moves the case to sourcing and shows who could have the goods."""
    if case.state != S.SOURCING:
        steps.move(case, "source", by=by)
    if request.POST.get("where") == "page":  # the panel is on the page
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    goods = panels.panel(panels.FIND_GOODS)
    html = goods.render(request, case_by_number(case.number)) if goods else ""
    context = {"case": case, "panel": html, "title": goods.title if goods else "", "where": request.POST.get("where")}
    return tell(render(request, "cases/desk/next_goods.html", context), "work-changed", say=_("Looking for the goods."))


def _dispatch(request: HttpRequest, case: Case, by: User) -> str:
    steps.move(case, "make_ready", by=by)
    return _("%s is with dispatch.") % case.number


def _hold_open(case: Case) -> None:
    """It may have been settled since the page was opened."""
    steps.lock(case)
    if not case.is_open:
        raise MoveRefused(_("the case has ended"))


def _call_back(request: HttpRequest, case: Case, by: User) -> str | HttpResponse:
    at = future(request)
    if at is None:
        return refusal(_("Say when, in the coming thirty days."))
    with transaction.atomic():
        _hold_open(case)
        owed = callbacks.schedule(
            line=case.line,
            kind=Callback.Kind.CLARIFY,
            due_at=at,
            case=case,
            resident=case.reporter or case.person,
            level=case.level,
            reason=request.POST.get("reason", "")[:200],
        )
        if case.owner == Case.Owner.AGENT and case.owner_agent_id == by.pk:
            words = _("a call-back was agreed")
            steps.set_next(case, case.next_step, Case.Owner.TIMER, owed.due_at, by=by, reason=words)
    return _("Call-back at %s.") % _clock(owed.due_at)


def _still_needed(request: HttpRequest, case: Case, by: User) -> str:
    with transaction.atomic():
        _hold_open(case)
        freshness.ask(case)
    return _("%s: asked whether it is still needed.") % case.number


def _hold(request: HttpRequest, case: Case, by: User) -> str | HttpResponse:
    at = future(request)
    why, words = request.POST.get("why", ""), request.POST.get("reason", "").strip()
    reason = why if why in dict(HOLD_REASONS) else words
    if at is None:
        return refusal(_("Say until when, in the coming thirty days."))
    if not reason:
        return refusal(_("Say what it waits for."))
    with transaction.atomic():
        holds.hold(case, until=at, reason=reason[:200], by=by)
        if words and reason != words:
            Note.objects.create(case=case, by=by, text=words[:1000])
    return _("%(number)s is held until %(time)s.") % {"number": case.number, "time": _clock(at)}


def _refer(request: HttpRequest, case: Case, by: User) -> str | HttpResponse:
    to = request.POST.get("to", "")
    if to not in Referral.To.values:
        return refusal(_("Say to whom."))
    at = future(request)
    if request.POST.get("when") and at is None:
        return refusal(_("Say when, in the coming thirty days."))
    asked = referrals.refer(
        case,
        to,
        by=by,
        whom=request.POST.get("whom", "").strip(),
        words=request.POST.get("reason", "").strip(),
        due_at=at,
    )
    if asked.ended_at:
        return _("%s: whether the advice was enough is asked.") % case.number
    return _("%(number)s is referred; an answer is due at %(time)s.") % {
        "number": case.number,
        "time": _clock(asked.due_at),
    }


def _close(request: HttpRequest, case: Case, by: User) -> str | HttpResponse:
    outcome = request.POST.get("outcome", "")
    note = request.POST.get("reason", "").strip()
    name = dict(ENDINGS).get(outcome)
    if name is None:
        return refusal(_("Choose an outcome."))
    words = note or str(Case.Outcome(outcome).label)
    if name == "close":
        outcomes.close(case, outcome, by=by, note=note)
    elif name == "cancel":
        outcomes.cancel(case, by=by, reason=words, outcome=outcome)
    else:
        outcomes.give_up(case, outcome, by=by, reason=words)
    return _("%s has ended.") % case.number


def _hand_back(request: HttpRequest, case: Case, by: User) -> str:
    queue.hand_back(case, by, reason=request.POST.get("reason", ""))
    return _("%s is in the queue again.") % case.number


def _pass_on(request: HttpRequest, case: Case, by: User) -> str | HttpResponse:
    to = request.POST.get("to", "")
    colleague = (
        User.objects.filter(pk=to, is_active=True, role__in=(AGENT, SUPERVISOR)).first() if to.isdecimal() else None
    )
    if colleague is None:
        return refusal(_("Choose a colleague."))
    queue.pass_on(case, colleague, by)
    return _("%(number)s is with %(name)s.") % {"number": case.number, "name": colleague}


def future(request: HttpRequest) -> datetime | None:
    """The time pressed or written, if it lies ahead and not too far."""
    if request.POST.get("at"):
        written = parse_datetime(request.POST["at"])
        at = timezone.make_aware(written) if written and timezone.is_naive(written) else written
    else:
        at = {key: when for key, _words, when in times_ahead()}.get(request.POST.get("when", ""))
    now = timezone.now()
    return at if at and now < at < now + MOST_AHEAD else None


def _clock(at: datetime) -> str:
    return timezone.localtime(at).strftime("%m-%d %H:%M")


Taken = Callable[[HttpRequest, Case, User], str | HttpResponse]
STEPS: dict[str, Taken] = {
    "dispatch": _dispatch,
    "call-back": _call_back,
    "still-needed": _still_needed,
    "hold": _hold,
    "refer": _refer,
    "close": _close,
    "hand-back": _hand_back,
    "pass-on": _pass_on,
}
