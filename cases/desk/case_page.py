"""The page of one case: what it is, what happened, who they are, what is needed, and what can be done."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Prefetch
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import (
    ages,
    canned,
    duplicates,
    holds,
    masking,
    merging,
    outcomes,
    outlook,
    people,
    policies,
    prescriptions,
    quantities,
    related,
    status,
    timeline,
    updates,
)
from cases.desk import call, next_step, panels, presence
from cases.desk.answers import back, explained, tell
from cases.desk.home import case_by_number
from cases.lifecycle import CASE
from cases.models import CannedReply, Case, Need, Note, Prescription, Resident
from cases.models.case import FIRST_NUMBER
from hotline import live, outbox, outgoing
from hotline.access import ADMINISTRATOR, AGENT, DISPATCHER, SUPERVISOR, roles
from hotline.lifecycle import MoveRefused
from hotline.models import User

DESK = (AGENT, SUPERVISOR, ADMINISTRATOR)
EVERYBODY = (*DESK, DISPATCHER)
AT_ONCE = 40
HERE_SECONDS = 40  # somebody whose page said nothing for so long has left


@roles(*EVERYBODY)
def page(request: HttpRequest, number: str) -> HttpResponse:
    """The whole page. What was unread on it is read by whoever works with cases and opens it."""
    case = _whole(number)
    by: User = request.user  # type: ignore[assignment]
    context = _timeline(case) | _facts(case) | {"case": case, "here": _here(case, by)}
    works_here = by.role in DESK
    if works_here:
        if context["unread"]:
            timeline.read_all(case)
        context |= next_step.context_of(request, case, where="page")
        context |= {
            "likely": next_step.likely(case, context["choices"]),
            "twins": duplicates.of_case(case) if case.is_open else [],
            "text_key": uuid.uuid4().hex,
            "replies": _replies(case),
            "can_text": bool(updates.number_for(case)),
        }
    if by.role in (AGENT, SUPERVISOR):
        context |= presence.shown(by)
        context |= call.shown(by, now=context["presence"])
    context |= {
        "works_here": works_here,
        "may_allow": by.role in (SUPERVISOR, ADMINISTRATOR),
        "on_duty": by.role in (AGENT, SUPERVISOR),
        "panels": panels.shown(request, case),
        "age": ages.thresholds().of(case) if case.is_open else None,
        "targets": _targets(case),
        "leads_moves": _leads_moves(case, by),
        "asked_still_needed": case.still_needed.filter(closed_at=None).first() if context["still_needed"] else None,
        "status_words": status.words(case, case.language),
        "outlook": outlook.of(case),
        "not_today": outlook.words(case, get_language() or "zh-hans"),
    }
    return render(request, "cases/case/page.html", context)


@roles(*EVERYBODY)
def timeline_part(request: HttpRequest, number: str) -> HttpResponse:
    """The time line by itself; ?before= goes back in it."""
    case = _whole(number)
    before = parse_datetime(request.GET.get("before", ""))
    context = _timeline(case, before) | {"case": case, "here": _here(case, request.user)}  # type: ignore[arg-type]
    return render(request, "cases/case/timeline.html", context)


def _whole(number: str) -> Case:
    """A case to be read and not to be changed: with its needs and telephones, which nearly every part of the page asks for."""
    pk = int(number) - FIRST_NUMBER if number.isdecimal() else 0
    related = Case.objects.select_related("line", "person", "category", "address__district", "address__community")
    needs = Prefetch("needs", Need.objects.select_related("prescription").order_by("id"))
    return get_object_or_404(related.prefetch_related(needs, "person__phones", "reporter__phones"), pk=pk)


def _asked_by(case: Case) -> list[Resident]:
    """The person in need and who asked for them, each once."""
    return [case.person, *([case.reporter] if case.reporter and case.reporter_id != case.person_id else [])]


def _timeline(case: Case, before: datetime | None = None) -> dict[str, Any]:
    numbers = [str(phone.number) for person in _asked_by(case) for phone in person.phones.all()]
    entries = timeline.of(case, before=before, limit=AT_ONCE + 1, numbers=numbers)
    shown = entries[-AT_ONCE:]
    return {
        "entries": shown,
        "earlier": shown[0].at.isoformat() if len(entries) > AT_ONCE else "",
        "first_unread": timeline.first_unread(shown),
    }


def _facts(case: Case) -> dict[str, Any]:
    needs = list(case.needs.all())
    there = _there(case)
    callbacks = case.callbacks.exclude(state__in=CALLED).order_by("due_at")
    return there | {
        "phones": _phones(case),
        "needs": needs,
        "referrals": list(case.referrals.order_by("-id")[:10]) if there["referred"] else [],
        "controlled": any(need.controlled for need in needs),
        "waits_for_yes": case.is_open and any(need.controlled and not need.allowed_at for need in needs),
        "wants_photo": any(_wants_photo(need) for need in needs),
        "related": related.of(case),
        "undecided": case.is_open and any(n.approved is None and n.quantity is not None for n in needs),
        "callbacks": callbacks if there["called_back"] else [],
        "masked_name": masking.name(case.person.name),
    }


# What most cases have nothing of: then it is not asked for.
CALLED = ("done", "cancelled", "escalated")
THERE = """
    select exists (select from cases_referral where case_id = %(case)s) as referred,
        exists (select from cases_callback where case_id = %(case)s and state <> all(%(called)s)) as called_back,
        exists (select from cases_stillneeded where case_id = %(case)s and closed_at is null) as still_needed,
        exists (select from cases_contact where case_id = %(case)s and unread) as unread
"""


def _there(case: Case) -> dict[str, bool]:
    with connection.cursor() as cursor:
        cursor.execute(THERE, {"case": case.pk, "called": list(CALLED)})
        referred, called_back, still_needed, unread = cursor.fetchone()
    there = {"referred": referred, "called_back": called_back, "unread": unread}
    return there | {"still_needed": still_needed and case.is_open}


def _phones(case: Case) -> list[dict[str, Any]]:
    return [
        {"person": person, "phone": phone, "masked": masking.phone(str(phone.number))}
        for person in _asked_by(case)
        for phone in person.phones.all()
    ]


def _wants_photo(need: Need) -> bool:
    paper = getattr(need, "prescription", None)
    return paper.state in prescriptions.FROM["photo_asked"] if paper else need.prescription_needed


def _targets(case: Case) -> list[dict[str, Any]]:
    """First contact, decision and delivery: by when, and whether that was so. What was never due says nothing."""
    now = case.closed_at or timezone.now()
    return [
        {"words": words, "by": by, "met": None if at is None and now <= by else at is not None and at <= by}
        for words, by, at in (
            (_("first contact"), case.contact_by, case.contacted_at),
            (_("decided"), case.decide_by, case.decided_at),
            (_("delivered"), case.needed_by, case.delivered_at),
        )
        if by
    ]


def _here(case: Case, by: User) -> list[str]:
    """Who else has this case open now."""
    key, now = f"case-open:{case.pk}", timezone.now().timestamp()
    there = {pk: seen for pk, seen in (cache.get(key) or {}).items() if now - seen[0] < HERE_SECONDS}
    there[by.pk] = (now, str(by))
    cache.set(key, there, HERE_SECONDS)
    return [name for pk, (_seen, name) in there.items() if pk != by.pk]


# moves that the next steps do not offer: (move, reason asked)
LEADS_MOVES = ("resume", "reopen", "unmerge", "back_to_sourcing")


def _leads_moves(case: Case, by: User) -> list[dict[str, Any]]:
    return [
        {"name": name, "label": CASE.moves[name].label, "asks": CASE.moves[name].needs_reason}
        for name in LEADS_MOVES
        if not CASE.why_not(case, name, by)
    ]


def _page_of(case: Case) -> str:
    return reverse("cases:case", args=[case.number])


@roles(*DESK)
@require_POST
@explained
def move(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Resume, reopen, unmerge, look for the goods again."""
    case = case_by_number(number)
    by: User = request.user  # type: ignore[assignment]
    reason = request.POST.get("reason", "").strip()
    if name not in LEADS_MOVES:
        raise Http404
    if CASE.moves[name].needs_reason and not reason:
        raise MoveRefused(_("please give a reason"))
    if name == "resume":
        holds.resume(case, by=by, reason=reason)
    elif name == "back_to_sourcing":
        next_step.steps.move(case, name, by=by, reason=reason)
    else:
        outcomes.reopen(case, by=by, reason=reason)
    return back(request, _page_of(case), _("Done: %s.") % CASE.moves[name].label)


@roles(*DESK)
@require_POST
def note(request: HttpRequest, number: str) -> HttpResponse:
    """A remark for those who come after."""
    case = case_by_number(number)
    text = request.POST.get("text", "").strip()[:4000]
    if text:
        with transaction.atomic():
            Note.objects.create(case=case, by=request.user, text=text)  # type: ignore[misc]
            live.publish(f"case:{case.pk}", "note")
    return timeline_part(request, number)


@roles(*DESK)
@require_POST
@explained
def text(request: HttpRequest, number: str) -> HttpResponse:
    """A text in one's own words, on the thread of the case. The form's key makes it one message however often pressed."""
    case = case_by_number(number)
    by: User = request.user  # type: ignore[assignment]
    words, key = request.POST.get("body", "").strip(), request.POST.get("key", "")
    to = updates.number_for(case)
    if not words:
        raise MoveRefused(_("There are no words to send."))
    if not to:
        raise MoveRefused(_("None of their numbers takes texts."))
    reply = canned_by(case, request.POST.get("reply", ""))
    outbox.send_text(
        line=case.line,
        number=to,
        body=words[:1000],
        topic=updates.topic_of(case),
        key=f"desk:{case.pk}:{by.pk}:{key[:40]}",
        level=case.level,
        language=case.language,
        author=by,
    )
    did = canned.do(reply, case, by=by) if reply else ""
    shown = {"case": case, "text_key": uuid.uuid4().hex, "can_text": True, "replies": _replies(case)}
    answer = render(request, "cases/case/text_form.html", shown)
    return tell(answer, "timeline-changed", say=" ".join(filter(None, [_("On its way."), did])))


def _replies(case: Case) -> list[dict[str, Any]]:
    """The canned replies of this case with their words and what goes along with them."""
    english = (get_language() or "").startswith("en")
    replies = canned.of(case)
    stands_for = canned.said(case) if replies else {}
    return [
        {
            "pk": reply.pk,
            "name": reply.name_en if english and reply.name_en else reply.name,
            "words": canned.words(reply, case, stands_for),
            "then": reply.get_then_display() if reply.then else "",
        }
        for reply in replies
    ]


def canned_by(case: Case, pk: str) -> CannedReply | None:
    """The reply whose words were sent, if it is one of this case's."""
    return next((reply for reply in canned.of(case) if str(reply.pk) == pk), None)


@roles(AGENT, SUPERVISOR)
@require_POST
@explained
def call_person(request: HttpRequest, number: str) -> HttpResponse:
    """Rings the agent's telephone, then the person's."""
    case = case_by_number(number)
    chosen = request.POST.get("phone", "")
    phones = {str(row["phone"].pk): str(row["phone"].number) for row in _phones(case)}
    to = phones.get(chosen) or next(iter(phones.values()), "")
    if not people.can_be_dialled(to):
        raise MoveRefused(_("There is no number that could be dialled."))
    agent: User = request.user  # type: ignore[assignment]
    if "sure" not in request.POST:
        policies.ask_first(case, case.line, case.level)
    outgoing.call_person(line=case.line, number=to, agent=agent, topic=updates.topic_of(case), language=case.language)
    answer = render(request, "cases/desk/call.html", call.shown(agent))
    return tell(answer, "call-changed", say=_("Your telephone rings first."))


@roles(*DESK)
@require_POST
@explained
def approve(request: HttpRequest, number: str) -> HttpResponse:
    """How much of each thing may be given: what was asked in one press, or a quantity for each."""
    case = case_by_number(number)
    by: User = request.user  # type: ignore[assignment]
    if "all" in request.POST:
        quantities.approve_all(case, by=by)
        return back(request, _page_of(case), _("Approved as asked."))
    reason = request.POST.get("reason", "").strip()
    with transaction.atomic():
        for need in case.needs.order_by("id"):
            said = request.POST.get(f"approved-{need.pk}", "").strip()
            if said:
                quantities.approve(need, quantities.read(said), by=by, reason=reason)
    return back(request, _page_of(case), _("The approved quantity is written down."))


@roles(*DESK)
@require_POST
def unmask(request: HttpRequest, number: str) -> HttpResponse:
    """Names and numbers in full; who looked is written down."""
    case = _whole(number)
    with transaction.atomic():
        masking.unmask(request.user, "name and numbers", case=case)  # type: ignore[arg-type]
    may_allow = getattr(request.user, "role", "") in (SUPERVISOR, ADMINISTRATOR)
    shown = _facts(case) | {"case": case, "unmasked": True, "works_here": True, "may_allow": may_allow}
    return render(request, "cases/case/person.html", shown)


@roles(*DESK)
@require_POST
@explained
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """This case is part of another one."""
    case = case_by_number(number)
    into = case_by_number(request.POST.get("into", "").strip())
    merging.merge(case, into, by=request.user, reason=request.POST.get("reason", "").strip())  # type: ignore[arg-type]
    return back(
        request, _page_of(into), _("%(one)s is now part of %(other)s.") % {"one": case.number, "other": into.number}
    )


@roles(*DESK)
def prescription_photo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The photo of a prescription, for those who work on cases; who looked is written down."""
    found = get_object_or_404(Prescription.objects.select_related("need__case"), pk=pk)
    if not found.photo:
        raise Http404
    masking.unmask(request.user, "prescription photo", case=found.need.case)  # type: ignore[arg-type]
    response = FileResponse(found.photo.open("rb"))
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
