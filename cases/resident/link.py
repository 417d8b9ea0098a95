"""Opens the link of a resident to one case."""

from __future__ import annotations

from datetime import timedelta

from cases.models import Case
from hotline import links

KIND = "resident"
SIGNED_FOR = timedelta(days=30)


def address(case: Case) -> str:
    """The whole address of the case's page, for a text message."""
    return links.url(KIND, "cases:resident", case=case.pk)


def open_case(token: str) -> Case:
    """The case of this link, or the one it was merged into; raises BadLink."""
    claims = links.unsign(KIND, token, max_age=SIGNED_FOR)
    rows = Case.objects.select_related(
        "line", "person", "reporter", "category", "address__district", "address__community", "merged_into"
    )
    case = rows.filter(pk=claims.get("case", 0)).first()
    if case is None:
        raise links.BadLink
    while case.merged_into_id:
        case = rows.get(pk=case.merged_into_id)
    return case
