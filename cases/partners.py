"""Cases that partners hand in through their own entry: made once per key, told back by signed webhooks.

A partner sees the cases it handed in and no other, and of them what a resident would be told, never what agents note.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from datetime import timedelta
from typing import Any

import httpx
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import intake, outcomes, people, status, updates
from cases.lifecycle import FINAL_STATES, CaseState
from cases.models import Case, Partner, PartnerCase, Webhook
from hotline.lifecycle import Move
from hotline.locks import hold_number
from hotline.models import User

log = logging.getLogger(__name__)
# Waits before the next try; about a day and a half altogether, then somebody has to look.
RETRY_SECONDS = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800, 28800)
TIMEOUT_SECONDS = 5.0
AT_ONCE = 20
LEASE = timedelta(seconds=120)  # a worker that dies while telling gives the row back after so long


class KeyReused(Exception):
    """The same key came before with other words."""


def hand_in(data: dict[str, Any], *, partner: Partner, key: str) -> tuple[Case, bool]:
    """The case for what a partner hands in, and whether it is new. `data` is the structure of the intake form.

    The same key with the same data is the same case; with other data KeyReused is raised and nothing written.
    """
    fingerprint = hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
    number = people.e164(str(data["caller"].get("number") or ""))
    with transaction.atomic():
        hold_number(f"partner:{partner.pk}:{key}")
        known = PartnerCase.objects.select_related("case").filter(partner=partner, key=key).first()
        if known:
            if not hmac.compare_digest(known.fingerprint, fingerprint):
                raise KeyReused
            return known.case, False
        hold_number(number or f"partner:{partner.pk}")
        case = intake.from_partner(data, line=partner.line, key=f"partner:{partner.pk}:{key}"[:80])
        PartnerCase.objects.create(
            partner=partner, case=case, key=key, fingerprint=fingerprint, reference=data.get("reference", "")
        )
        updates.tell(case, "received")
    return case, True


def cancel(case: Case, *, partner: Partner, reason: str) -> Case:
    """The partner says that it is no longer needed; already cancelled is fine. Raises MoveRefused."""
    if case.state == CaseState.CANCELLED:
        return case
    words = _("%(partner)s: %(reason)s") % {"partner": partner, "reason": reason or _("no longer needed")}
    return outcomes.cancel(case, by=None, reason=words)


def shown(case: Case) -> dict[str, Any]:
    """What a partner may know of a case: where it stands and what the resident is told about it."""
    return {
        "number": case.number,
        "reference": case.partner_case.reference,
        "state": case.state,
        "open": case.state not in FINAL_STATES,
        "category": case.category.slug if case.category else "",
        "level": case.level,
        "opened_at": case.created_at,
        "ended_at": case.closed_at,
        "needed_by": case.needed_by,
        "promised_from": case.promised_from,
        "promised_until": case.promised_until,
        "outcome": case.outcome,
        "words": {"zh_hans": status.words(case, "zh-hans"), "en": status.words(case, "en")},
    }


# telling partners


def note_move(case: Case, move: Move, before: str, by: User | None, reason: str) -> None:
    """A move of a partner's case is owed to them. Listens to the lifecycle of cases."""
    handed_in = PartnerCase.objects.filter(case=case).select_related("partner").first()
    if not handed_in or not handed_in.partner.active or not handed_in.partner.webhook_url:
        return
    body = {
        "number": case.number,
        "reference": handed_in.reference,
        "event": move.name,
        "state": case.state,
        "before": before,
        "outcome": case.outcome,
        "promised_from": _iso(case.promised_from),
        "promised_until": _iso(case.promised_until),
        "at": _iso(timezone.now()),
    }
    Webhook.objects.create(partner=handed_in.partner, case=case, event=move.name, body=body)


def tell_due(limit: int = AT_ONCE) -> int:
    """The sweep: tells what is due, one request each. Returns how many were told.

    The row is leased before the request and written after it, so that no transaction waits for somebody else's server.
    """
    now = timezone.now()
    with transaction.atomic():
        found = Webhook.objects.filter(state=Webhook.State.DUE, due_at__lte=now).order_by("due_at", "id")
        taken = list(found.select_for_update(no_key=True, of=("self",), skip_locked=True)[:limit])
        Webhook.objects.filter(pk__in=[row.pk for row in taken]).update(due_at=now + LEASE)
    told = 0
    for row in Webhook.objects.filter(pk__in=[row.pk for row in taken]).select_related("partner").order_by("id"):
        told += _tell(row)
    return told


def _tell(row: Webhook) -> bool:
    try:
        answer = _post(row)
        good, words = answer.is_success, str(answer.status_code)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        good, words = False, type(error).__name__
    row.attempts += 1
    row.answer = words
    if good:
        row.state, row.told_at = Webhook.State.TOLD, timezone.now()
    elif row.attempts > len(RETRY_SECONDS):
        row.state = Webhook.State.GIVEN_UP
    else:
        row.due_at = timezone.now() + timedelta(seconds=RETRY_SECONDS[row.attempts - 1])
    row.save(update_fields=["attempts", "answer", "state", "told_at", "due_at"])
    log.info("webhook %s of case %s, try %s: %s", row.pk, row.case_id, row.attempts, words)
    return good


def _post(row: Webhook) -> httpx.Response:
    body = json.dumps({"id": row.pk, **row.body}, ensure_ascii=False, separators=(",", ":")).encode()
    at = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "Hotline-Event": row.event,
        "Hotline-Delivery": str(row.pk),
        "Hotline-Signature": f"t={at},v1={signature(row.partner.webhook_secret, at, body)}",
    }
    return httpx.post(row.partner.webhook_url, content=body, headers=headers, timeout=TIMEOUT_SECONDS)


def signature(secret: str, at: int, body: bytes) -> str:
    """HMAC-SHA256 over the time and the body: who knows the secret can tell that it is ours and not a repeat of long ago."""
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def _iso(at: Any) -> str | None:
    return at.isoformat() if at else None
