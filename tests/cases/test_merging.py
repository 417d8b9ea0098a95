import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cases import callbacks, merging, people, timeline
from cases.models import Case, Note
from hotline.lifecycle import MoveRefused
from tests.factories.cases import CaseFactory
from tests.factories.hotline import LineFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(line):
    return UserFactory(role="supervisor")


def test_the_merged_case_points_to_its_heir_and_keeps_what_it_had(lead):
    case, into = CaseFactory(), CaseFactory()
    Note.objects.create(case=case, text="second floor", by=lead)
    merging.merge(case, into, by=lead)
    assert (case.state, case.merged_into, case.outcome) == ("duplicate", into, "duplicate")
    assert [entry.text for entry in timeline.of(into) if entry.kind == "note"] == ["second floor"]


def test_the_heir_is_as_urgent_as_the_more_urgent_of_both(lead):
    case = CaseFactory(level=1, vulnerabilities=["dialysis"], level_reasons=[{"slug": "dialysis"}])
    into = CaseFactory(level=3, vulnerabilities=["over_80"])
    merging.merge(case, into, by=lead)
    into.refresh_from_db()
    assert (into.level, into.vulnerabilities, into.level_reasons) == (
        1,
        ["dialysis", "over_80"],
        [{"slug": "dialysis"}],
    )


def test_the_resident_is_told_the_new_number(lead, told):
    case, into = CaseFactory(person__number="+8613812345678"), CaseFactory()
    merging.merge(case, into, by=lead)
    assert told("+8613812345678") == ["merged"]


def test_a_text_from_the_merged_case_belongs_to_its_heir(lead, text_in):
    case, into = CaseFactory(person__number="+8613812345678"), CaseFactory()
    merging.merge(case, into, by=lead)
    assert people.cases_of("+8613812345678") == [into]
    text_in("+8613812345678", "三号楼")
    assert into.contacts.count() == 1


def test_unmerging_gives_the_case_back_as_it_was(lead):
    case, into = CaseFactory(), CaseFactory()
    merging.merge(case, into, by=lead)
    merging.unmerge(case, by=lead, reason="two different people")
    assert (case.state, case.merged_into, case.outcome, case.owner) == ("triaged", None, "", "queue")


def test_an_agent_may_not_unmerge(lead):
    case = merging.merge(CaseFactory(), CaseFactory(), by=lead)
    with pytest.raises(MoveRefused):
        merging.unmerge(case, by=UserFactory(), reason="no")


def test_no_case_is_merged_into_itself_or_into_one_that_has_ended(lead):
    case = CaseFactory()
    gone = merging.merge(CaseFactory(), CaseFactory(), by=lead)
    for into in (case, gone):
        with pytest.raises(MoveRefused):
            merging.merge(case, into, by=lead)


def test_what_was_merged_before_follows_to_the_heir(lead):
    first, second, third = CaseFactory(), CaseFactory(), CaseFactory()
    merging.merge(first, second, by=lead)
    merging.merge(second, third, by=lead)
    first.refresh_from_db()
    assert first.merged_into == third


def test_what_had_been_merged_into_it_comes_apart_with_it(lead):
    first, second, third = CaseFactory(), CaseFactory(), CaseFactory()
    merging.merge(first, second, by=lead)
    merging.merge(second, third, by=lead)
    merging.unmerge(second, by=lead, reason="another flat")
    first.refresh_from_db()
    assert first.merged_into == second


def test_a_call_that_was_promised_is_still_owed_by_the_heir(lead):
    case, into = CaseFactory(person__number="+8613812345678"), CaseFactory()
    at_six = timezone.now() + timedelta(hours=6)
    callbacks.schedule(line=case.line, kind="clarify", due_at=at_six, case=case, reason="call me at 18:00")
    merging.merge(case, into, by=lead)
    owed = into.callbacks.get()
    assert (owed.due_at, owed.number, owed.reason) == (at_six, "+8613812345678", "call me at 18:00")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_crosswise_at_once_one_is_told_that_the_other_was_quicker():
    LineFactory()
    left, right = CaseFactory(), CaseFactory()
    lead = UserFactory(role="supervisor")
    ready, refused = threading.Barrier(2), []

    def work(case: int, into: int) -> None:
        try:
            one, other = Case.objects.get(pk=case), Case.objects.get(pk=into)
            ready.wait(timeout=20)
            merging.merge(one, other, by=lead)
        except MoveRefused as why:
            refused.append(str(why))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in ((left.pk, right.pk), (right.pk, left.pk))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(refused) == 1
    assert refused[0]
    assert Case.objects.filter(state="duplicate").count() == 1
    assert Case.objects.filter(state="new").count() == 1
