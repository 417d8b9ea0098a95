"""An agent's desk by keyboard only."""

from playwright.sync_api import Page, expect

from cases import queue
from cases.models import Case, Community, Draft
from hotline.models import User
from tests.browser.conftest import Visit
from tests.stack import Stack
from tests.waiting import until

SLOW_TYPIST = 3  # presses a second, while talking
PINYIN = 3  # presses for a Chinese sign


class Hands:
    """What an agent's hands do, counted: keys pressed, a Chinese sign by its pinyin."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str) -> None:
        self.pressed += 1 + key.count("+")
        self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.pressed += sum(PINYIN if sign > "\u2e80" else 1 for sign in words)
        self.page.keyboard.type(words)


def new_form(page: Page) -> None:
    page.keyboard.press("Control+j")
    expect(page.locator("#intake")).to_be_visible()
    expect(page.locator("[name=caller-name]")).to_be_focused()


def test_an_infant_case_is_taken_down_with_the_keyboard_only(stack: Stack, visit: Visit) -> None:
    community = Community.objects.select_related("district").order_by("id")[3]
    page = visit("agent1", "/desk/")
    page.evaluate("window.clicks = 0; addEventListener('mousedown', () => { window.clicks += 1; }, true)")
    hands = Hands(page)
    hands.press("Control+j")
    expect(page.locator("[name=caller-name]")).to_be_focused()
    hands.type("沈梅")
    hands.press("Tab")
    hands.type("13900001111")
    hands.press("Alt+w")
    hands.type("宝宝5个月，奶粉只够今晚两顿，对牛奶蛋白过敏")
    expect(page.locator("#side")).to_contain_text("Suggestion")
    hands.press("Alt+y")
    expect(page.locator("[name=category][value=infant]")).to_be_checked()
    hands.press("Control+k")
    expect(page.locator("[name=need-0-item]")).not_to_have_value("")
    hands.press("Alt+a")
    hands.type(community.name)
    page.locator(".options [role=option]").first.wait_for()
    hands.press("Enter")
    expect(page.locator("[name=address-community]")).to_have_value(str(community.pk))
    hands.press("Tab")
    hands.type("3")
    hands.press("Tab")
    hands.type("502")
    expect(page.locator("#level-now .level-2")).to_be_visible()
    hands.press("Control+Enter")
    expect(page.locator("#next-title")).to_be_visible()
    case = Case.objects.get(person__phones__number="+8613900001111")
    assert case.category.slug == "infant"
    assert case.address.community == community
    assert case.level <= 2
    assert (case.address.building, case.address.room) == ("3", "502")
    hands.press("h")
    expect(page.locator("#next-detail form")).to_be_visible()
    hands.press("2")
    expect(page.locator(".toast").first).to_contain_text(case.number)
    case.refresh_from_db()
    assert case.state == "on_hold"
    assert page.evaluate("window.clicks") == 0
    assert hands.pressed / SLOW_TYPIST < 60, f"{hands.pressed} presses"
    assert page.errors == []


def test_a_reload_loses_nothing_that_was_typed(stack: Stack, visit: Visit) -> None:
    page = visit("agent2", "/desk/")
    new_form(page)
    page.locator("#words").fill("降压药吃完了，楼栋封着")
    page.locator("#words").press("End")
    expect(page.locator("#draft-state")).to_contain_text("kept")
    page.reload()
    expect(page.locator("#words")).to_have_value("降压药吃完了，楼栋封着")


def test_a_lost_connection_keeps_what_is_typed_and_saves_it_once(stack: Stack, visit: Visit) -> None:
    page = visit("agent3", "/desk/")
    new_form(page)
    page.locator("[name=caller-number]").fill("13900002222")
    page.locator("[name=need-0-item]").fill("氨氯地平")
    page.context.set_offline(True)
    expect(page.locator("#connection")).to_be_visible(timeout=6000)
    page.locator("#words").fill("断线以后打的字")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    page.context.set_offline(False)
    expect(page.locator("#next-title")).to_be_visible(timeout=15_000)
    case = Case.objects.get(person__phones__number="+8613900002222")
    assert case.words == "断线以后打的字"
    assert Draft.objects.filter(case=case).count() == 1


def test_keys_are_listed_and_never_work_while_typing(stack: Stack, visit: Visit) -> None:
    page = visit("agent4", "/desk/")
    page.keyboard.press("?")
    expect(page.locator("#keys-shown")).to_contain_text("claim the next case")
    page.keyboard.press("Escape")
    new_form(page)
    page.keyboard.type("nca12")
    expect(page.locator("[name=caller-name]")).to_have_value("nca12")


def test_claiming_next_opens_what_a_text_asked_for(stack: Stack, visit: Visit) -> None:
    stack.phone("+8613900003333").text(stack.number, "我爸爸92岁一个人住，胸痛，喘不上气，家里没有药了")
    page = visit("supervisor", "/desk/")
    page.wait_for_timeout(3000)
    page.keyboard.press("n")
    expect(page.locator("#words")).to_have_value("我爸爸92岁一个人住，胸痛，喘不上气，家里没有药了")
    expect(page.locator(".flag")).to_be_visible()
    page.keyboard.press("Control+1")
    expect(page.locator(".flag")).to_have_count(0)


def test_another_address_by_text_comes_beside_the_open_form_and_one_press_takes_it_over(
    stack: Stack, visit: Visit
) -> None:
    resident = stack.phone("+8613900003334")
    resident.text(stack.number, "我妈糖尿病，胰岛素只够明天了，徐汇区康健路30弄5号502")
    case = until(lambda: Case.objects.filter(person__phones__number="+8613900003334").first(), "a case")
    queue.claim(case, User.objects.get(username="agent3"))
    page = visit("agent3", f"/desk/?case={case.number}")
    expect(page.locator("[name=address-street]")).to_have_value("康健路30弄")
    expect(page.locator("[name=address-room]")).to_have_value("502")
    page.locator("#words").press("End")  # typing goes on meanwhile
    resident.text(stack.number, "地址写错了，是徐汇区康健路32弄15号1101")
    expect(page.locator("#side")).to_contain_text("康健路32弄15号1101", timeout=20_000)
    page.keyboard.press("Alt+u")
    expect(page.locator("[name=address-street]")).to_have_value("康健路32弄")
    expect(page.locator("[name=address-building]")).to_have_value("15")
    expect(page.locator("[name=address-room]")).to_have_value("1101")
