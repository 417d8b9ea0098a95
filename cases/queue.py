"""Who works on what: the most urgent case within an agent's skills, held by one agent with a lease.

Order: level 1 before everything, then the earliest due, then the oldest. `case_next_to_claim` is the index of that order.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import claim_caps, steps
from cases.lifecycle import CaseState
from cases.models import Case, Category
from hotline import languages, prepared
from hotline.access import ADMINISTRATOR, SUPERVISOR
from hotline.lifecycle import MoveRefused
from hotline.models import AgentSkill, User

LEASE = steps.LEASE
Owner, Step = Case.Owner, Case.Step

# One statement: two agents at once lock two rows, and the second never waits for the first. Nor does its transaction wait for
# the disk: a claim is a lease, and one that a dying database forgets leaves its case waiting in the queue, as it was.
CLAIM_NEXT = """
    update cases_case set
        owner = 'agent', owner_agent_id = %(agent)s, claimed_until = %(until)s, version = version + 1
    where id = (
        select waiting.id from cases_case waiting
        where waiting.owner = 'queue'
          and (not %(full)s or waiting.rank = 0)
          and (%(leads)s or waiting.next_step <> 'review')
          and (%(everything)s or waiting.category_id is null or waiting.category_id = any(%(categories)s))
          and (%(everything)s or waiting.language = any(%(languages)s))
        order by waiting.rank, waiting.due_at, waiting.id
        for no key update skip locked
        limit 1
    )
    returning id, set_config('synchronous_commit', 'off', true)
"""


# Categories of their skills and those that ask for none; the languages among their skills; how many cases they may have at
# once (cases.claim_caps) and how many they have.
TAKES = """
    select
        array(select id from cases_category where skill_id is null or skill_id in (
            select skill_id from hotline_agentskill where user_id = %(agent)s)),
        array(select s.slug from hotline_agentskill a join hotline_skill s on s.id = a.skill_id
            where a.user_id = %(agent)s and s.kind = 'language'),
        (select cases from cases_claimcap where agent_id = %(agent)s or agent_id is null order by agent_id nulls last limit 1),
        (select count(*) from cases_case where owner = 'agent' and owner_agent_id = %(agent)s)
"""

# What the form of a claimed case shows of it.
SHOWN_WITH = ("person", "reporter", "category", "address__community")
CLAIMED = prepared.Question(lambda case: Case.objects.select_related(*SHOWN_WITH).filter(pk=case))


def claim_next(agent: User) -> Case | None:
    """Gives the agent the most urgent case they can take, with a lease; None when nothing waits for them.

    Who has as many as they may have (cases.claim_caps) is given level 1 only.
    """
    now = timezone.now()
    wanted: dict[str, Any] = {
        "agent": agent.pk,
        "until": now + LEASE,
        "leads": _leads(agent),
        "everything": takes_everything(agent),
        **_takes(agent),
    }
    with transaction.atomic(savepoint=False):
        with prepared.cursor() as cursor:
            cursor.execute(CLAIM_NEXT, wanted)
            row = cursor.fetchone()
        if row is None:
            return None
        (case,) = CLAIMED.all(row[0])
        _write_history(case.pk, agent, _("claimed"))
        steps.announce(case)
    return case


def claim(case: Case, agent: User) -> Case:
    """Takes this very case; raises MoveRefused naming who has it, or why nobody can have it."""
    with transaction.atomic():
        steps.lock(case)
        refused = why_not(case, agent)
        if refused:
            raise MoveRefused(refused)
        due_at = case.due_at or timezone.now()
        return steps.set_next(case, case.next_step, Owner.AGENT, due_at, agent=agent, by=agent, reason=_("claimed"))


def why_not(case: Case, agent: User) -> str:
    """Why this agent cannot take the case now, in words; "" when they can."""
    if not case.is_open:
        return _("it is settled")
    if case.state == CaseState.ON_HOLD:
        return _("it is on hold: resume it first")
    if case.owner == Owner.AGENT and case.owner_agent_id != agent.pk and steps.has_live_lease(case):
        return _("%(agent)s has it") % {"agent": case.owner_agent}
    if case.owner in (Owner.DISPATCH, Owner.TRIP):
        return _("dispatch has it")
    if case.next_step == Step.REVIEW and not _leads(agent):
        return _("a supervisor has to look at it first")
    mine = case.owner == Owner.AGENT and case.owner_agent_id == agent.pk
    return "" if mine or case.level == Case.Level.NOW else claim_caps.words(agent)


def renew(agent: User) -> int:
    """The agent's page is alive: what they hold stays with them. Returns how many cases."""
    return Case.objects.filter(owner=Owner.AGENT, owner_agent=agent).update(claimed_until=timezone.now() + LEASE)


def hand_back(case: Case, agent: User, reason: str = "") -> Case:
    """Back into the queue, at the place its due time gives it; only by the one who has it, or by those who lead."""
    with transaction.atomic():
        steps.lock(case)
        if case.owner != Owner.AGENT or (case.owner_agent_id != agent.pk and not _leads(agent)):
            raise MoveRefused(_("you do not have this case"))
        due_at = case.due_at or timezone.now()
        words = reason or _("handed back")
        return steps.set_next(case, case.next_step, Owner.QUEUE, due_at, by=agent, reason=words)


def pass_on(case: Case, to: User, by: User) -> Case:
    """Gives a case in the queue or in hand to another agent, by name."""
    with transaction.atomic():
        steps.lock(case)
        if case.owner not in (Owner.AGENT, Owner.QUEUE):
            raise MoveRefused(why_not(case, to) or _("it waits for a timer"))
        if case.owner == Owner.AGENT and case.owner_agent_id != by.pk and not _leads(by):
            raise MoveRefused(_("%(agent)s has it") % {"agent": case.owner_agent})
        due_at = case.due_at or timezone.now()
        words = _("passed on to %(agent)s") % {"agent": to}
        return steps.set_next(case, case.next_step, Owner.AGENT, due_at, agent=to, by=by, reason=words)


def release_expired(limit: int = 500) -> int:
    """The sweep: cases of agents whose page has gone quiet come back. Returns how many."""
    now = timezone.now()
    with transaction.atomic():
        lost = Case.objects.filter(owner=Owner.AGENT, claimed_until__lte=now).order_by("claimed_until")
        found = list(lost.select_for_update(no_key=True, of=("self",), skip_locked=True)[:limit])
        for case in found:
            # a pickup point was asked: its answer is awaited by a timer, not by an agent
            waits = case.next_step == Step.CONFIRM_GOODS and case.due_at and case.due_at > now
            owner = Owner.TIMER if waits else Owner.QUEUE
            steps.set_next(case, case.next_step, owner, case.due_at or now, reason=_("the lease ran out"))
    return len(found)


def waiting(agent: User | None = None) -> QuerySet[Case]:
    """What waits in the queue in its order; for an agent, what they could claim."""
    found = Case.objects.filter(owner=Owner.QUEUE).select_related(
        "person", "category", "district", "address__community"
    )
    if agent and not _leads(agent):
        found = found.exclude(next_step=Step.REVIEW)
    if agent and not takes_everything(agent):
        mine = Q(category=None) | Q(category__in=categories_of(agent))
        found = found.filter(mine, language__in=languages_of(agent))
    return found.order_by("rank", "due_at", "id")


def takes_everything(agent: User) -> bool:
    """Those who lead are not held to skills."""
    return _leads(agent)


def categories_of(agent: User) -> QuerySet[Category]:
    """Categories this agent can take: of their skills, and those that ask for none."""
    skills = AgentSkill.objects.filter(user=agent).values("skill")
    return Category.objects.filter(Q(skill=None) | Q(skill__in=skills))


def _takes(agent: User) -> dict[str, Any]:
    """What categories_of, languages_of and claim_caps.hands say, in one question."""
    with prepared.cursor() as cursor:
        cursor.execute(TAKES, {"agent": agent.pk})
        subjects, tongues, most, held = cursor.fetchone()
    return {
        "full": claim_caps.Hands(held, most).full,
        "categories": subjects,
        "languages": languages.codes(tongues),
    }


def languages_of(agent: User) -> list[str]:
    """Languages of cases this agent can take: the rule of hotline.languages."""
    return languages.of(agent)


def _leads(agent: User) -> bool:
    return agent.role in (SUPERVISOR, ADMINISTRATOR)


def _write_history(case: int, agent: User, reason: str) -> None:
    """The statement goes past the model's save, so its row of history is written here: the case as it is now."""
    with prepared.cursor() as cursor:
        cursor.execute(_history_statement(), {"at": timezone.now(), "reason": reason, "agent": agent.pk, "case": case})


@cache
def _history_statement() -> str:
    """As django-simple-history writes it, without reading the row for it."""
    kept = Case.history.model
    copied = ", ".join(connection.ops.quote_name(field.column) for field in kept.tracked_fields)
    return (
        f"insert into {kept._meta.db_table}"  # noqa: S608 names of our own columns
        f" ({copied}, history_date, history_change_reason, history_type, history_user_id)"
        f" select {copied}, %(at)s, %(reason)s, '~', %(agent)s from {Case._meta.db_table} where id = %(case)s"
    )
