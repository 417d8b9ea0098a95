"""An agent's desk by keyboard only."""

from playwright.sync_api import Page, expect

from cases.models import Case, Community, Draft
from tests.browser.conftest import Visit
from tests.stack import Stack


def new_form(page: Page) -> None:
    page.keyboard.press("Control+j")
    expect(page.locator("#intake")).to_be_visible()
    expect(page.locator("[name=caller-name]")).to_be_focused()


def test_an_infant_case_is_taken_down_with_the_keyboard_only(stack: Stack, visit: Visit) -> None:
    community = Community.objects.select_related("district").order_by("id")[3]
    page = visit("agent1", "/desk/")
    new_form(page)
    page.keyboard.type("沈梅")
    page.keyboard.press("Tab")
    page.keyboard.type("13900001111")
    page.locator("#words").focus()
    page.keyboard.type("宝宝5个月，奶粉只够今晚两顿，对牛奶蛋白过敏")
    expect(page.locator("#side")).to_contain_text("Suggestion")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("[name=category][value=infant]")).to_be_checked()
    page.keyboard.press("Control+k")
    expect(page.locator("[name=need-0-item]")).not_to_have_value("")
    page.locator("[name=address-community_name]").focus()
    page.keyboard.type(community.name)
    page.locator(".options [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("[name=address-community]")).to_have_value(str(community.pk))
    expect(page.locator("#level-now .level-2")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#next-title")).to_be_visible()
    case = Case.objects.get(person__phones__number="+8613900001111")
    assert case.category.slug == "infant"
    assert case.address.community == community
    assert case.level <= 2
    page.keyboard.press("h")
    expect(page.locator("#next-detail form")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator(".toast").first).to_contain_text(case.number)
    case.refresh_from_db()
    assert case.state == "on_hold"
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
