"""The intake form on the desk: opened by a call, a case or by hand, kept while typing, saved as one case."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import amendments, claim_caps, duplicates, intake, queue
from cases.desk import call, drafts, fields, form, next_step, side
from cases.desk.answers import explained, nothing, parts, refusal, tell
from cases.desk.home import case_by_number
from cases.models import Case, Draft
from cases.practice import pages
from hotline import practice, presence
from hotline.access import AGENT, SUPERVISOR, roles
from hotline.lifecycle import MoveRefused
from hotline.models import Call, User


def show(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The form in the middle; the tabs and the right column come along."""
    chosen = fields.chosen(draft.data, draft.case)
    context = fields.form_context(draft, chosen) | side.of_draft(draft, chosen)
    context["drafts"] = drafts.open_of(draft.agent)
    return render(request, "cases/desk/form_part.html", context)


@roles(AGENT, SUPERVISOR)
def of_draft(request: HttpRequest, key: str) -> HttpResponse:
    """A form that is open already: its tab was pressed."""
    return show(request, drafts.get(request.user, key))  # type: ignore[arg-type]


@roles(AGENT, SUPERVISOR)
def of_call(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of the call this desk is on. A call-back's call opens the form of its case."""
    agent: User = request.user  # type: ignore[assignment]
    live = get_object_or_404(Call, pk=pk, agent=agent)
    owed = call.case_called_about(live)
    return show(request, drafts.for_case(agent, owed) if owed else drafts.for_call(agent, live))


@roles(AGENT, SUPERVISOR)
def of_case(request: HttpRequest, number: str) -> HttpResponse:
    """The form that changes this case."""
    return show(request, drafts.for_case(request.user, case_by_number(number)))  # type: ignore[arg-type]


@roles(AGENT, SUPERVISOR)
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """An empty form: a call taken elsewhere, somebody at the door. An untouched one is taken up again."""
    agent: User = request.user  # type: ignore[assignment]
    spare = [d for d in drafts.open_of(agent) if not d.case_id and not d.call_id and form.is_untouched(d.data)]
    return show(request, spare[0] if spare else drafts.blank(agent))


@roles(AGENT, SUPERVISOR)
@require_POST
@explained
def claim_next(request: HttpRequest) -> HttpResponse:
    """The most urgent case this agent can take, with its form open."""
    agent: User = request.user  # type: ignore[assignment]
    practice.refuse(agent)
    with transaction.atomic():  # the case and its form, or neither: one commit for both
        case = queue.claim_next(agent)
        draft = drafts.for_case(agent, case) if case else None
    if case is None and (enough := claim_caps.words(agent)):
        return nothing(say=enough, bad=True, seconds=8)
    if case is None or draft is None:
        return nothing(say=_("Nothing waits that you can take. New cases ring here by themselves."))
    return tell(show(request, draft), "work-changed", say=_("Claimed %s") % case.number)


@roles(AGENT, SUPERVISOR)
@require_POST
@explained
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """This very case, if nobody has it."""
    agent: User = request.user  # type: ignore[assignment]
    case = case_by_number(number)
    practice.refuse(agent)
    queue.claim(case, agent)
    if request.GET.get("go") == "desk":
        response = HttpResponse(status=204)
        response["HX-Redirect"] = f"{reverse('cases:desk')}?case={case.number}"
        return response
    return tell(show(request, drafts.for_case(agent, case)), "work-changed")


@roles(AGENT, SUPERVISOR)
@require_POST
def keep(request: HttpRequest, key: str) -> HttpResponse:
    """What has been typed so far; answers what the system thinks of it."""
    draft = drafts.get(request.user, key)  # type: ignore[arg-type]
    data = form.read(request.POST)
    if draft.ended_at:
        return refusal(_("This form has been saved or put away already."))
    drafts.keep(draft, data)
    chosen = fields.chosen(data, draft.case)
    context = side.of(data, case=draft.case, call=draft.call, chosen=chosen) | fields.questions(data, chosen)
    context |= {"data": data, "draft": draft}
    context["drafts"] = drafts.open_of(draft.agent)
    return parts(
        [
            ("side", render_to_string("cases/desk/side.html", context, request), ""),
            ("questions", render_to_string("cases/desk/questions.html", context, request), context["questions_same"]),
            ("drafts", render_to_string("cases/desk/drafts.html", context, request), ""),
        ]
    )


@roles(AGENT, SUPERVISOR)
@require_POST
def save(request: HttpRequest, key: str) -> HttpResponse:
    """Saves the form as a case, or into its case, and offers the next step. The same form saved twice is one case."""
    agent: User = request.user  # type: ignore[assignment]
    draft = drafts.get(agent, key)
    data = form.read(request.POST)
    drafts.keep(draft, data)
    if draft.call and draft.call.line.practice:
        return pages.handed_in(request, draft, data)
    seen = data["version"] if draft.case else ""
    try:
        practice.refuse(agent)
        case = intake.save(data, agent=agent, key=draft.key, call=draft.call, case=draft.case, seen=seen)
    except intake.Changed:
        return _conflict(request, draft, case_by_number(draft.case.number)) if draft.case else _refused(request, "")
    except (MoveRefused, presence.NotNow) as why:
        return _refused(request, str(why))
    drafts.put_away(draft, case)
    amendments.settle(case, data["amended"], agent)
    case = case_by_number(case.number)
    return next_step.after_saving(request, case)


@roles(AGENT, SUPERVISOR)
@require_POST
@explained
def join(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """This call, and what has been typed, belong to a case that is there already: one press, and ten seconds to undo it."""
    agent: User = request.user  # type: ignore[assignment]
    draft = drafts.get(agent, key)
    case = case_by_number(number)
    practice.refuse(agent)
    if "undo" in request.GET:
        duplicates.take_back(case, draft.call)
        drafts.take_up(draft)
        response = nothing()
        response["HX-Redirect"] = f"{reverse('cases:desk')}?draft={draft.key}"
        return response
    if draft.ended_at or draft.case_id:
        return refusal(_("This form has been saved or put away already."))
    data = form.read(request.POST) if "words" in request.POST else draft.data
    drafts.keep(draft, data)
    case = case_by_number(duplicates.add_to(case, data, agent=agent, call=draft.call).number)
    drafts.put_away(draft)
    context = next_step.context_of(request, case, where="desk") | side.of_case(case)
    context |= {"drafts": drafts.open_of(agent), "joined": True}
    answer = render(request, "cases/desk/joined_part.html", context)
    undo = reverse("cases:draft-join", args=[draft.key, case.number])
    return tell(answer, "work-changed", say=_("It is on %s.") % case.number, undo=f"{undo}?undo=1")


@roles(AGENT, SUPERVISOR)
@require_POST
def close(request: HttpRequest, key: str) -> HttpResponse:
    """Takes the form off the desk. What was typed stays with the server for the undo."""
    agent: User = request.user  # type: ignore[assignment]
    draft = drafts.get(agent, key)
    if "undo" in request.GET:
        Draft.objects.filter(pk=draft.pk).update(ended_at=None)
        response = nothing()
        response["HX-Refresh"] = "true"
        return response
    drafts.put_away(draft)
    left = drafts.open_of(agent)
    context = {"drafts": left, "draft": None}
    answer = render(request, "cases/desk/nothing_part.html", context)
    return tell(answer, "work-changed", say=_("Put away."), undo=f"{request.path}?undo=1")


def _conflict(request: HttpRequest, draft: Draft, case: Case) -> HttpResponse:
    """Both are shown; which one holds is for the person who knows."""
    last = case.history.select_related("history_user").first()
    context = {"case": case, "draft": draft, "last": last, "seen": intake.what_is_edited(case)}
    html = render_to_string("cases/desk/conflict.html", context, request)
    return parts([("intake-refusal", html, "")], status=409)


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    html = render_to_string("cases/desk/refused.html", {"why": why}, request)
    return parts([("intake-refusal", html, "")], status=422)
