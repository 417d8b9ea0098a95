"""The driver's way through a trip: start, arrive, collect, hand over."""

from dispatch.models import DriverAct


def test_a_released_trip_offers_to_start(released, phone):
    answer = phone(released).open()
    assert answer.status_code == 200
    assert 'value="start"' in answer.content.decode()


def test_pressing_start_puts_the_case_on_its_way(released, phone, stops_of):
    assert phone(released).press("start").json()["ok"]
    released.refresh_from_db()
    assert released.state == "under_way"
    assert stops_of(released)[0].case.state == "en_route"


def test_the_whole_walk_ends_with_all_done(released, phone, stops_of):
    driver = phone(released)
    driver.press("start")
    pickup, delivery = stops_of(released)
    driver.press("arrive", pickup)
    driver.press("collect", pickup)
    driver.press("arrive", delivery)
    delivery.refresh_from_db()
    assert driver.press("deliver", delivery, pin=delivery.pin).json()["ok"]
    delivery.case.refresh_from_db()
    assert delivery.case.state == "delivered"
    assert delivery.proofs.get().kind == "pin"
    assert "all-over" in driver.words()


def test_a_wrong_pin_is_refused_in_words_and_nothing_is_delivered(under_way, phone, stops_of):
    pickup, delivery = stops_of(under_way)
    driver = phone(under_way)
    driver.press("collect", pickup)
    delivery.refresh_from_db()
    wrong = "0000" if delivery.pin != "0000" else "1111"
    answer = driver.press("deliver", delivery, pin=wrong).json()
    assert not answer["ok"]
    assert answer["words"]
    delivery.refresh_from_db()
    assert delivery.state == "planned"


def test_the_name_of_the_receiver_is_proof_without_a_pin(under_way, phone, stops_of):
    pickup, delivery = stops_of(under_way)
    driver = phone(under_way)
    driver.press("collect", pickup)
    assert driver.press("deliver", delivery, name="邻居李阿姨").json()["ok"]
    assert delivery.proofs.get().kind == "name"


def test_something_wrong_gives_the_case_a_next_step_at_once(under_way, phone, stops_of):
    pickup, delivery = stops_of(under_way)
    driver = phone(under_way)
    driver.press("collect", pickup)
    assert driver.press("fail", delivery, reason="no_answer").json()["ok"]
    delivery.refresh_from_db()
    assert (delivery.state, delivery.failed_reason) == ("failed", "no_answer")
    assert delivery.case.next_step


def test_six_things_can_be_wrong_at_a_door(under_way, phone, stops_of):
    driver = phone(under_way)
    driver.press("collect", stops_of(under_way)[0])
    words = driver.words()
    reasons = ("gate_refused", "no_answer", "wrong_address", "turned_back", "goods_damaged", "other")
    assert all(f'value="{reason}"' in words for reason in reasons)
    assert 'value="goods_missing"' not in words


def test_a_slip_is_taken_back(under_way, phone, stops_of):
    pickup, delivery = stops_of(under_way)
    driver = phone(under_way)
    driver.press("collect", pickup)
    driver.press("deliver", delivery, name="李")
    assert 'id="undo"' in driver.words()
    assert driver.press("undo", delivery).json()["ok"]
    delivery.refresh_from_db()
    assert delivery.state == "arrived"
    assert delivery.case.state == "en_route"


def test_the_form_works_without_scripts(under_way, phone, stops_of):
    driver = phone(under_way)
    pickup = stops_of(under_way)[0]
    fields = {"key": "a" * 32, "act": "arrive", "stops": str(pickup.pk)}
    answer = driver.client.post(driver.path, fields)
    assert (answer.status_code, answer["Location"]) == (302, driver.path)
    pickup.refresh_from_db()
    assert pickup.state == "arrived"


def test_a_refusal_without_scripts_is_said_on_the_page(under_way, phone, stops_of):
    driver = phone(under_way)
    delivery = stops_of(under_way)[1]
    fields = {"key": "b" * 32, "act": "deliver", "stops": str(delivery.pk), "name": "李"}
    words = driver.client.post(driver.path, fields).content.decode()
    assert DriverAct.objects.get(key="b" * 32).words in words


def test_names_and_pins_are_not_kept_with_the_act(under_way, phone, stops_of):
    pickup, delivery = stops_of(under_way)
    driver = phone(under_way)
    driver.press("collect", pickup)
    driver.press("deliver", delivery, name="邻居李阿姨")
    assert not any("李" in str(row) for row in DriverAct.objects.values())


def test_the_page_asks_the_database_a_fixed_number_of_times(django_assert_max_num_queries, phone, db):
    from dispatch import trips
    from tests.factories.dispatch import ready_case, trip_with

    trip = trips.start(trips.release(trip_with(*[ready_case() for _ in range(8)]), None))
    with django_assert_max_num_queries(18):
        assert phone(trip).open().status_code == 200


def test_the_page_speaks_the_drivers_language(released, phone):
    assert '<html lang="zh-hans">' in phone(released).words()
    released.driver.language = "en"
    released.driver.save()
    assert '<html lang="en">' in phone(released).words()


def test_less_than_it_says_leaves_the_rest_as_a_case_that_goes_on(under_way, phone, stops_of):
    pickup, delivery = stops_of(under_way)
    driver = phone(under_way)
    driver.press("collect", pickup)
    need = delivery.case.needs.first()
    need.quantity = 3
    need.save()
    assert f"given-{need.pk}" in driver.words()
    given = {f"given-{need.pk}": "1"}
    assert driver.press("deliver", delivery, name="邻居李阿姨", **given).json()["ok"]
    need.refresh_from_db()
    assert need.delivered == 1
    rest = delivery.case.rests.get()
    assert (rest.state, rest.needs.get().quantity) == ("triaged", 2)
    driver.press("undo", delivery)
    need.refresh_from_db()
    assert need.delivered is None


def test_a_quantity_that_is_none_does_not_stop_a_hand_over(under_way, phone, stops_of):
    pickup, delivery = stops_of(under_way)
    driver = phone(under_way)
    driver.press("collect", pickup)
    need = delivery.case.needs.first()
    assert driver.press("deliver", delivery, name="邻居李阿姨", **{f"given-{need.pk}": "all"}).json()["ok"]
    need.refresh_from_db()
    assert need.delivered == need.quantity
