"""A driver without a smartphone: the whole trip by digits, each text once."""

import pytest
from django.db import transaction

from cases.handlers import CaseHandlers
from cases.models import Contact
from dispatch import trips
from dispatch.driver import texts
from dispatch.models import CheckpointPassage, DriverAct, DriverAlarm, DriverBreak, TripOffer
from hotline import integrity, restraint
from hotline.locks import hold_number
from hotline.models import Message
from tests.factories.dispatch import ready_case, trip_with


@pytest.fixture
def trip(templates):
    trip = trip_with(ready_case())
    trip.driver.smartphone = False
    trip.driver.save()
    return trips.release(trip, None)


@pytest.fixture
def says(trip):
    """The driver texts: says("1"). Answers with what the driver was told last."""

    def text(body):
        number = str(trip.driver.phone)
        with transaction.atomic():
            hold_number(number)
            message = Message.objects.create(line=trip.line, direction="in", number=number, body=body, state="received")
            CaseHandlers().message_received(message)
            Message.objects.filter(pk=message.pk).update(state="handled")
        return told(trip)

    return text


def told(trip):
    queued = Message.objects.filter(number=str(trip.driver.phone), direction="out").exclude(state="suppressed")
    last = queued.order_by("-id").first()
    queued.filter(state="queued").update(state="sending")
    return last.body if last else ""


def delivery(trip):
    return trip.stops.get(kind="delivery")


def test_the_trip_is_offered_in_words_without_addresses(trip):
    words = told(trip)
    assert f"{trip}" in words
    assert "1" in words
    assert delivery(trip).case.address.community.name not in words
    assert not Message.objects.filter(purpose="driver_trip").exists()


def test_the_whole_trip_by_digits(trip, says):
    assert "1" in says("1")
    assert TripOffer.objects.get().state == "accepted"
    assert "药房" in says("1")
    assert "#" in says("到了")
    hand_over = says("２")  # full width
    assert delivery(trip).case.address.community.name in hand_over
    door = says("1")
    assert delivery(trip).case.number in door
    assert delivery(trip).pin not in door
    says(f"2 {delivery(trip).pin}")
    assert delivery(trip).case.state == "delivered"
    assert delivery(trip).proofs.get().kind == "pin"
    assert list(DriverAct.objects.values_list("what", flat=True)) == [
        "accept",
        "start",
        "arrive",
        "collect",
        "arrive",
        "deliver",
    ]
    lost = [v for a in integrity.ask_all() if a.number in (1, 2, 6) for v in a.violations]
    assert lost == []


def test_a_wrong_pin_is_said_and_hands_nothing_over(trip, says):
    for text in ("1", "1", "2", "1"):
        says(text)
    wrong = "0000" if delivery(trip).pin != "0000" else "1111"
    assert "收货码" in says(f"2{wrong}") or "PIN" in told(trip)
    assert delivery(trip).state == "arrived"


def test_without_a_pin_the_receivers_name_counts(trip, says):
    for text in ("1", "1", "2", "1", "2 邻居李阿姨"):
        says(text)
    assert delivery(trip).proofs.get().words == "邻居李阿姨"


def test_two_alone_at_a_door_is_asked_again(trip, says):
    for text in ("1", "1", "2", "1", "2"):
        says(text)
    assert delivery(trip).state == "arrived"
    assert Message.objects.filter(purpose="driver_answer").count() == 1


def test_failed_needs_a_reason_digit(trip, says):
    for text in ("1", "1", "2", "1", "3"):
        says(text)
    assert delivery(trip).state == "arrived"
    says("3 2 敲门没人")
    assert (delivery(trip).state, delivery(trip).failed_reason) == ("failed", "no_answer")


def test_declined_by_digit_with_a_reason(trip, says):
    says("3")
    assert TripOffer.objects.get().state == "open"
    says("32")
    assert (TripOffer.objects.get().state, TripOffer.objects.get().why) == ("declined", "unwell")


def test_what_cannot_be_understood_is_asked_again_and_makes_no_case(trip, says):
    says("今天天气不错")
    assert Message.objects.filter(purpose="driver_answer").count() == 1
    assert Contact.objects.get().taken_as == "driver"
    assert not DriverAct.objects.exists()


def test_a_telephone_that_answers_by_itself_is_not_answered_for_ever(trip, says):
    for _ in range(texts.MOST_ANSWERS_AN_HOUR + 3):
        says("我在开车，稍后回复您")
    assert Message.objects.filter(purpose="driver_answer").count() == texts.MOST_ANSWERS_AN_HOUR


def test_a_slip_is_taken_back_and_the_next_step_told_again(trip, says):
    for text in ("1", "1"):
        says(text)
    first = says("2")
    says("9")
    assert trip.stops.get(kind="pickup").state == "arrived"
    assert says("2") == first


def test_help_and_sos_reach_the_dispatcher(trip, says):
    says("0")
    says("救命")
    says("SOS")
    assert sorted(DriverAlarm.objects.values_list("kind", flat=True)) == ["help", "sos"]


def test_breaks_and_check_points_are_written_down(trip, says):
    for text in ("1", "1", "6", "6", "7", "8"):
        says(text)
    assert DriverBreak.objects.get().ended_at
    assert CheckpointPassage.objects.get().passed_at


def test_the_texts_of_a_driver_with_the_page_go_the_usual_way_unless_they_are_a_plain_answer(trip, says):
    trip.driver.smartphone = True
    trip.driver.save()
    says("我家也缺药，能送吗")
    assert Contact.objects.exclude(taken_as="driver").exists()
    says("1")
    assert TripOffer.objects.get().state == "accepted"


def test_without_a_live_trip_a_driver_is_a_resident(trip, says):
    trips.abort(trip, None, "爆胎")
    says("1")
    assert not Contact.objects.filter(taken_as="driver").exists()


def test_a_stop_taken_off_by_the_dispatcher_is_told(trip, says, dispatcher):
    for text in ("1", "1"):
        says(text)
    before = Message.objects.filter(purpose="driver_stop").count()
    trips.take_off(delivery(trip).case, dispatcher, "退了")
    assert Message.objects.filter(purpose="driver_stop").count() == before + 1


def test_a_trip_called_off_is_told_once(trip, says):
    trips.abort(trip, None, "爆胎")
    assert Message.objects.filter(purpose="driver_stop", idempotency_key__contains="called-off").count() == 1


def test_a_day_of_answers_is_no_storm_of_ours(trip, settings):
    settings.TEXTS_PER_PERSON_AND_DAY = 1
    message = Message.objects.get(purpose="driver_offer")
    for n in range(3):
        Message.objects.create(
            line=trip.line, direction="out", number=message.number, state="sent", idempotency_key=f"x{n}"
        )
    assert restraint.why_not(message) == ""


@pytest.mark.parametrize(
    ("text", "what", "rest"),
    [
        ("1", "1", ""),
        ("１。", "1", ""),
        ("到了", "1", ""),
        ("Arrived", "1", ""),
        ("2 1234", "2", "1234"),
        ("21234", "2", "1234"),
        ("2，1234", "2", "1234"),
        ("送到了 1234", "2", "1234"),
        ("2王阿姨", "2", "王阿姨"),
        ("3 2", "3", "2"),
        ("3-2 门卫不在", "3", "2 门卫不在"),
        ("0", "help", ""),
        ("帮助", "help", ""),
        ("撤销", "undo", ""),
        ("吃饭", "meal", ""),
        ("sos", "sos", ""),
    ],
)
def test_what_is_understood(text, what, rest):
    assert texts.read(text) == texts.Said(what, rest)


@pytest.mark.parametrize("text", ["", "1234", "12345678", "你好", "4", "1 2 3 路口堵"])
def test_what_is_not(text):
    said = texts.read(text)
    assert said is None or said.rest
