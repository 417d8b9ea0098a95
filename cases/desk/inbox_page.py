"""The visible inbox on the desk: settle, put on a case, make a case."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import inbox
from cases.desk import drafts, search
from cases.desk.answers import explained, nothing, refusal, tell
from cases.lifecycle import FINAL_STATES
from cases.models import Case, Contact
from hotline.access import ADMINISTRATOR, AGENT, SUPERVISOR, roles
from hotline.models import Call, User

SHOWN = 60


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
def page(request: HttpRequest) -> HttpResponse:
    """What lies there; refreshes itself."""
    template = "cases/inbox/rows.html" if request.headers.get("HX-Request") else "cases/inbox/page.html"
    return render(request, template, _rows(request))


def _rows(request: HttpRequest) -> dict[str, Any]:
    found = list(inbox.open_ones()[: SHOWN + 1])
    numbers = {_number(contact) for contact in found} - {""}
    known = _cases_by_number(numbers)
    return {"contacts": [_row(contact, known) for contact in found[:SHOWN]], "more": len(found) > SHOWN}


def _cases_by_number(numbers: set[str]) -> dict[str, list[Case]]:
    """The open cases of everybody who writes here, in one query, so that putting it on one is a press."""
    known = Case.objects.filter(person__phones__number__in=numbers).exclude(state__in=FINAL_STATES)
    by_number: dict[str, list[Case]] = {}
    for case in known.prefetch_related("person__phones").select_related("category").order_by("-id").distinct()[:300]:
        for phone in case.person.phones.all():
            by_number.setdefault(str(phone.number), []).append(case)
    return by_number


def _row(contact: Contact, known: dict[str, list[Case]]) -> dict[str, Any]:
    number = _number(contact)
    return {"contact": contact, "number": number, "cases": known.get(number, [])[:3]}


def _number(contact: Contact) -> str:
    return contact.message.number if contact.message else contact.call.number if contact.call else ""


@roles(AGENT, SUPERVISOR, ADMINISTRATOR)
@require_POST
@explained
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Settle (and take that back), put on a case, make a case."""
    by: User = request.user  # type: ignore[assignment]
    contact = get_object_or_404(Contact.objects.select_related("message", "call", "line"), pk=pk)
    options: dict[str, Any] = {}
    if what == "settle":
        inbox.settle(contact, by)
        said = _("Settled.")
        options = {"undo": reverse("cases:inbox-act", args=[pk, "unsettle"])}
    elif what == "unsettle":
        inbox.unsettle(contact, by)
        return nothing("inbox-changed", say=_("It is back in the inbox."))
    elif what == "put":
        case = search.by_number(request.POST.get("number", ""))
        if case is None:
            return refusal(_("There is no case with this number."))
        inbox.put_on(contact, case, by)
        said = _("Put on case %s.") % case.number
    elif what == "make":
        if contact.call:
            return _form_for_call(contact.call, by)
        case = inbox.make_case(contact, by)
        said = _("Case %s made.") % case.number
    else:
        raise Http404
    return tell(render(request, "cases/inbox/rows.html", _rows(request)), "work-changed", say=said, **options)


def _form_for_call(call: Call, by: User) -> HttpResponse:
    """A call has no words yet: its form opens on the desk, and saving it puts the call on the case."""
    draft = drafts.for_call(by, call)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = f"{reverse('cases:desk')}?draft={draft.key}"
    return response
