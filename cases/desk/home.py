"""The agent's desk: one page whose three columns refresh themselves, part by part."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from cases.desk import call, drafts, fields, presence, side, work
from cases.models import Case, Draft
from cases.models.case import FIRST_NUMBER
from hotline.access import AGENT, SUPERVISOR, roles
from hotline.models import User


def case_by_number(number: str) -> Case:
    """The case a resident or an agent quotes by its number, with what every screen shows of it."""
    pk = int(number) - FIRST_NUMBER if number.isdecimal() else 0
    related = Case.objects.select_related(
        "line", "person", "reporter", "category", "judged_by", "district", "owner_agent", "merged_into", "case_group"
    ).select_related("address__district", "address__community")
    return get_object_or_404(related, pk=pk)


@roles(AGENT, SUPERVISOR)
def desk(request: HttpRequest) -> HttpResponse:
    """The whole page. ?case=number opens that case's form, ?draft=key a form that is open already."""
    agent: User = request.user  # type: ignore[assignment]
    draft = _wanted(request, agent)
    context: dict[str, Any] = presence.shown(agent) | call.shown(agent)
    context |= {"work": work.work_of(agent), "day": work.day_of(agent), "drafts": drafts.open_of(agent), "draft": draft}
    if draft:
        chosen = fields.chosen(draft.data, draft.case)
        context |= fields.form_context(draft, chosen) | side.of_draft(draft, chosen)
    return render(request, "cases/desk/home.html", context)


def _wanted(request: HttpRequest, agent: User) -> Draft | None:
    if key := request.GET.get("draft"):
        return drafts.get(agent, key)
    if number := request.GET.get("case"):
        return drafts.for_case(agent, case_by_number(number))
    opened = drafts.open_of(agent)
    return drafts.get(agent, opened[-1].key) if opened else None


@roles(AGENT, SUPERVISOR)
def work_part(request: HttpRequest) -> HttpResponse:
    """The left column, and with it the day's figures in the head."""
    agent: User = request.user  # type: ignore[assignment]
    context = {"work": work.work_of(agent), "day": work.day_of(agent), "with_day": True}
    return render(request, "cases/desk/work_part.html", context)
