"""A reply that corrects the address of an open case or adds a need to it: read from how it begins, taken over by an agent.

Nothing of the case changes by the text alone: it stands beside the form as fields to take over, and the resident is told so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from cases import triage
from cases.models import Case, Contact
from hotline.models import User

MOST = 5
ADDRESS, NEED = "address_change", "more_needed"  # Contact.taken_as; the texts that answer are named after them
NUMBERED = r"^\s*(?:(?:编号|求助|request)?\s*#?\d{6,9}[\s,，:：。、]*)?"
ADDRESS_BEGINS = re.compile(
    NUMBERED + r"(?:(?:请|帮我|麻烦)?(?:把)?(?:更正|修改|更改|改|换)(?:一下)?(?:收货|送货)?地址|(?:收货|送货)?地址\s*"
    r"(?:写错了?|填错了?|发错了?|错了|有误|改为|改成|改到|改一下|更正|换成|换到|变更为?|应该是|[:：])|搬到了?"
    r"|(?:(?:new|correct|the|my)\s+)?address(?:\s+(?:is|has changed|changed|was wrong)(?:\s+to)?)?\b)"
    r"[\s:：,，。、是为到成]*(?P<words>.+)$",
    re.IGNORECASE | re.DOTALL,
)
NEED_BEGINS = re.compile(
    NUMBERED
    + r"(?:还(?:想)?(?:需要|要|缺)|再加|加上?|另外(?:还)?(?:需要|要|想要)?|追加|补充(?:需要)?|顺便(?:还)?(?:要|带)"
    r"|(?:we |i )?also(?: need)?\b|please add\b|add\b)[\s:：,，、]*(?P<words>.+)$",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Amendment:
    """What a text wants changed: ADDRESS or NEED, and the words that say to what."""

    kind: str
    words: str


def read(text: str) -> Amendment | None:
    """None for a text that asks for no change; a wish for more is one only when it names something to bring."""
    said = unicodedata.normalize("NFKC", text).strip()
    if found := ADDRESS_BEGINS.match(said):
        return Amendment(ADDRESS, found["words"].strip())
    if (found := NEED_BEGINS.match(said)) and triage.read(found["words"], at=timezone.now()).needs:
        return Amendment(NEED, found["words"].strip())
    return None


def waiting(case: Case) -> list[Contact]:
    """The texts that want this case changed and that nobody has dealt with yet, oldest first."""
    found = Contact.objects.filter(case=case, taken_as__in=(ADDRESS, NEED), settled_at=None, message__isnull=False)
    return list(found.select_related("message").order_by("pk")[:MOST])


def settle(case: Case, contacts: Iterable[str], by: User) -> None:
    """An agent has dealt with these, whether they were taken over or not."""
    pks = [int(pk) for pk in contacts if pk.isdecimal()]
    if pks:
        waiting = Contact.objects.filter(pk__in=pks, case=case, taken_as__in=(ADDRESS, NEED), settled_at=None)
        waiting.update(settled_at=timezone.now(), settled_by=by)
