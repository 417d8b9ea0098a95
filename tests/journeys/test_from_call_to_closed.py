"""One call from the first ring to the settled end."""

import re

from cases.models import Case, Draft
from hotline.models import Call
from tests.journeys.people import Agent, Dispatcher, Driver, alone_on_duty, place
from tests.stack import Stack
from tests.waiting import until

NUMBER = "+8613811110002"


def test_a_call_becomes_a_case_while_they_talk_and_is_delivered_and_closed(stack: Stack) -> None:
    caller, agent = stack.phone(NUMBER), Agent.who_can(stack, "elderly")
    alone_on_duty(agent)
    agent.picks_up()
    agent.go_available()
    sid = caller.dial(stack.number)
    caller.wait_to_hear("120")
    caller.press("3")  # elderly care
    call = until(lambda: Call.objects.filter(sid=sid, state="connected").first(), "they talk")
    assert (call.agent, call.choice) == (agent.user, "elderly")
    caller.wait_for("conference", timeout=20)
    caller.speak("我妈91岁，一个人，只有面包和牛奶了")

    page = agent.browser.get("/desk/call/").text
    assert "0002" in page
    agent.browser.get(f"/desk/form/call/{call.pk}/")
    draft = Draft.objects.get(call=call)
    assert draft.data["caller"]["number"] == NUMBER
    said = {
        "caller-name": "陈女士",
        "for_whom": "other",
        "relation": "女儿",
        "person-name": "王奶奶",
        "person-age": "91",
    }
    need = {"need-0-item": "软的米粥和营养粉", "need-0-quantity": "1", "need-0-unit": "箱"}
    words = {"words": "我妈91岁，一个人，只有面包和牛奶了", "household": "lives_alone"}
    case = agent.fill_in(draft, category="elderly", level="2", **said, **need, **words, **place("jingan"))
    assert call.state == Call.State.CONNECTED
    assert case.contacts.filter(call=call).exists()
    assert case.channel == "call"
    assert (case.reporter and case.reporter.name, case.person.name) == ("陈女士", "王奶奶")
    caller.hang_up()
    until(lambda: Call.objects.filter(pk=call.pk, state="wrap_up").exists(), "wrap-up")
    caller.wait_for_message(case.number, timeout=20)
    agent.take_a_break()
    until(lambda: Call.objects.filter(pk=call.pk, state="completed").exists(), "wrap-up done")

    agent.confirm_goods(case)
    driver = Driver(stack, Dispatcher(stack).send_out(case))
    driver.press("start")
    pin = re.search(r"收货码(\d{4,6})", caller.wait_for_message("收货码", timeout=20)["body"]).group(1)  # type: ignore[union-attr]
    for stop in driver.stops("pickup"):
        driver.press("collect", [stop])
    delivery = next(stop for stop in driver.stops("delivery") if stop.case_id == case.pk)
    driver.press("arrive", [delivery])
    assert driver.press("deliver", [delivery], pin=pin)["ok"]
    caller.wait_for_message("回1", timeout=20)
    caller.text(stack.number, "1")
    until(lambda: Case.objects.filter(pk=case.pk, state="closed").exists(), "closed")
    assert stack.manage("check_integrity").returncode == 0


def test_a_caller_nobody_answers_is_owed_a_call(stack: Stack) -> None:
    from cases.models import Callback

    number = "+8613811110004"
    caller = stack.phone(number)
    Agent(stack, "agent200").take_a_break()  # somebody is there to wait for
    sid = caller.dial(stack.number)
    caller.press("1")
    caller.wait_for("queue")
    since = until(lambda: Call.objects.filter(sid=sid, state="waiting").first(), "waiting").waiting_since
    caller.hang_up()
    owed = until(lambda: Callback.objects.filter(number=number, kind="missed_call").first(), "a call-back")
    assert owed.first_due_at == since


def test_a_caller_keeps_the_place_by_pressing_one(stack: Stack) -> None:
    from cases.models import Callback

    number = "+8613811110005"
    caller = stack.phone(number)
    Agent(stack, "agent200").take_a_break()
    caller.dial(stack.number)
    caller.press("2")
    caller.wait_for("gather", timeout=20)
    caller.press("1")
    until(lambda: Callback.objects.filter(number=number, kind="missed_call").exists(), "a call-back")
    caller.wait_until_hung_up()
    assert "回电" in caller.heard()
