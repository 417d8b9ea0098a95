"""Drafts: the forms an agent has open. One per call, one per case and agent; put away, never thrown away while unsaved."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import Http404
from django.utils import timezone

from cases import masking
from cases.desk import form, prefill
from cases.models import Case, Draft
from hotline import prepared
from hotline.models import Call, User

MOST_TABS = 8
# what the form and the column beside it read of its case and its call
SHOWN_WITH = ("case__person", "case__reporter", "case__category", "case__judged_by", "case__line", "call__line")

# One question for the usual case: it is not there yet. Two presses at once make one.
MAKE = """
    insert into cases_draft (key, agent_id, case_id, data) values (%s, %s, %s, %s)
    on conflict (key) do nothing
    returning id, opened_at
"""


OPEN = prepared.Question(lambda agent: Draft.objects.filter(agent=agent, ended_at=None).order_by("id")[:MOST_TABS])


def open_of(agent: User) -> list[Draft]:
    """The agent's tabs, in the order they were opened."""
    return OPEN.all(agent.pk)


def get(agent: User, key: str) -> Draft:
    """The agent's own draft; somebody else's is not found."""
    found = Draft.objects.filter(agent=agent, key=key).select_related(*SHOWN_WITH).first()
    if found is None:
        raise Http404
    found.agent = agent  # at hand already
    return found


def blank(agent: User) -> Draft:
    """A new, empty form."""
    return Draft.objects.create(key=f"desk:{uuid.uuid4().hex}", agent=agent, data=form.empty())


def for_call(agent: User, call: Call) -> Draft:
    """The form of this call: the same one however often it is asked for; with the caller filled in.

    A call that was transferred brings its form along.
    """
    draft, new = Draft.objects.get_or_create(
        call=call,
        defaults={"key": f"call:{call.pk}", "agent": agent, "data": prefill.from_call(call)},
    )
    if not new and draft.agent_id != agent.pk:
        draft.agent = agent
        draft.save(update_fields=["agent"])
    return draft


def for_case(agent: User, case: Case) -> Draft:
    """The form that changes this case, filled with what is known; an open one is taken up again.

    It shows names and numbers in full: who opens it is written down.
    """
    masking.unmask(agent, "intake form", case=case)
    made = Draft(key=f"case:{case.pk}:{agent.pk}", agent=agent, case=case, data=prefill.from_case(case))
    with prepared.cursor() as cursor:
        cursor.execute(MAKE, [made.key, agent.pk, case.pk, json.dumps(made.data)])
        row = cursor.fetchone()
    if row:
        made.pk, made.opened_at = row
        return made
    draft = Draft.objects.get(key=made.key)
    draft.agent, draft.case = agent, case  # as they are at hand
    if draft.ended_at:
        draft.data, draft.saved_at, draft.ended_at = made.data, None, None
        draft.save()
    return draft


def keep(draft: Draft, data: dict[str, Any]) -> None:
    """Keeps what has been typed so far."""
    draft.data, draft.saved_at = data, timezone.now()
    draft.save(update_fields=["data", "saved_at"])


def put_away(draft: Draft, case: Case | None = None) -> None:
    """Takes the form off the desk; `case` is what it has become."""
    draft.case, draft.ended_at = case or draft.case, timezone.now()
    draft.save(update_fields=["case", "ended_at"])


def take_up(draft: Draft) -> None:
    """Puts a form that was put away back on the desk."""
    draft.case, draft.ended_at = None, None
    draft.save(update_fields=["case", "ended_at"])
