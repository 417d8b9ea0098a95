"""A driver without a smartphone drives a whole trip with the digits of an old handset."""

import re

from dispatch.models import Driver, DriverAct, Trip
from tests.journeys.people import Agent, Dispatcher, case_of, place
from tests.stack import Stack
from tests.waiting import until

RESIDENT = "+8613811110041"


def test_a_trip_by_digits_from_the_offer_to_the_hand_over(stack: Stack) -> None:
    resident = stack.phone(RESIDENT)
    resident.text(stack.number, "宝宝4个月，奶粉今晚就没了，浦东，只吃水解奶粉")
    resident.wait_for_message("编号")
    agent = Agent(stack, "agent13")
    need = {"need-0-item": "水解奶粉", "need-0-quantity": "2", "need-0-unit": "罐"}
    draft = agent.claim(case_of(RESIDENT))
    case = agent.fill_in(draft, category="infant", level="2", infant_months="4", **need, **place("pudong"))
    agent.confirm_goods(case)
    Driver.objects.filter(active=True).update(smartphone=False)
    try:
        trip = Dispatcher(stack).send_out(case)
        handset = stack.phone(str(trip.driver.phone))
        assert "接受回1" in handset.wait_for_message(f"{trip}", timeout=20)["body"]

        def says(text: str, acts: int) -> None:
            handset.text(stack.number, text)
            until(lambda: trip.driver_acts.count() == acts, f"{acts} acts after “{text}”")

        says("1", 1)
        says("1", 2)
        pin = re.search(r"收货码(\d{4})", resident.wait_for_message("收货码", timeout=20)["body"]).group(1)  # type: ignore[union-attr]
        made = 2
        while not case_is_there(trip, case.pk) and made < 40:
            at_the_door = trip.stops.filter(state="arrived", case=case, kind="delivery").exists()
            here = trip.stops.filter(state="arrived").first()
            made += 1
            if at_the_door:
                says(f"2 {pin}", made)
            elif here and here.kind == "pickup":
                says("2", made)
            elif here:
                says("2 门卫", made)
            else:
                says("1", made)
        case.refresh_from_db()
        assert case.state in ("delivered", "follow_up")
        assert set(DriverAct.objects.filter(trip=trip).values_list("accepted", flat=True)) == {True}
        resident.wait_for_message("已送到", timeout=20)
    finally:
        Driver.objects.update(smartphone=True)
    assert not Trip.objects.filter(pk=trip.pk, state="aborted").exists()
    assert stack.manage("check_integrity").returncode == 0


def case_is_there(trip: Trip, case: int) -> bool:
    """Whether its goods were handed over on this trip."""
    return trip.stops.filter(case=case, kind="delivery", state="done").exists()
