"""Questions that are put together once and planned once."""

import pytest
from django.db import connection

from cases.models import Case, Draft
from hotline import prepared
from tests.factories.cases import CaseFactory
from tests.factories.hotline import UserFactory

pytestmark = pytest.mark.django_db

WITH = ("person", "reporter", "category", "address__community")
OF_CASE = prepared.Question(lambda case: Case.objects.select_related(*WITH).filter(pk=case))
OPEN_OF = prepared.Question(lambda agent: Draft.objects.filter(agent=agent, ended_at=None).values_list("key", "data"))


def test_it_finds_what_the_queryset_finds_with_all_that_comes_along(django_assert_num_queries) -> None:
    made = CaseFactory(words="药没了")
    CaseFactory()
    usual = Case.objects.select_related(*WITH).get(pk=made.pk)
    with django_assert_num_queries(1):
        (found,) = OF_CASE.all(made.pk)
        person, category, address = found.person, found.category, found.address
    named = [field.attname for field in Case._meta.concrete_fields]
    assert [getattr(found, name) for name in named] == [getattr(usual, name) for name in named]
    assert (person, category, address) == (usual.person, usual.category, usual.address)
    assert (found.reporter, found._state.adding) == (None, False)
    assert OF_CASE.first(made.pk + 5) is None


def test_values_are_read_as_the_queryset_reads_them() -> None:
    agent = UserFactory()
    Draft.objects.create(key="a", agent=agent, data={"words": "药"})
    assert OPEN_OF.values(agent.pk) == [("a", {"words": "药"})]
    assert OPEN_OF.values(agent.pk + 1) == []


def test_the_server_plans_it_once_for_a_connection() -> None:
    for _i in range(3):
        OF_CASE.all(CaseFactory().pk)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where statement like %s", ["%T3%cases_community%"])
        assert cursor.fetchone() == (1,)


def test_a_key_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="place"):
        prepared.Question(lambda case: Case.objects.filter(level=1)).all(5)
