"""Opting out of texts, and back in: only when the word is the whole reply. The carrier's own words are among them."""

from __future__ import annotations

from django.utils import timezone

from hotline.models import Line, Message, OptOut

# CANCEL and END are the carrier's default words too; here CANCEL cancels a case, and the account's list is set without it.
OUT = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "QUIT", "REVOKE", "OPTOUT", "TD", "T", "退订", "退訂", "N退订"})
IN = frozenset({"START", "UNSTOP", "恢复", "订阅", "恢复短信"})


def word_of(body: str) -> str:
    """ "opt_out", "opt_in" or ""."""
    word = body.strip().strip("。.!！ ").upper()
    return "opt_out" if word in OUT else "opt_in" if word in IN else ""


def take(line: Line, number: str, word: str) -> None:
    """Writes down that this number wants no texts any more, or wants them again."""
    if word == "opt_out":
        OptOut.objects.get_or_create(line=line, number=number, ended_at=None)
    else:
        OptOut.objects.filter(line=line, number=number, ended_at=None).update(ended_at=timezone.now())


def confirm(message: Message, word: str) -> None:
    """One text that says so."""
    from hotline import outbox

    event = "opted_out" if word == "opt_out" else "opted_in"
    outbox.send(
        line=message.line,
        number=message.number,
        event=event,
        topic=f"message:{message.pk}",
        words={},
        language=message.language,
    )
