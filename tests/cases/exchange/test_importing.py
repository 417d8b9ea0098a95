"""A file is checked without keeping anything, then its good rows go in, each once, whatever breaks."""

import threading

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from cases.exchange import importing
from cases.models import Case, Community, Import, Resident
from dispatch.models import PickupPoint
from hotline.lifecycle import MoveRefused
from hotline.models import Message, User
from tests.cases.exchange.conftest import Given, faults, taken
from tests.waiting import until

GOOD = "王秀英,13800001111,胰岛素只剩两天,杨浦区,杏林新村,3,502,药品,2\n"
HEAD = "姓名,电话,内容,区,小区,楼号,室,物品,数量\n"


def test_the_check_keeps_nothing(given: Given) -> None:
    job = given("cases", HEAD + GOOD)
    assert (job.state, job.good) == ("checked", 1)
    assert not Case.objects.exists()
    assert not Resident.objects.exists()


def test_a_good_row_is_a_judged_case_in_the_queue(given: Given, supervisor: User) -> None:
    taken(given("cases", HEAD + GOOD), supervisor)
    case = Case.objects.get()
    assert (case.state, case.owner, case.channel) == ("new", "queue", "import")
    assert case.due_at
    assert case.level_reasons
    assert case.address.community.name == "杏林新村"
    assert case.needs.get().quantity == 2


def test_a_bad_row_says_why_cell_by_cell_and_the_good_ones_go_in(given: Given, supervisor: User) -> None:
    bad = "李,1.38E+10,药,火星区,,,,药,两盒\n"
    job = taken(given("cases", HEAD + GOOD + bad + GOOD.replace("1111", "2222")), supervisor)
    assert (job.good, job.failed) == (2, 1)
    words = faults(job)[3]
    assert "telephone: the spreadsheet has rounded" in words
    assert "district: no district is called “火星区”" in words
    assert "quantity asked: “两盒” is no number" in words
    assert Case.objects.count() == 2


def test_nobody_is_told_unless_that_was_asked(given: Given, supervisor: User) -> None:
    taken(given("cases", HEAD + GOOD), supervisor)
    assert not Message.objects.exists()
    taken(given("cases", HEAD + GOOD.replace("1111", "2222"), tell=True), supervisor)
    assert Message.objects.get().purpose == "received"


def test_the_failed_rows_are_fetched_mended_and_handed_in_again(given: Given, supervisor: User, client: Client) -> None:
    client.force_login(supervisor)
    job = taken(given("cases", HEAD + GOOD + GOOD.replace("13800001111", "1.38E+10")), supervisor)
    fetched = client.get(reverse("cases:import-failed", args=[job.pk])).getvalue().decode()
    assert fetched.startswith("\ufeff姓名,电话")
    assert "rounded" in fetched or "约" in fetched
    again = taken(given("cases", fetched.replace("1.38E+10", "13800002222")), supervisor)
    assert (again.good, again.failed) == (1, 0)
    assert Case.objects.count() == 2


def test_the_whole_mended_file_makes_no_case_twice(given: Given, supervisor: User) -> None:
    taken(given("cases", HEAD + GOOD), supervisor)
    job = taken(given("cases", HEAD + GOOD + GOOD.replace("1111", "2222")), supervisor)
    assert (job.good, job.known) == (1, 1)
    assert Case.objects.count() == 2


def test_their_own_number_tells_rows_apart_that_say_the_same(given: Given, supervisor: User) -> None:
    taken(given("cases", "编号,电话,内容\nA1,13800001111,奶粉\nA2,13800001111,奶粉\nA1,13800001111,奶粉\n"), supervisor)
    assert Case.objects.count() == 2


def test_nothing_begins_without_a_good_row_or_twice(given: Given, supervisor: User) -> None:
    with pytest.raises(MoveRefused):
        importing.begin(given("cases", HEAD + "李,1.38E+10,药,,,,,,\n"), by=supervisor)
    job = taken(given("cases", HEAD + GOOD), supervisor)
    with pytest.raises(MoveRefused):
        importing.begin(job, by=supervisor)


@pytest.mark.django_db(transaction=True)
def test_a_run_that_breaks_goes_on_where_it_stopped_and_takes_no_row_twice(given: Given, supervisor: User) -> None:
    rows = "".join(f"登记{n},1390000{n:04d},奶粉没有了\n" for n in range(150))
    job = given("cases", "姓名,电话,内容\n" + rows)
    importing.begin(job, by=supervisor)
    backend: list[int] = []
    broken: list[BaseException] = []

    def run() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                backend.append(cursor.fetchone()[0])
            importing.work()
        except OperationalError as lost:
            broken.append(lost)
        finally:
            connection.close()

    worker = threading.Thread(target=run)
    worker.start()
    until(lambda: Import.objects.get(pk=job.pk).position > 0, "a first part")
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s)", backend)
    worker.join(60)
    at = Import.objects.get(pk=job.pk).position
    assert broken
    assert at < 150
    assert Case.objects.count() == at
    importing.work()
    job.refresh_from_db()
    assert (job.state, job.good, job.known, job.failed) == ("done", 150, 0, 0)
    assert Case.objects.count() == 150


def test_residents_are_completed_and_found_again_by_number_and_name(given: Given, supervisor: User) -> None:
    head = "姓名,电话,出生年份,特殊情况,小区\n"
    taken(given("residents", head + "王秀英,13800001111,1938,独居、胰岛素,杏林新村\n"), supervisor)
    job = taken(given("residents", head + "王秀英,13800001111,,透析,\n王秀英,13800001111,,透析,\n"), supervisor)
    person = Resident.objects.get()
    assert person.birth_year == 1938
    assert person.vulnerabilities == ["dialysis", "insulin", "lives_alone"]
    assert person.address.community.name == "杏林新村"
    assert (job.good, job.known) == (1, 1)


def test_zone_tiers_of_many_communities_change_with_one_list(given: Given, supervisor: User) -> None:
    job = taken(given("communities", "区,小区,三区\n杨浦区,杏林新村,封控区\n杨浦区,新小区,管控区\n"), supervisor)
    assert Community.objects.get(name="杏林新村").zone_tier == "lockdown"
    assert "longitude" in faults(job)[3]
    assert Community.history.filter(name="杏林新村", history_user=supervisor).exists()


def test_pharmacies_come_in_with_hours_and_categories(given: Given, supervisor: User) -> None:
    head = "名称,类型,区,地址,经度,纬度,电话,开门,关门\n"
    taken(
        given("pickup_points", head + "杏林大药房,药店,杨浦,四平路1239号,121.5,31.28,021-65430001,8:00,0.875\n"),
        supervisor,
    )
    point = PickupPoint.objects.get()
    assert (point.kind, point.district.name, point.phone) == ("pharmacy", "杨浦区", "+862165430001")
    assert (str(point.opens), str(point.closes)) == ("08:00:00", "21:00:00")


def test_a_list_handed_in_as_something_else_is_noticed(given: Given, supervisor: User, client: Client) -> None:
    client.force_login(supervisor)
    for kind, noticed in (("residents", True), ("cases", False)):
        page = client.get(reverse("cases:import", args=[given(kind, HEAD + GOOD).pk])).content.decode()
        assert ('id="rather"' in page) is noticed


def test_an_agent_cannot_hand_anything_in(given: Given, client: Client) -> None:
    client.force_login(User.objects.create_user("agent", role="agent"))
    assert client.get(reverse("cases:exchange")).status_code == 403
