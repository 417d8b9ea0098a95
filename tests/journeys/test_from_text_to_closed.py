"""One real request from the first text to the settled end, on real parts, over HTTP."""

import re
from datetime import timedelta

from django.utils import timezone

from cases.models import Callback, Case, Transition
from hotline.models import Call
from tests.journeys.people import Agent, Dispatcher, Driver, case_of, place, press
from tests.stack import Stack
from tests.waiting import until

WORDS = "我爸82岁一个人住徐汇，糖尿病，门冬胰岛素只剩两天，小区封了出不去，求帮忙"
NUMBER = "+8613811110001"


def test_a_request_by_text_is_delivered_and_closed_by_a_call_back(stack: Stack) -> None:
    resident = stack.phone(NUMBER)
    resident.text(stack.number, WORDS)
    receipt = resident.wait_for_message("编号")["body"]
    case = case_of(NUMBER)
    assert case.number in receipt
    assert (case.state, case.owner, case.words) == ("new", "queue", WORDS)

    resident.text(stack.number, "状态")
    assert case.number in resident.wait_for_message("排队")["body"]

    agent = Agent(stack, "agent11")
    draft = agent.claim(case)
    need = {"need-0-item": "门冬胰岛素", "need-0-quantity": "2", "need-0-unit": "支"}
    left = timezone.localtime() + timedelta(days=2)
    until_then = {"need-0-left_until": left.strftime("%Y-%m-%dT%H:%M")}
    person = {"caller-name": "李先生", "person-age": "82", "household": "lives_alone"}
    case = agent.fill_in(draft, category="medicine", level="2", **need, **until_then, **person, **place())
    assert (case.state, case.category and case.category.slug, case.level) == ("triaged", "medicine", 2)
    assert case.needs.get().item == "门冬胰岛素"
    assert case.supply_ends_at is not None

    agent.confirm_goods(case)
    case.refresh_from_db()
    assert (case.state, case.owner) == ("ready", "dispatch")

    trip = Dispatcher(stack).send_out(case)
    fleets = trip.vehicle.fleets.values_list("categories__slug", flat=True)
    assert "medicine" in fleets
    case.refresh_from_db()
    assert case.state == "planned"
    assert case.promised_until is not None

    driver = Driver(stack, trip)
    assert driver.press("start")["ok"]
    on_its_way = resident.wait_for_message("收货码", timeout=20)["body"]
    pin = re.search(r"收货码(\d{4,6})", on_its_way).group(1)  # type: ignore[union-attr]
    case.refresh_from_db()
    assert case.state == "en_route"
    resident.text(stack.number, "STATUS")
    assert case.number in resident.wait_for_message("路上", times=2)["body"]

    for stop in driver.stops("pickup"):
        assert driver.press("collect", [stop])["ok"]
    delivery = next(stop for stop in driver.stops("delivery") if stop.case_id == case.pk)
    assert driver.press("arrive", [delivery])["ok"]
    wrong = driver.press("deliver", [delivery], pin="0000" if pin != "0000" else "1111")
    assert not wrong["ok"]
    assert driver.press("deliver", [delivery], pin=pin)["ok"]
    resident.wait_for_message("已送到", timeout=20)
    case.refresh_from_db()
    assert case.state in ("delivered", "follow_up")

    follow_up = Callback.objects.get(case=case, kind="after_delivery")
    assert follow_up.due_at > timezone.now()
    Callback.objects.filter(pk=follow_up.pk).update(due_at=timezone.now(), first_due_at=timezone.now())
    until(lambda: Callback.objects.filter(pk=follow_up.pk, state="due").exists(), "the sweep")
    assert str(follow_up.pk) in agent.browser.get("/callbacks/rows/").text
    agent.picks_up()
    agent.go_available()
    press(agent.browser, f"/callbacks/{follow_up.pk}/dial/")
    resident.answer(timeout=20)
    until(lambda: Call.objects.filter(topic=f"callback:{follow_up.pk}", state="connected").exists(), "they talk")
    resident.hang_up()
    press(agent.browser, f"/callbacks/{follow_up.pk}/outcome/", outcome="reached-1")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "received")
    agent.take_a_break()

    moves = list(Transition.objects.filter(case=case).order_by("id").values_list("to_state", flat=True))
    assert moves[-1] == "closed"
    assert [m for m in ("triaged", "sourcing", "ready", "planned", "en_route", "delivered") if m not in moves] == []
    assert Transition.objects.filter(case=case, move="close").get().by == agent.user
    assert case.history.count() >= len(moves)

    events = [m["body"] for m in resident.messages("in")]
    assert len(events) == len(set(events)), "told twice"
    assert Case.objects.filter(person__phones__number=NUMBER).count() == 1
    assert stack.manage("check_integrity").returncode == 0


def test_a_resident_closes_the_case_with_one_digit(stack: Stack) -> None:
    number = "+8613811110003"
    resident = stack.phone(number)
    resident.text(stack.number, "宝宝5个月，奶粉今晚就没了，浦东，只吃水解奶粉")
    resident.wait_for_message("编号")
    case = case_of(number)
    agent = Agent(stack, "agent13")
    need = {"need-0-item": "水解奶粉", "need-0-quantity": "2", "need-0-unit": "罐"}
    case = agent.fill_in(agent.claim(case), category="infant", level="2", infant_months="5", **need, **place("pudong"))
    agent.confirm_goods(case)
    trip = Dispatcher(stack).send_out(case)
    driver = Driver(stack, trip)
    driver.press("start")
    pin = re.search(r"收货码(\d{4,6})", resident.wait_for_message("收货码", timeout=20)["body"]).group(1)  # type: ignore[union-attr]
    for stop in driver.stops("pickup"):
        driver.press("collect", [stop])
    delivery = next(stop for stop in driver.stops("delivery") if stop.case_id == case.pk)
    driver.press("arrive", [delivery])
    assert driver.press("deliver", [delivery], pin=pin)["ok"]
    resident.wait_for_message("回1", timeout=20)
    resident.text(stack.number, "1")
    until(lambda: Case.objects.filter(pk=case.pk, state="closed", outcome="received").exists(), "closed")
    assert not Callback.objects.filter(case=case, state__in=["scheduled", "due", "claimed", "retry"]).exists()
