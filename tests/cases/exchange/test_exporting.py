"""What is taken out: masked unless there is a reason, logged, written part by part, whole after a break."""

import csv
import io
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.exchange import exporting, kinds, of_cases
from cases.models import Case, Community, Export, PersonalDataAccess
from hotline.lifecycle import MoveRefused
from hotline.models import User
from tests.cases.exchange.conftest import Given, taken
from tests.factories.cases import CaseFactory, NeedFactory, ResidentFactory


def written(by: User, kind: str = "cases", **how: object) -> Export:
    options: dict = {"format": "csv", "filters": {}, "language": "en"} | how
    export = exporting.ask(kinds.the(kind), by=by, **options)
    exporting.work()
    export.refresh_from_db()
    assert export.state == "done"
    return export


def rows(export: Export) -> list[dict[str, str]]:
    text = Path(export.file.path).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def case(supervisor: User) -> Case:
    case = CaseFactory(person=ResidentFactory(name="王秀英", number="+8613812345678"), words="=1+1", category=None)
    NeedFactory(case=case)
    return case


def test_names_numbers_doors_and_words_are_masked(supervisor: User, case: Case) -> None:
    (row,) = rows(written(supervisor))
    assert (row["name of the person"], row["telephone"], row["room"], row["words"]) == ("王**", "138 **** 5678", "", "")
    assert (row["number"], row["community"], row["needs"]) == (case.number, "杏林新村", "胰岛素笔芯 2支")


def test_whole_names_need_a_reason_and_are_logged_when_asked_and_when_fetched(
    supervisor: User, case: Case, client: Client
) -> None:
    with pytest.raises(MoveRefused):
        exporting.ask(kinds.the("cases"), by=supervisor, format="csv", filters={}, language="en", unmasked=True)
    export = written(supervisor, unmasked=True, reason="for the health commission")
    (row,) = rows(export)
    assert (row["name of the person"], row["telephone"], row["room"]) == ("王秀英", "138 1234 5678", "502")
    assert row["words"] == "'=1+1"
    client.force_login(supervisor)
    with pytest.warns(Warning, match="asynchronous iterators"):  # made for ASGI, where it goes out piece by piece
        got = b"".join(client.get(reverse("cases:export-fetch", args=[export.pk])))
    assert len(got) == export.size
    assert list(PersonalDataAccess.objects.order_by("id").values_list("what", flat=True)) == [
        f"export {export.pk}: cases",
        f"fetched export {export.pk}",
    ]


def test_days_and_open_ones_only(supervisor: User, case: Case) -> None:
    CaseFactory(state="closed", outcome="received", owner="", next_step="")
    today = str(timezone.localdate())
    assert len(rows(written(supervisor, filters={"first": today, "last": today}))) == 2
    assert len(rows(written(supervisor, filters={"open": True}))) == 1
    assert rows(written(supervisor, filters={"last": "2022-04-01"})) == []


def test_a_broken_run_is_gone_on_with_behind_its_last_whole_part(supervisor: User, case: Case, monkeypatch) -> None:
    monkeypatch.setattr(of_cases, "AT_ONCE", 2)
    monkeypatch.setattr(exporting, "TURN_SECONDS", -1.0)
    for _n in range(4):
        CaseFactory()
    export = exporting.ask(kinds.the("cases"), by=supervisor, format="csv", filters={}, language="en")
    monkeypatch.setattr(exporting, "TURN_SECONDS", 0.0001)
    exporting.work()
    export.refresh_from_db()
    assert export.rows == 2
    with Path(export.file.path).open("ab") as file:
        file.write(b"half a ro")
    monkeypatch.setattr(exporting, "TURN_SECONDS", 20.0)
    exporting.work()
    export.refresh_from_db()
    assert [row["number"] for row in rows(export)] == [c.number for c in Case.objects.order_by("pk")]


def test_a_workbook_holds_the_same(supervisor: User, case: Case) -> None:
    from openpyxl import load_workbook

    export = written(supervisor, format="xlsx")
    titles, row = list(load_workbook(export.file.path, read_only=True).active.iter_rows(values_only=True))
    assert dict(zip(titles, row, strict=True))["number"] == case.number


def test_an_exported_list_of_communities_can_be_handed_in_again(given: Given, supervisor: User) -> None:
    export = written(supervisor, "communities")
    text = Path(export.file.path).read_text(encoding="utf-8-sig")
    changed = text.replace("杏林新村,,", "杏林新村,,lockdown")
    assert changed != text
    taken(given("communities", changed), supervisor)
    assert Community.objects.get(name="杏林新村").zone_tier == "lockdown"


@pytest.mark.parametrize("kind", ["residents", "communities", "pickup_points"])
def test_every_kind_can_be_taken_out(supervisor: User, case: Case, kind: str) -> None:
    written(supervisor, kind)


def test_queries_do_not_grow_with_the_rows(supervisor: User) -> None:
    def queries() -> int:
        NeedFactory.create_batch(12)
        with CaptureQueriesContext(connection) as seen:
            written(supervisor)
        return len(seen)

    assert queries() == queries()


def test_the_file_goes_after_a_week_and_the_row_stays(supervisor: User, case: Case) -> None:
    export = written(supervisor)
    path = Path(export.file.path)
    Export.objects.update(delete_after=timezone.now())
    assert exporting.delete_old() == 1
    assert not path.exists()
    assert Export.objects.get().state == "gone"


def test_the_page_shows_what_there_was(supervisor: User, case: Case, client: Client) -> None:
    written(supervisor)
    client.force_login(supervisor)
    assert "1 rows" in client.get(reverse("cases:exchange"), headers={"accept-language": "en"}).content.decode()
