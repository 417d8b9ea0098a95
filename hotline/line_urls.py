"""The carrier's webhooks and the live stream."""

from django.urls import path

from hotline import live, recordings
from hotline.carriers.twilio import calls, texts

app_name = "line"
urlpatterns = [
    path("webhooks/twilio/message/", texts.message, name="message"),
    path("webhooks/twilio/message/<int:message_id>/status/", texts.message_status, name="message-status"),
    path("webhooks/twilio/call/", calls.arrived, name="call"),
    path("webhooks/twilio/call/status/", calls.status, name="call-status"),
    path("webhooks/twilio/call/key/", calls.key_pressed, name="menu"),
    path("webhooks/twilio/call/wait/", calls.wait, name="wait"),
    path("webhooks/twilio/call/wait/key/", calls.wait_key, name="wait-key"),
    path("webhooks/twilio/call/queue-left/", calls.queue_left, name="queue-left"),
    path("webhooks/twilio/call/message/", calls.message_left, name="message-left"),
    path("webhooks/twilio/call/<int:call_id>/recording/<slug:kind>/", calls.recording, name="recording"),
    path("webhooks/twilio/call/talk-over/", calls.talk_over, name="talk-over"),
    path("webhooks/twilio/call/<int:call_id>/queue/", calls.back_to_queue, name="back-to-queue"),
    path("webhooks/twilio/call/<int:call_id>/join/", calls.join, name="join"),
    path("webhooks/twilio/leg/<int:leg_id>/agent/", calls.agent_answers, name="agent-answers"),
    path("webhooks/twilio/leg/<int:leg_id>/person/", calls.person_answers, name="person-answers"),
    path("webhooks/twilio/leg/<int:leg_id>/status/", calls.leg_status, name="leg-status"),
    path("webhooks/twilio/bridge/<int:bridge_id>/", calls.bridged, name="bridge"),
    path("webhooks/twilio/bridge/<int:bridge_id>/status/", calls.bridge_status, name="bridge-status"),
    path("webhooks/twilio/bridge/<int:bridge_id>/dialled/", calls.bridge_dialled, name="bridge-dialled"),
    path("webhooks/twilio/call/worker/", calls.worker_key, name="worker-key"),
    path("recordings/<int:pk>/sound/", recordings.sound, name="recording-sound"),
    path("live/<str:channels>/", live.stream, name="live"),
]
