"""One open incident for each cause; it is opened once, counted, told, and ends by itself."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hotline import catch_up, heartbeat, incidents, watch
from hotline.carriers.loopback.client import Loopback
from hotline.carriers.twilio import client as carrier_client
from hotline.incidents import Cause, Found
from hotline.models import InboundEvent, Incident, Line
from tests.factories.hotline import LINE_NUMBER, MessageFactory, UserFactory


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(watch, "ASK_AGAIN_AFTER", 0)
    for who in (heartbeat.BEAT, heartbeat.WORKER):
        heartbeat.mark(who)


def open_causes() -> list[str]:
    return sorted(incidents.open_ones().values_list("cause", flat=True))


def test_the_same_cause_again_is_the_same_incident_and_counted(db: None) -> None:
    first = incidents.note(Found(Cause.BACKLOG, "shanghai", {"n": 5}))
    again = incidents.note(Found(Cause.BACKLOG, "shanghai", {"n": 9}))
    assert (again.pk, again.count, again.facts) == (first.pk, 2, {"n": 9})


def test_the_database_holds_that_a_cause_is_open_once(db: None) -> None:
    incidents.note(Found(Cause.CARRIER_AWAY))
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.create(cause=Cause.CARRIER_AWAY)


@pytest.mark.django_db(transaction=True)
def test_processes_that_notice_it_at_once_open_one() -> None:
    start = threading.Barrier(4)

    def notice() -> None:
        start.wait()
        incidents.note(Found(Cause.CARRIER_AWAY))
        connection.close()

    threads = [threading.Thread(target=notice) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Incident.objects.get().count == 4


def test_it_ends_when_the_cause_is_gone_and_opens_anew_as_another_one(db: None) -> None:
    incidents.decide([Cause.BACKLOG], [Found(Cause.BACKLOG, "shanghai")])
    incidents.decide([Cause.BACKLOG], [])
    assert open_causes() == []
    incidents.decide([Cause.BACKLOG], [Found(Cause.BACKLOG, "shanghai")])
    assert Incident.objects.count() == 2


def test_who_looked_at_one_cause_ends_no_other(db: None) -> None:
    incidents.note(Found(Cause.CARRIER_AWAY))
    incidents.decide([Cause.BACKLOG], [])
    assert open_causes() == [Cause.CARRIER_AWAY]


def test_a_carrier_that_answers_is_no_incident(line: Line, carrier: Loopback) -> None:
    assert watch.look() == 0
    assert open_causes() == []


def test_a_carrier_that_answers_with_errors_is_one_until_it_is_well_again(line: Line, carrier: Loopback) -> None:
    carrier.fault("503", on="numbers.list")
    watch.look()
    watch.look()
    assert open_causes() == [Cause.CARRIER_BROKEN]
    assert Incident.objects.get().count == 2
    carrier.clear_faults()
    watch.look()
    assert open_causes() == []


def test_one_answer_that_went_astray_is_no_incident(line: Line, carrier: Loopback) -> None:
    carrier.fault("503", on="numbers.list", count=1)
    watch.look()
    assert open_causes() == []


def test_credentials_that_are_not_accepted_are_one(line: Line, carrier: Loopback, settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = "an-old-one"
    carrier_client.client.cache_clear()
    watch.look()
    assert open_causes() == [Cause.CARRIER_REFUSES]


def test_a_carrier_that_cannot_be_reached_is_one(line: Line, settings: Any) -> None:
    settings.TWILIO_API_URL = "http://127.0.0.1:9"
    carrier_client.client.cache_clear()
    watch.look()
    assert open_causes() == [Cause.CARRIER_AWAY]
    carrier_client.client.cache_clear()


def test_most_texts_failing_is_one_with_the_carriers_number(line: Line) -> None:
    for _ in range(11):
        MessageFactory(state="undelivered", reason="blocked", carrier_error=30007, accepted_at=timezone.now())
    for _ in range(5):
        MessageFactory(state="delivered", accepted_at=timezone.now())
    incidents.decide([Cause.TEXTS_FAIL], watch.texts_arrive())
    incident = Incident.objects.get()
    assert (incident.subject, incident.facts) == ("shanghai", {"n": 11, "of": 16, "code": 30007})
    assert "30007" in incidents.words(incident)


def test_a_few_failing_texts_and_people_who_opted_out_are_none(line: Line) -> None:
    for _ in range(9):
        MessageFactory(state="undelivered", reason="unreachable", accepted_at=timezone.now())
    for _ in range(20):
        MessageFactory(state="failed", reason="opted_out", ended_at=timezone.now())
    assert list(watch.texts_arrive()) == []


def test_texts_that_wait_too_long_are_one_and_those_for_the_morning_are_none(line: Line, settings: Any) -> None:
    settings.BACKLOG_MINUTES = 10
    MessageFactory()
    MessageFactory(not_before=timezone.now() + timedelta(hours=9))
    with time_machine.travel(timezone.now() + timedelta(minutes=12)):
        assert [(each.subject, each.facts["n"]) for each in watch.texts_leave()] == [("shanghai", 1)]
    assert list(watch.texts_leave()) == []


def test_texts_without_any_report_are_one_until_a_webhook_comes(line: Line) -> None:
    accepted = timezone.now() - timedelta(minutes=5)
    for n in range(3):
        MessageFactory(state="accepted", sid=f"SM{n}", accepted_at=accepted)
    incidents.decide([Cause.WEBHOOKS], watch.webhooks_arrive())
    assert Incident.objects.get().facts == {"unreported": 3}
    with time_machine.travel(timezone.now() + timedelta(minutes=40)):
        incidents.decide([Cause.WEBHOOKS], watch.webhooks_arrive())
        assert open_causes() == [Cause.WEBHOOKS]  # nothing shows that it is gone
        InboundEvent.objects.create(kind="message", sid="SM9", payload={"AccountSid": "AC1"})
        incidents.decide([Cause.WEBHOOKS], watch.webhooks_arrive())
    assert open_causes() == []


def test_what_was_only_found_in_the_carriers_log_is_one(line: Line, carrier: Loopback) -> None:
    Line.objects.update(caught_up_until=timezone.now() - timedelta(minutes=1))
    carrier.phone("+8613800000777").text(LINE_NUMBER, "救急，药没有了", wait=False)
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert catch_up.catch_up() == 1
    assert Incident.objects.get().cause == Cause.WEBHOOKS


def test_a_silent_worker_is_noticed_by_the_page_of_somebody_on_duty(db: None, client: Client) -> None:
    client.force_login(UserFactory(role="agent"))
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=True):
        heartbeat.mark(heartbeat.BEAT)
        shown = client.get(reverse("line:incidents-bar")).content.decode()
        assert open_causes() == [Cause.WORKER_SILENT]
        assert 'role="alert"' in shown
        heartbeat.mark(heartbeat.WORKER)
        cache.clear()
        assert client.get(reverse("line:incidents-bar")).content.decode().strip() == ""
    assert open_causes() == []


def test_an_emptied_broker_is_not_yet_a_silent_worker(db: None) -> None:
    with heartbeat.broker() as link:
        link.delete(heartbeat.KEY + heartbeat.BEAT, heartbeat.KEY + heartbeat.WORKER)
    assert list(watch.parts_live()) == []


def test_a_broker_that_is_away_is_one(db: None, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    assert Cause.BROKER_AWAY in [each.cause for each in watch.parts_live()]


def test_a_look_that_breaks_leaves_its_incident_as_it_is(
    line: Line, carrier: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    incidents.note(Found(Cause.BACKLOG, "shanghai"))

    def broken() -> list[Found]:
        raise RuntimeError

    monkeypatch.setattr(watch, "LOOKS", [(frozenset({Cause.BACKLOG}), broken)])
    watch.look()
    assert open_causes() == [Cause.BACKLOG]


def test_a_supervisor_sees_what_is_open_and_what_was_and_takes_it(db: None, client: Client) -> None:
    incidents.decide([Cause.CARRIER_AWAY], [Found(Cause.CARRIER_AWAY)])
    incidents.decide([Cause.CARRIER_AWAY], [])
    incident = incidents.note(Found(Cause.BACKLOG, "shanghai", {"n": 7, "minutes": 12}))
    supervisor = UserFactory(role="supervisor", name="主管")
    client.force_login(supervisor)
    client.post(reverse("line:incident-take", args=[incident.pk]))
    client.post(reverse("set_language"), {"language": "en"})
    page = client.get(reverse("line:incidents")).content.decode()
    assert "7 texts, the oldest 12 min" in page
    assert "the carrier cannot be reached" in page
    assert "主管" in page
    client.force_login(UserFactory(role="agent"))
    assert client.get(reverse("line:incidents")).status_code == 403


def test_the_history_asks_a_bounded_number_of_times(
    db: None, client: Client, django_assert_max_num_queries: Any
) -> None:
    for n in range(40):
        Incident.objects.create(cause=Cause.BACKLOG, subject=str(n), ended_at=timezone.now())
    client.force_login(UserFactory(role="supervisor"))
    with django_assert_max_num_queries(12):
        client.get(reverse("line:incidents"))


def test_metrics_and_readiness_name_what_is_open(db: None, client: Client) -> None:
    incidents.note(Found(Cause.CARRIER_AWAY))
    assert 'hotline_incidents_open{cause="carrier_away"} 1.0' in client.get("/metrics").content.decode()
    assert client.get("/readyz").json()["parts"]["incidents"]["ok"]
