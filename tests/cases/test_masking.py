import pytest

from cases import masking
from cases.models import PersonalDataAccess
from tests.factories.cases import CaseFactory
from tests.factories.hotline import UserFactory


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613812345678", "138 **** 5678"),
        ("+862165430001", "216 **** 0001"),
        ("+14155550123", "141 **** 0123"),
        ("10086", "*****"),
        ("", ""),
    ],
)
def test_a_number_can_be_recognised_and_not_dialled(number, shown):
    assert masking.phone(number) == shown


@pytest.mark.parametrize(("name", "shown"), [("王女士", "王**"), ("李四", "李*"), ("Elizabeth", "E**"), ("", "")])
def test_of_a_name_the_first_sign_is_shown(name, shown):
    assert masking.name(name) == shown


@pytest.mark.django_db
def test_who_looked_is_written_down(line):
    agent, case = UserFactory(), CaseFactory()
    masking.unmask(agent, "telephone", case=case)
    row = PersonalDataAccess.objects.get()
    assert (row.user, row.what, row.case_id, row.resident_id) == (agent, "telephone", case.pk, case.person_id)
