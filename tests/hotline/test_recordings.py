"""Sound of calls: who may hear it, that each listening is written down, and when it is deleted."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hotline import recordings
from hotline.carriers.loopback.client import Loopback, wait_until
from hotline.models import Line, Listening, Recording
from tests.factories.hotline import (
    LINE_NUMBER,
    CallFactory,
    PresenceFactory,
    RecordingFactory,
    SkillFactory,
    UserFactory,
)
from tests.hotline.conftest import Webhook

pytestmark = pytest.mark.django_db


def play(client: Client, recording: Recording, role: str) -> HttpResponse:
    client.force_login(UserFactory(role=role))
    return client.get(reverse("line:recording-sound", args=[recording.pk]))  # type: ignore[return-value]


@pytest.fixture
def spoken(carrier: Loopback) -> Recording:
    """Sound that the carrier really keeps, of somebody who spoke into a telephone."""
    from hotline.carriers.twilio import client

    phone = carrier.phone("+8613800000792")
    phone.behave(voice="answer")
    document = '<Response><Pause length="60"/></Response>'
    made = client.client().calls.create(to=phone.number, from_=LINE_NUMBER, twiml=document)
    wait_until(lambda: carrier.call(str(made.sid))["status"] == "in-progress", what="answered")
    recording = client.client().calls(made.sid).recordings.create()
    client.client().calls(made.sid).update(status="completed")
    wait_until(lambda: carrier.recording(str(recording.sid))["status"] == "completed", what="the recording's end")
    return RecordingFactory(sid=str(recording.sid))


def test_a_supervisor_hears_it_and_that_is_written_down(line: Line, client: Client, spoken: Recording) -> None:
    answer = play(client, spoken, "supervisor")
    assert (answer.status_code, answer["Content-Type"]) == (200, "audio/mpeg")
    assert len(answer.content) > 100
    assert Listening.objects.get(recording=spoken).who.role == "supervisor"


@pytest.mark.parametrize("role", ["agent", "dispatcher", "administrator"])
def test_nobody_else_hears_it(line: Line, client: Client, role: str) -> None:
    assert play(client, RecordingFactory(), role).status_code == 403
    assert not Listening.objects.exists()


def test_sound_that_the_carrier_has_no_more_is_said_to_be_away(line: Line, client: Client, carrier: Loopback) -> None:
    assert play(client, RecordingFactory(), "supervisor").status_code == 502


def test_sound_is_deleted_when_its_time_is_over_and_the_row_stays(
    line: Line, client: Client, spoken: Recording
) -> None:
    young = RecordingFactory()
    Recording.objects.filter(pk=spoken.pk).update(delete_after=timezone.now() - timedelta(seconds=1))
    assert recordings.delete_old() == 1
    assert recordings.delete_old() == 0
    spoken.refresh_from_db()
    young.refresh_from_db()
    assert (spoken.deleted_at is not None, young.deleted_at) == (True, None)
    assert play(client, spoken, "supervisor").status_code == 404


def test_what_the_carrier_does_not_delete_now_is_tried_again(line: Line, carrier: Loopback) -> None:
    RecordingFactory(delete_after=timezone.now())
    carrier.fault("500", on="recordings.delete")
    assert recordings.delete_old() == 0
    carrier.clear_faults()
    assert recordings.delete_old() == 1  # it never was there: gone is gone


def test_each_line_keeps_sound_for_its_own_number_of_days(line: Line) -> None:
    line.keep_recordings_days = 7
    kept = recordings.keep(CallFactory(line=line), "RE1", "talk", 60)
    assert timedelta(days=6, hours=23) < kept.delete_after - timezone.now() <= timedelta(days=7)


def test_a_line_that_records_says_so_first(line: Line, webhook: Webhook) -> None:
    Line.objects.update(record_calls=True)
    call = CallFactory(state="connected", sid="CA7", agent=PresenceFactory(state="on_call").user)
    heard = webhook("line:join", call.pk, CallSid="CA7", From=call.number, To=LINE_NUMBER).content.decode()
    assert heard.index("录音") < heard.index("record-from-start")


def test_a_line_records_nothing_unless_it_is_told_to(line: Line, webhook: Webhook) -> None:
    call = CallFactory(state="connected", sid="CA7", agent=PresenceFactory(state="on_call").user)
    heard = webhook("line:join", call.pk, CallSid="CA7", From=call.number, To=LINE_NUMBER).content.decode()
    assert "record" not in heard


def test_the_talks_of_one_subject_are_recorded_and_said_to_be_and_no_others(line: Line, webhook: Webhook) -> None:
    recorded, other = SkillFactory(slug="medicine", record_calls=True), SkillFactory(slug="infant")
    heard = {}
    for skill in (recorded, other):
        call = CallFactory(state="connected", agent=PresenceFactory(state="on_call").user, skill=skill)
        heard[skill] = webhook("line:join", call.pk, CallSid=call.sid, To=LINE_NUMBER).content.decode()
    assert "本次通话将被录音" in heard[recorded]
    assert "record-from-start" in heard[recorded]
    assert "record" not in heard[other]
