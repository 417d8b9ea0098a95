from datetime import timedelta

import pytest
from django.utils import timezone

from cases import promises
from tests.factories.cases import CaseFactory

pytestmark = pytest.mark.django_db


def at(hours):
    return timezone.now() + timedelta(hours=hours)


@pytest.fixture
def case(line):
    return CaseFactory(state="planned", next_step="drive", owner="trip", waits_because={"en": "no vehicle"})


def test_a_promise_is_on_record_and_ends_the_waiting(case):
    window = at(1), at(3)
    promises.promise(case, *window)
    case.refresh_from_db()
    assert (case.promised_from, case.promised_until) == window
    assert (case.promise_kept, case.waits_because) == (None, {})


def test_a_window_that_ends_before_it_begins_is_refused(case):
    with pytest.raises(ValueError):
        promises.promise(case, at(3), at(1))


@pytest.mark.parametrize(("hours", "kept"), [(0.5, True), (2, True), (3.5, False)])
def test_kept_means_there_before_the_window_ended(case, hours, kept):
    promises.promise(case, at(1), at(3))
    promises.settle(case, at(hours))
    assert case.promise_kept is kept


def test_a_promise_withdrawn_in_time_leaves_no_trace_but_the_history(case):
    promises.promise(case, at(1), at(3))
    promises.withdraw(case)
    assert (case.promised_from, case.promised_until, case.promise_kept) == (None, None, None)
    assert case.history.filter(promised_until__isnull=False).exists()


def test_a_promise_that_has_passed_was_broken_and_stays_on_record(case):
    promises.promise(case, at(-3), at(-1))
    promises.withdraw(case)
    assert (case.promise_kept, case.promised_until is not None) == (False, True)
