"""What a resident is told about a case, each thing once: an event, rendered from its template by the outbox."""

from __future__ import annotations

from cases import people
from cases.models import Case
from hotline import outbox
from hotline.models import Message

# Told as it happens; pointless once the case has gone further.
PASSING = (
    "received_again",
    "not_today",
    "planned",
    "on_its_way",
    "receiver_pin",
    "near",
    "driver_here",
    "delayed",
    "moved",
    "put_off",
    "attempt_failed",
    "callback_missed",
    "agent_will_call",
    "survey",
)

# Somebody who speaks for a group is told this once for all, or on the call about all.
FOR_EACH_THEMSELVES = ("received", "received_again", "delivered", "survey", "still_needed", "planned", "merged")


def tell(case: Case, event: str, *, occasion: str = "", receiver: str = "", **words: object) -> Message | None:
    """Queues the news for whoever asked for the case, else the person; None when no number of theirs takes texts.

    `receiver` is the number of somebody else who has to know: whoever was agreed to receive the goods.
    """
    number = receiver or number_for(case)
    if not number or (not receiver and event in FOR_EACH_THEMSELVES and speaks_for_many(case, number)):
        return None
    return outbox.send(
        line=case.line,
        number=number,
        event=event,
        topic=topic_of(case),
        words={"number": case.number, **words},
        occasion=occasion,
        language=case.language,
        category=case.category.slug if case.category else "",
        level=case.level,
    )


def number_for(case: Case) -> str:
    """Whom we write to: the one who asked, else the person in need. In a group each person themselves, where they can read it."""
    asked_by = people.text_number(case.reporter) if case.reporter else ""
    themselves = people.text_number(case.person)
    return (themselves or asked_by) if case.case_group_id else (asked_by or themselves)


def speaks_for_many(case: Case, number: str) -> bool:
    """Whether this number is that of somebody who asked for a whole group: they get no forty texts of one kind."""
    return bool(case.case_group_id and case.reporter and number not in people.numbers(case.person))


def topic_of(case: Case) -> str:
    return f"case:{case.pk}"


def case_of_topic(topic: str) -> Case | None:
    """The case a message or call was about, by its topic."""
    kind, _, pk = topic.partition(":")
    if kind != "case" or not pk.isdecimal():
        return None
    return Case.objects.filter(pk=int(pk)).select_related("line", "person", "reporter", "category", "judged_by").first()


def drop_stale(case: Case, *events: str) -> int:
    """News that is no longer so is not sent any more, where it is still waiting."""
    return outbox.supersede(topic_of(case), events or PASSING)
