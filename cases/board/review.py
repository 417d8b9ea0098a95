"""Queue review: what waits, what breaches, what lies on hold too long; and what a supervisor does with many at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Prefetch, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases import ages, categories, queue, steps, timeline
from cases.board import lately, open_cases, saved_views
from cases.desk.answers import tell
from cases.desk.fields import districts, label
from cases.desk.home import case_by_number
from cases.lifecycle import FINAL_STATES
from cases.models import Case, Category, EmergencyMode, Need
from hotline.access import ADMINISTRATOR, AGENT, SUPERVISOR, roles
from hotline.lifecycle import MoveRefused
from hotline.models import User

SHOWN = 40
AT_ONCE = 200
# What a row of the list shows, and the age of its state.
ROW = (
    "rank", "level", "state", "state_since", "owner", "words", "due_at", "held_until", "hold_reason", "unconfirmed_since",
    "waits_because", "created_at", "category__name", "category__name_en", "district__name", "district__name_en",
    "owner_agent__name", "owner_agent__username",
)  # fmt: skip


def _open() -> QuerySet[Case]:
    return Case.objects.exclude(state__in=FINAL_STATES)


# The saved views: what each shows. All run over partial indexes of Case.
VIEWS: dict[str, tuple[Any, Callable[[], QuerySet[Case]]]] = {
    "waiting": (gettext_lazy("waiting"), lambda: Case.objects.filter(owner="queue")),
    "late": (gettext_lazy("past their time"), lambda: Case.objects.filter(owner="queue", due_at__lt=timezone.now())),
    "review": (gettext_lazy("to be looked at"), lambda: Case.objects.filter(owner="queue", next_step="review")),
    "too_long": (gettext_lazy("too long in its state"), lambda: _open().filter(ages.too_long())),
    "held": (gettext_lazy("on hold"), lambda: Case.objects.filter(state="on_hold")),
    "agents": (gettext_lazy("with agents"), lambda: Case.objects.filter(owner="agent")),
    "unconfirmed": (gettext_lazy("not confirmed"), lambda: _open().filter(unconfirmed_since__isnull=False)),
    "referred": (gettext_lazy("referred"), lambda: _open().filter(next_step="referral")),
    "ready": (gettext_lazy("wait for a vehicle"), lambda: Case.objects.filter(state="ready")),
}


@dataclass(frozen=True)
class Will:
    """What a bulk action would do to one case: `why_not` is empty when it can be done."""

    case: Case
    why_not: str


@roles(SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """The list with its filters; the part that changes refreshes itself."""
    lately.look("board")
    by: User = request.user  # type: ignore[assignment]
    if not request.GET and (address := saved_views.default_address(by)):
        return redirect(address)
    context = _list(request)
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return render(request, "cases/board/review_rows.html", context)
    agents = User.objects.filter(role__in=(AGENT, SUPERVISOR), is_active=True)
    on_duty = agents.exclude(presence__state="offline").exclude(presence=None).order_by("name", "username")
    context |= {"on_duty": on_duty.only("name", "username")[:300], "levels": Case.Level.choices}
    context |= saved_views.tabs(by, {"view": context["view"], **context["chosen"]})
    return render(request, "cases/board/review.html", context)


def _list(request: HttpRequest) -> dict[str, Any]:
    view = request.GET.get("view", "waiting")
    view = view if view in VIEWS else "waiting"
    chosen = {name: request.GET.get(name, "") for name in ("level", "category", "district")}
    found = VIEWS[view][1]()
    if chosen["level"] in {"1", "2", "3", "4", "5"}:
        found = found.filter(level=int(chosen["level"]))
    if chosen["category"]:
        found = found.filter(category=Category.objects.filter(slug=chosen["category"]).values("pk")[:1])
    if chosen["district"].isdecimal():
        found = found.filter(district=int(chosen["district"]))
    order = ("held_until", "id") if view == "held" else ("rank", "due_at", "id")
    rows = _rows(_after(found, order, request.GET.get("from", "")).order_by(*order)[: SHOWN + 1])
    ages.mark(rows)
    kept = {name: value for name, value in chosen.items() if value}
    counts = open_cases.by_view()
    return {
        "emergency": EmergencyMode.objects.filter(ended_at=None, begins_at__lte=timezone.now()).first(),
        "view": view,
        "views": [{"slug": slug, "words": words, "count": counts.views[slug]} for slug, (words, _q) in VIEWS.items()],
        "cases": rows[:SHOWN],
        "next_from": _place(rows[SHOWN - 1], order) if len(rows) > SHOWN else "",
        "chosen": chosen,
        "kept": urlencode(kept),
        "counts": counts,
        "categories": [
            {"slug": c.slug, "label": label(c), "waiting": counts.waiting_of_category[c.pk]}
            for c in categories.active()
        ],
        "districts": [each | {"waiting": counts.waiting_of_district[each["pk"]]} for each in districts()],
        "level_choices": Case.Level.choices,
    }


def _rows(found: QuerySet[Case]) -> list[Case]:
    """The ids come from an index that also holds what is filtered by; only the cases that are shown are read."""
    pks = list(found.values_list("pk", flat=True))
    related = Case.objects.select_related("category", "district", "owner_agent").only(*ROW)
    cases = related.prefetch_related(Prefetch("needs", Need.objects.only(*Need.SAID))).in_bulk(pks)
    return [cases[pk] for pk in pks if pk in cases]


def _place(case: Case, order: tuple[str, ...]) -> str:
    """Where a case stands in its list, so that the next page begins behind it however many come before."""
    values = [getattr(case, name) for name in order]
    return "_".join(value.isoformat() if isinstance(value, datetime) else str(value) for value in values)


def _after(found: QuerySet[Case], order: tuple[str, ...], place: str) -> QuerySet[Case]:
    """The part of a list behind a place; the whole list when the place is none."""
    parts = place.split("_")
    if len(parts) != len(order) or not all(part.isascii() for part in parts):
        return found
    try:
        values = [
            datetime.fromisoformat(part) if name.endswith(("_at", "_until")) else int(part)
            for name, part in zip(order, parts, strict=True)
        ]
    except ValueError:
        return found
    if any(isinstance(value, datetime) and value.tzinfo is None for value in values) or not 0 < int(parts[-1]) < 2**63:
        return found
    return found.filter(TupleGreaterThan(Tuple(*map(F, order)), tuple(values)))


@roles(SUPERVISOR, ADMINISTRATOR)
def peek(request: HttpRequest, number: str) -> HttpResponse:
    """The side panel: a case in short, without leaving the list."""
    case = case_by_number(number)
    context = {"case": case, "needs": case.needs.order_by("id"), "entries": timeline.of(case, limit=6)}
    return render(request, "cases/board/peek.html", context)


@roles(SUPERVISOR, ADMINISTRATOR)
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Hand to somebody, set the level, back to the queue: first what would happen to each, then, confirmed, that."""
    by: User = request.user  # type: ignore[assignment]
    numbers = request.POST.getlist("case")[:AT_ONCE]
    what, to = request.POST.get("what", ""), request.POST.get("to", "")
    action = _action(what, to, by, request.POST.get("reason", "").strip())
    if action is None or not numbers:
        return tell(HttpResponse(status=204), say=_("Choose cases, what to do, and to whom or which level."), bad=True)
    found = Case.objects.filter(pk__in=[int(n) - 100_000 for n in numbers if n.isdecimal() and len(n) < 12])
    cases = list(found.select_related("person", "category", "owner_agent").order_by("rank", "due_at", "id"))
    context: dict[str, Any] = {"what": what, "to": to, "words": action.words, "reason": request.POST.get("reason", "")}
    if "confirmed" not in request.POST:
        context["will"] = [Will(case, action.why_not(case)) for case in cases]
        context["can"] = sum(1 for will in context["will"] if not will.why_not)
        return render(request, "cases/board/bulk_preview.html", context)
    context["done"] = [Will(case, _do(action, case)) for case in cases]
    context["count"] = sum(1 for will in context["done"] if not will.why_not)
    open_cases.forget()
    return tell(render(request, "cases/board/bulk_done.html", context), "queue-changed")


@dataclass(frozen=True)
class Action:
    words: str
    why_not: Callable[[Case], str]
    do: Callable[[Case], Any]


def _action(what: str, to: str, by: User, reason: str) -> Action | None:
    if what == "hand" and to.isdecimal():
        agent = User.objects.filter(pk=to, role__in=(AGENT, SUPERVISOR), is_active=True).first()
        if agent is None:
            return None
        words = _("hand to %s") % agent
        return Action(words, lambda case: _not_in_queue(case, agent), lambda case: queue.pass_on(case, agent, by))
    if what == "level" and to in {"1", "2", "3", "4", "5"}:
        level = int(to)
        words = _("level %(level)d: %(name)s") % {"level": level, "name": Case.Level(level).label}
        return Action(words, lambda case: _same_level(case, level), lambda case: _set_level(case, level, by, reason))
    if what == "back":
        return Action(_("back to the queue"), _not_with_an_agent, lambda case: queue.hand_back(case, by, reason))
    return None


def _do(action: Action, case: Case) -> str:
    """Does it to one; what the rules say against it is the answer for that one only."""
    case.refresh_from_db()
    if refused := action.why_not(case):
        return refused
    try:
        action.do(case)
    except MoveRefused as why:
        return str(why)
    return ""


def _not_in_queue(case: Case, agent: User) -> str:
    if case.owner == "agent" and case.owner_agent_id == agent.pk:
        return _("they have it already")
    return "" if case.owner in ("queue", "agent") else _owner_words(case)


def _not_with_an_agent(case: Case) -> str:
    return "" if case.owner == "agent" else _("no agent has it")


def _same_level(case: Case, level: int) -> str:
    if not case.is_open:
        return _("it is settled")
    return _("it has this level") if case.level == level else ""


def _owner_words(case: Case) -> str:
    return _("stays: %s") % (case.get_owner_display() if case.is_open else _("it is settled"))


def _set_level(case: Case, level: int, by: User, reason: str) -> None:
    """A supervisor's word on the level; what was proposed stays beside it."""
    words = reason or _("set in the queue review")
    why = [{"slug": "supervisor", "zh": words, "en": words}]
    steps.reckon_again(case, by=by, reason=words, level=level, level_is_judged=True, level_reasons=why)


def breaching(within: timedelta, limit: int = 8) -> list[Case]:
    """What will be past its time soon if nobody takes it, most urgent first."""
    soon = Q(due_at__lt=timezone.now() + within)
    found = Case.objects.filter(soon, owner="queue").select_related("category", "district")
    names = [f"{of}__{name}" for of in ("category", "district") for name in ("name", "name_en")]
    found = found.only("level", "due_at", *names)
    return list(found.order_by("rank", "due_at", "id")[:limit])
