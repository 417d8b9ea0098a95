"""Groups on the desk: a table of people and needs, typed or pasted; and the page where they are handled together."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from cases import categories, groups, people, quantities
from cases.desk import call, drafts, fields
from cases.desk.answers import explained, tell
from cases.groups import FIELDS, Row
from cases.models import Case, CaseGroup, Draft
from hotline import calls, outgoing, practice
from hotline.access import ADMINISTRATOR, AGENT, SUPERVISOR, roles
from hotline.lifecycle import MoveRefused
from hotline.models import Call, User

HEAD = (
    "name", "note", "category", "community_name", "building", "caller_name", "caller_number", "relation",
)  # fmt: skip
BLANK_ROWS = 6
SHOWN_FOR = timedelta(days=30)
WORDS = {
    "received": gettext_lazy("received"),
    "not-received": gettext_lazy("not received"),
    "still": gettext_lazy("still needed"),
    "no-longer": gettext_lazy("no longer needed"),
    "source": gettext_lazy("find the goods"),
    "ready": gettext_lazy("hand to dispatch"),
    "hold": gettext_lazy("hold until tomorrow"),
    "resume": gettext_lazy("go on"),
    "give-up": gettext_lazy("goods not to be had"),
    "approve": gettext_lazy("approve what was asked"),
}


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
def index(request: HttpRequest) -> HttpResponse:
    """The newest groups."""
    found = groups.latest(timezone.now() - SHOWN_FOR)
    return render(request, "cases/groups/index.html", {"groups": found})


@roles(AGENT, SUPERVISOR)
def new(request: HttpRequest) -> HttpResponse:
    """An empty table; ?draft= brings along who calls and where, of the form that is open."""
    agent: User = request.user  # type: ignore[assignment]
    head: dict[str, str] = {}
    if key := request.GET.get("draft"):
        head = _head_of(drafts.get(agent, key))
    rows = [Row(id=str(i)) for i in range(BLANK_ROWS)]
    return _table(request, uuid.uuid4().hex, head, [{"row": row, "why_not": ""} for row in rows])


@roles(AGENT, SUPERVISOR)
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """A pasted list as lines of the table; `after` is the last line that is there."""
    after = request.POST.get("after", "")
    first = int(after) + 1 if after.isdecimal() and len(after) < 6 else 0
    found = [
        replace(row, id=str(first + i)) for i, row in enumerate(groups.read(request.POST.get("text", "")[:60_000]))
    ]
    lines = [{"row": row, "why_not": ""} for row in found]
    answer = render(request, "cases/groups/rows.html", {"lines": lines, "units": fields.UNITS})
    if not found:
        return tell(answer, say=_("No line could be read."), bad=True)
    return tell(answer, say=_("%d lines were read. Look them through before you save.") % len(found))


@roles(AGENT, SUPERVISOR)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Writes the table down: who could be written has a case, who could not stays in the table with the reason."""
    agent: User = request.user  # type: ignore[assignment]
    head = {name: request.POST.get(name, "").strip()[:300] for name in HEAD}
    head["community"] = request.POST.get("address-community", "").strip()[:20]
    key = request.POST.get("key", "")[:64]
    rows = [row for row in _rows(request.POST) if not row.is_empty]
    if not key or not rows:
        lines = [{"row": row, "why_not": ""} for row in rows or [Row(id="0")]]
        return _table(
            request, key or uuid.uuid4().hex, head, lines, _("Write down at least one person and what they need.")
        )
    draft = Draft.objects.filter(agent=agent, key=request.POST.get("draft", "")).select_related("call__line").first()
    live = (draft.call if draft else None) or _call_in_hand(agent, head["caller_number"])
    if (live and live.line.practice) or practice.is_in(agent):
        lines = [{"row": row, "why_not": ""} for row in rows]
        said = _("A practice shift knows no groups: go back to the form of the caller and hand that in.")
        return _table(request, key, head, lines, said)
    group, done = groups.save(key, head, rows, agent=agent, call=live)
    failed = [{"row": one.row, "why_not": one.why_not} for one in done if one.why_not]
    made = {one.case.pk for one in done if one.case}
    if failed:
        said = _("%(made)d people are written down; %(failed)d lines are not yet.") % {
            "made": len(made),
            "failed": len(failed),
        }
        return _table(request, key, head, failed, said, group if made else None)
    if draft and not draft.case_id and not draft.ended_at:
        drafts.put_away(draft)
    return redirect("cases:group", pk=group.pk)


def _table(
    request: HttpRequest,
    key: str,
    head: dict[str, str],
    lines: list[dict[str, Any]],
    said: str = "",
    group: CaseGroup | None = None,
) -> HttpResponse:
    context = {
        "key": key,
        "head": head,
        "lines": lines,
        # ids of lines are never used twice: what was saved under one is not written again
        "next": max(
            [*(int(row.id) for row in _rows(request.POST)), *(int(line["row"].id) for line in lines)], default=-1
        )
        + 1,
        "said": said,
        "group": group,
        "draft_key": request.POST.get("draft") or request.GET.get("draft", ""),
        "categories": [{"slug": c.slug, "label": fields.label(c)} for c in categories.active()],
        "relations": fields.RELATIONS,
        "units": fields.UNITS,
    }
    return render(request, "cases/groups/new.html", context, status=200 if not said else 422)


def _head_of(draft: Draft) -> dict[str, str]:
    data = draft.data
    address, caller = data.get("address") or {}, data.get("caller") or {}
    return {
        "caller_name": caller.get("name", ""),
        "caller_number": caller.get("number", ""),
        "community": address.get("community", ""),
        "community_name": address.get("community_name", ""),
        "building": address.get("building", ""),
        "category": data.get("category", ""),
        "note": data.get("words", "")[:300],
    }


def _rows(post: QueryDict) -> list[Row]:
    ids = sorted({int(m[1]) for name in post if (m := re.fullmatch(r"row-(\d{1,5})-\w+", name))})[: groups.MOST_ROWS]
    return [Row(id=str(i), **{name: post.get(f"row-{i}-{name}", "").strip()[:300] for name in FIELDS}) for i in ids]


def _call_in_hand(agent: User, number: str) -> Call | None:
    """The call this desk is on, or has just been on, when it is with that number."""
    live = calls.call_at_desk_of(agent)
    return live if live and live.number and live.number == people.e164(number) else None


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody of the group with their state, and what can be done for all or for each."""
    return render(request, "cases/groups/page.html", _shown(request, _get(pk)))


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One act for all that are marked, or an answer for each; what became of each stands beside it."""
    group = _get(pk)
    by: User = request.user  # type: ignore[assignment]
    what = request.POST.get("what", "")
    if what:
        marked = [int(value) for value in request.POST.getlist("case") if value.isdecimal()]
        chosen = dict.fromkeys(marked, what)
    else:
        chosen = {
            int(name.removeprefix("answer-")): str(value)
            for name, value in request.POST.items()
            if name.startswith("answer-") and name.removeprefix("answer-").isdecimal() and value
        }
    if not chosen:
        raise MoveRefused(_("Mark whom it concerns, or say something for somebody."))
    if what and what not in groups.ACTS:
        raise Http404
    practice.refuse(by)
    said = {"reason": request.POST.get("reason", "").strip()[:200]}
    hand = calls.call_at_desk_of(by)
    done = groups.act(group, chosen, by=by, said=said, call=groups.call_about(group, hand))
    context = _shown(request, group) | {"done": {one.case.pk: one for one in done if one.case}}
    good = sum(1 for one in done if not one.why_not)
    answer = render(request, "cases/groups/table.html", context)
    return tell(answer, say=_("%(good)d done, %(bad)d not.") % {"good": good, "bad": len(done) - good}, bad=good == 0)


@roles(AGENT, SUPERVISOR)
@require_POST
@explained
def call_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """One call about all of them: to whoever speaks for the group."""
    group = _get(pk)
    agent: User = request.user  # type: ignore[assignment]
    number = next(iter(people.numbers(group.contact)), "") if group.contact else ""
    if not people.can_be_dialled(number):
        raise MoveRefused(_("There is no number that could be dialled."))
    language = group.contact.language if group.contact else "zh-hans"
    outgoing.call_person(line=group.line, number=number, agent=agent, topic=groups.topic_of(group), language=language)
    answer = render(request, "cases/desk/call.html", call.shown(agent))
    return tell(answer, "call-changed", say=_("Your telephone rings first."))


def _get(pk: int) -> CaseGroup:
    return get_object_or_404(CaseGroup.objects.select_related("contact", "community", "line"), pk=pk)


def _shown(request: HttpRequest, group: CaseGroup) -> dict[str, Any]:
    by: User = request.user  # type: ignore[assignment]
    found = groups.cases_of(group)
    context: dict[str, Any] = {
        "group": group,
        "cases": [_line(case, by) for case in found],
        "counts": groups.counts(found),
        "acts": [(slug, WORDS[slug]) for slug in groups.ACTS],
        "done": {},
        "on_duty": by.role in (AGENT, SUPERVISOR),
        "address": reverse("cases:group", args=[group.pk]),
    }
    if context["on_duty"]:
        context |= call.shown(by)
    return context


def _line(case: Case, by: User) -> dict[str, Any]:
    return {
        "case": case,
        "needs": [(need, quantities.short(need)) for need in case.needs.all()],
        "can": [(slug, WORDS[slug]) for slug in groups.can(case, by)],
    }
