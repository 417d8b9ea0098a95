"""A live call and a call-back at the desk, with telephones that ring."""

from django.utils import timezone
from playwright.sync_api import expect

from cases import callbacks
from cases.models import Case
from hotline.models import AgentSkill, Call, Line
from tests.browser.conftest import Visit
from tests.journeys.people import alone_on_duty
from tests.stack import Stack
from tests.waiting import until


def agent_with(subject: str, skip: int = 0):
    found = (
        AgentSkill.objects.filter(skill__slug=subject, user__role="agent").select_related("user").order_by("user_id")
    )
    return found[skip].user


def test_an_answered_call_opens_the_form_on_the_caller(stack: Stack, visit: Visit) -> None:
    user = agent_with("medicine", skip=20)
    alone_on_duty(user)
    desk_phone, caller = stack.phone(user.desk_phone), stack.phone("+8613900004444")
    desk_phone.behave(voice="manual")
    page = visit(user.username, "/desk/")
    page.keyboard.press("Control+j")
    page.locator("#words").fill("先前打到一半的字")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+b")
    expect(page.locator("#presence")).to_contain_text("available")
    caller.dial(stack.number)
    until(lambda: caller.heard(), "the menu")
    caller.press("1")
    expect(page.locator(".call.ringing")).to_be_visible(timeout=20_000)
    expect(page.locator(".call.ringing")).to_contain_text("139 **** 4444")
    desk_phone.answer()
    expect(page.locator(".call.on")).to_be_visible(timeout=20_000)
    expect(page.locator("[name=caller-number]")).to_have_value("+8613900004444")
    expect(page.locator("[name=category][value=medicine]")).to_be_checked()
    expect(page.locator("#drafts .tab")).to_have_count(2)
    page.locator("#words").fill("降压药只剩三天")
    caller.hang_up()
    expect(page.locator(".call.wrap")).to_be_visible(timeout=20_000)
    page.keyboard.press("Alt+1")
    expect(page.locator(".call.wrap [aria-pressed=true]")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#next-title")).to_be_visible()
    page.keyboard.press("w")
    expect(page.locator(".call.wrap")).to_have_count(0)
    case = Case.objects.get(person__phones__number="+8613900004444")
    assert case.contacts.get(call__isnull=False).call == Call.objects.get(number="+8613900004444", direction="in")
    assert Call.objects.get(number="+8613900004444").outcome == "case"
    assert page.errors == []


def test_a_call_back_is_taken_dialled_and_noted_with_three_keys(stack: Stack, visit: Visit) -> None:
    user = agent_with("medicine", skip=21)
    stack.phone(user.desk_phone).behave(voice="answer", after=1)
    stack.phone("+8613900005555").behave(voice="answer", after=1)
    line = Line.objects.get(practice=False)
    owed = callbacks.schedule(
        line=line, kind="missed_call", due_at=timezone.now(), number="+8613900005555", level=1, reason="未接来电"
    )
    until(lambda: callbacks.due(user).filter(pk=owed.pk).exists(), "the call-back to fall due")
    page = visit(user.username, "/callbacks/")
    page.keyboard.press("c")
    expect(page.locator(f"[data-callback='{owed.pk}']")).to_contain_text("139 **** 5555")
    page.keyboard.press("d")
    expect(page.locator(".call.on .clock")).to_be_visible(timeout=20_000)
    page.keyboard.press("1")
    expect(page.locator(f"[data-callback='{owed.pk}'] .tag").first).to_contain_text("done")
    owed.refresh_from_db()
    assert (owed.state, owed.attempts.get().outcome, owed.attempts.get().by) == ("done", "reached", user)
    assert page.errors == []
