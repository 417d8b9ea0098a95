"""The driver's page on a telephone without signal: presses are kept, shown as done, and sent once when it is back."""

import os

import pytest
from playwright.sync_api import Browser, Page, expect

from dispatch import trips
from dispatch.driver import link
from dispatch.models import DriverAct, DriverAlarm, Trip, TripOffer
from tests.factories.dispatch import ready_case, trip_with
from tests.waiting import until


@pytest.fixture
def page(browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.set_default_timeout(15_000)
    return page


@pytest.fixture
def trip(live_server) -> Trip:
    trip = trip_with(ready_case())
    trip.driver.language = "en"
    trip.driver.save()
    return trips.start(trips.release(trip, None))


@pytest.fixture
def address(live_server, trip) -> str:
    return live_server.url + "/" + link.address(trip).split("/", 3)[3]


def picture(page: Page, name: str) -> None:
    if os.environ.get("KEEP_PICTURES"):
        page.screenshot(path=f"{os.environ['KEEP_PICTURES']}/{name}.png", full_page=True)


def test_presses_without_signal_are_kept_and_sent_once_when_it_is_back(page, trip, address):
    page.goto(address)
    picture(page, "driver-1-first-stop")
    page.context.set_offline(True)
    page.get_by_role("button", name="I am here").click()
    page.get_by_role("button", name="Collected").click()
    expect(page.locator("#kept-words")).to_have_text("2 kept on the phone, will be sent")
    page.get_by_role("button", name="I am here").click()
    page.get_by_text("No PIN: name or photo").click()
    page.get_by_label("Who took it").fill("邻居")
    picture(page, "driver-2-no-signal")
    page.get_by_role("button", name="Handed over").click()
    expect(page.locator("#all-over")).to_be_visible()
    assert not DriverAct.objects.exists()

    page.context.set_offline(False)
    expect(page.locator("#kept")).to_be_hidden()
    until(lambda: DriverAct.objects.filter(accepted=True).count() == 4, "four acts")
    assert set(trip.stops.values_list("state", flat=True)) == {"done"}


def test_what_was_kept_survives_closing_the_page(page, trip, address):
    page.goto(address)
    page.context.set_offline(True)
    page.get_by_role("button", name="I am here").click()
    expect(page.locator("#kept-words")).to_have_text("1 kept on the phone, will be sent")
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(address)
    until(lambda: trip.stops.filter(state="arrived").count() == 1, "the arrival")


def test_a_slip_without_signal_is_taken_back_before_it_is_sent(page, trip, address):
    page.goto(address)
    page.context.set_offline(True)
    page.get_by_role("button", name="I am here").click()
    page.locator("#take-back").click()
    expect(page.get_by_role("button", name="I am here").first).to_be_visible()
    page.context.set_offline(False)
    page.wait_for_timeout(500)
    assert not DriverAct.objects.exists()


def test_the_last_page_opens_without_signal(page, trip, address):
    page.goto(address)
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.reload()
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("button", name="I am here").first).to_be_visible()


def test_the_page_fits_a_small_screen_and_has_no_table(page, trip, address):
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("table").count() == 0
    heights = page.locator(".visit:not([hidden]) .wide:visible, .visit:not([hidden]) .half:visible").evaluate_all(
        "buttons => buttons.map(b => b.getBoundingClientRect().height)"
    )
    assert heights
    assert min(heights) >= 48


def test_a_wrong_pin_comes_back_with_words(page, trip, address):
    page.goto(address)
    page.get_by_role("button", name="I am here").click()
    page.get_by_role("button", name="Collected").click()
    page.get_by_role("button", name="I am here").click()
    page.get_by_label("PIN from the receiver").fill("99999")
    page.get_by_role("button", name="Handed over").click()
    expect(page.locator("#refused")).to_contain_text("PIN")
    picture(page, "driver-3-wrong-pin")
    expect(page.get_by_text("Something is wrong")).to_have_count(1)  # the page has come anew
    page.get_by_text("Something is wrong").click()
    picture(page, "driver-4-something-wrong")
    page.get_by_role("button", name="nobody answers").click()
    until(lambda: trip.stops.filter(failed_reason="no_answer").exists(), "the failure")


def test_a_trip_is_taken_on_the_page_and_its_addresses_come_with_it(page, live_server):
    trip = trip_with(ready_case())
    trip.driver.language = "en"
    trip.driver.save()
    trips.release(trip, None)
    street = trip.stops.get(kind="delivery").case.address.community.name
    page.goto(live_server.url + "/" + link.address(trip).split("/", 3)[3])
    picture(page, "driver-5-offered")
    assert street not in page.content()
    page.get_by_role("button", name="I take it").click()
    expect(page.get_by_role("button", name="Start the trip")).to_be_visible()
    until(lambda: TripOffer.objects.filter(state="accepted").exists(), "the yes")
    picture(page, "driver-6-to-start")


def test_a_trip_is_declined_with_a_reason(page, live_server):
    trip = trip_with(ready_case())
    trip.driver.language = "en"
    trip.driver.save()
    trips.release(trip, None)
    page.goto(live_server.url + "/" + link.address(trip).split("/", 3)[3])
    page.get_by_text("I cannot take it").click()
    picture(page, "driver-7-decline")
    page.get_by_role("button", name="unwell or too tired").click()
    expect(page.locator("#declined")).to_be_visible()
    assert TripOffer.objects.get().why == "unwell"


def test_an_alarm_without_signal_is_given_once_it_is_back(page, trip, address):
    page.goto(address)
    page.context.set_offline(True)
    page.get_by_role("button", name="SOS").click()
    picture(page, "driver-8-sos")
    page.get_by_role("button", name="Alarm to the dispatcher").click()
    expect(page.locator("#kept-words")).to_have_text("1 kept on the phone, will be sent")
    page.context.set_offline(False)
    until(lambda: DriverAlarm.objects.filter(kind="sos").count() == 1, "the alarm")


def test_a_slip_is_taken_back_on_the_page(page, trip, address):
    trips.collect(trip.stops.get(kind="pickup"))
    page.goto(address)
    page.get_by_role("button", name="I am here").click()
    page.get_by_text("No PIN: name or photo").click()
    page.get_by_label("Who took it").fill("邻居")
    page.get_by_role("button", name="Handed over").click()
    page.locator("#undo button").click()
    until(lambda: trip.stops.get(kind="delivery").state == "arrived", "the undo")
    page.get_by_text("Break, check-point, position").click()
    picture(page, "driver-9-on-the-road")
