"""What spreadsheets in China really write: encodings, rounded telephones, days of 1970, half a file."""

import pytest

from cases.exchange import values
from cases.exchange.values import BadCell
from cases.models import Case, Import
from hotline.models import User
from tests.cases.exchange.conftest import Given, faults, taken, workbook

ROWS = "姓名,电话,内容\n王秀英,13800001111,胰岛素只剩两天\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_every_encoding_that_excel_writes_is_read(given: Given, supervisor: User, encoding: str) -> None:
    taken(given("cases", ROWS.encode(encoding)), supervisor)
    assert Case.objects.get(channel="import").person.name == "王秀英"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_separator_is_read(given: Given, separator: str) -> None:
    assert given("cases", ROWS.replace(",", separator)).good == 1


def test_signs_of_no_known_encoding_are_refused_in_words(given: Given) -> None:
    job = given("cases", b"name,phone\n\xff\xff\xff\xff,1\n")
    assert (job.state, job.total) == ("refused", 0)
    assert "GB18030" in job.why


def test_the_old_excel_format_is_refused_with_what_to_do(given: Given) -> None:
    assert ".xlsx" in given("cases", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", name="list.xls").why


def test_a_workbook_is_read_with_its_numbers_and_days(given: Given, supervisor: User) -> None:
    from datetime import datetime

    rows = workbook(
        ["小区登记表"],
        ["姓名", "手机号", "内容", "登记时间", "数量", "物品"],
        ["王秀英", 13800001111, "胰岛素", datetime(2022, 4, 5, 10, 30), 2.0, "胰岛素笔芯"],  # noqa: DTZ001
    )
    job = given("cases", rows, name="list.xlsx")
    taken(job, supervisor)
    case = Case.objects.get(channel="import")
    assert job.good == 1
    assert str(case.person.phones.get().number) == "+8613800001111"
    assert case.created_at.astimezone().strftime("%Y-%m-%d") == "2022-04-05"
    assert case.needs.get().quantity == 2


def test_half_a_workbook_says_so(given: Given) -> None:
    whole = workbook(["姓名", "电话", "内容"], ["王", "13800001111", "药"])
    assert given("cases", whole[: len(whole) // 2], name="list.xlsx").state == "refused"


def test_half_a_csv_keeps_its_whole_rows_and_names_the_broken_one(given: Given) -> None:
    job = given("cases", ROWS + "李大明,138000")
    assert job.good == 1
    assert "breaks off" in faults(job)[3]


def test_half_a_sign_at_the_end_is_a_broken_row_and_no_other_encoding(given: Given) -> None:
    job = given("cases", (ROWS + "李,13800002222,奶粉").encode()[:-1])
    assert job.encoding == "utf-8-sig"
    assert list(faults(job)) == [3]


def test_a_quote_that_is_never_closed_spoils_its_own_row_only(given: Given) -> None:
    job = given("cases", '姓名,电话,内容\n王,13800001111,"奶粉\n李,13800002222,药\n赵,13800003333,"米\n"\n')
    assert "quote" in faults(job)[2]
    assert job.good == 2


def test_words_over_several_lines_are_one_cell(given: Given, supervisor: User) -> None:
    taken(given("cases", '姓名,电话,内容\n王,13800001111,"奶粉\n三段"\n'), supervisor)
    assert Case.objects.get(channel="import").words == "奶粉\n三段"


def test_a_row_with_too_many_cells_is_named(given: Given) -> None:
    assert "more cells" in faults(given("cases", "电话,内容\n13800001111,药,盐,米\n"))[2]


def test_a_file_without_titles_is_refused(given: Given) -> None:
    assert "row of titles" in given("cases", "1,2\n3,4\n").why


def test_a_missing_column_is_named(given: Given) -> None:
    job: Import = given("communities", "小区,经度\n杏林新村,121.5\n")
    assert job.state == "refused"
    assert "district" in job.why


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("13800001111", "+8613800001111"),
        ("1.3800001111E+10", "+8613800001111"),
        ("13800001111.0", "+8613800001111"),
        ("8613800001111", "+8613800001111"),
        ("138-0000-1111", "+8613800001111"),
        ("１３８００００１１１１", "+8613800001111"),
        ("'13800001111", "+8613800001111"),
        ("021-65430001", "+862165430001"),
        ("2165430001", "+862165430001"),
    ],
)
def test_a_telephone_is_read_as_it_was_meant(written: str, read: str) -> None:
    assert values.phone(values.clean(written)) == read


@pytest.mark.parametrize("written", ["1.38E+10", "1.38e10", "1380000111", "abc", "120"])
def test_a_telephone_whose_digits_are_lost_is_refused(written: str) -> None:
    with pytest.raises(BadCell):
        values.phone(values.clean(written))


@pytest.mark.parametrize(
    "written", ["2022-04-05 10:30", "2022/4/5 10:30", "2022年4月5日 10:30", "2022.4.5 10:30", "44656.4375"]
)
def test_a_day_is_read_however_it_is_written(written: str) -> None:
    at = values.moment(written)
    assert at is not None
    assert at.strftime("%Y-%m-%d %H:%M") == "2022-04-05 10:30"


@pytest.mark.parametrize(
    "written", ["1970-01-01", "1970/1/1 8:00", "1900-01-00", "1899-12-30", "5.4.22", "2022-13-01", "yesterday"]
)
def test_a_day_that_a_program_made_up_is_refused(written: str) -> None:
    with pytest.raises(BadCell):
        values.moment(written)
