"""A supervisor hands in a list of which a third is wrong, mends it, and hands it in again."""

from pathlib import Path

from playwright.sync_api import expect

from cases.models import Case
from tests.browser.conftest import Visit
from tests.stack import Stack

TITLES = "姓名,联系电话,求助内容,区,登记时间\n"
WRONG = ("1.39E+10,,2022-04-05", "13911{n:06d},火星区,2022-04-05", "13911{n:06d},,1970-01-01")


def a_list(rows: int) -> str:
    """Three of ten rows are wrong: a rounded number, a district that is none, a day a program made up."""
    lines = []
    for n in range(rows):
        number, district, day = (
            (WRONG[n % 10] if n % 10 < 3 else "13911{n:06d},杨浦区,2022-04-05").format(n=n).split(",")
        )
        lines.append(f"名单{n},{number},奶粉只够两天,{district},{day}")
    return TITLES + "\n".join(lines) + "\n"


def test_of_a_list_with_thirty_per_cent_bad_rows_the_good_ones_go_in_and_the_others_come_back(
    stack: Stack, visit: Visit, tmp_path: Path
) -> None:
    handed_in = tmp_path / "名单.csv"
    handed_in.write_text(a_list(40), encoding="gb18030")
    page = visit("supervisor", "/exchange/")
    page.set_input_files("#import-file", handed_in)
    page.click("#import-go")
    expect(page.locator("#import[data-state=checked]")).to_be_visible(timeout=30_000)
    expect(page.locator(".sums")).to_contain_text("28 good")
    expect(page.locator(".sums")).to_contain_text("12 with a fault")
    expect(page.locator("#faults tbody tr").first).to_contain_text("the spreadsheet has rounded the number to 1.39E+10")
    assert not Case.objects.filter(channel="import").exists()
    page.click("#begin")
    expect(page.locator("#import[data-state=done]")).to_be_visible(timeout=30_000)
    assert Case.objects.filter(channel="import").count() == 28
    with page.expect_download() as fetched:
        page.click("#fetch-failed")
    mended = tmp_path / "mended.csv"
    words = Path(fetched.value.path()).read_text(encoding="utf-8-sig")
    for n in range(40):
        words = words.replace(f"名单{n},1.39E+10", f"名单{n},13911{n:06d}")
    mended.write_text(words.replace("火星区,", "杨浦区,").replace("1970-01-01,", "2022-04-05,"), encoding="utf-8-sig")
    page.goto("/exchange/")
    page.set_input_files("#import-file", mended)
    page.click("#import-go")
    page.click("#begin", timeout=30_000)
    expect(page.locator("#import[data-state=done]")).to_be_visible(timeout=30_000)
    assert Case.objects.filter(channel="import").count() == 40
    assert page.errors == []
