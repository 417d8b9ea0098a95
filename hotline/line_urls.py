"""The carrier's webhooks and the live stream."""

from django.urls import path

from hotline import blocked_page, incidents_page, line_tests_page, live, recordings, second_factor_page, soft_phone
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
    path("webhooks/twilio/leg/<int:leg_id>/picked-up-by/", calls.picked_up_by, name="picked-up-by"),
    path("webhooks/twilio/leg/<int:leg_id>/status/", calls.leg_status, name="leg-status"),
    path("webhooks/twilio/bridge/<int:bridge_id>/", calls.bridged, name="bridge"),
    path("webhooks/twilio/bridge/<int:bridge_id>/status/", calls.bridge_status, name="bridge-status"),
    path("webhooks/twilio/bridge/<int:bridge_id>/dialled/", calls.bridge_dialled, name="bridge-dialled"),
    path("webhooks/twilio/call/worker/", calls.worker_key, name="worker-key"),
    path("webhooks/twilio/test/<int:test_id>/call/", calls.test_call, name="test-call"),
    path("webhooks/twilio/test/<int:test_id>/status/", calls.test_status, name="test-status"),
    path("blocked/", blocked_page.page, name="blocked"),
    path("blocked/begin/", blocked_page.begin, name="block"),
    path("blocked/<int:pk>/lift/", blocked_page.lift, name="block-lift"),
    path("blocked/call/<int:pk>/", blocked_page.of_call, name="block-call"),
    path("blocked/text/<int:pk>/", blocked_page.of_text, name="block-text"),
    path("line-tests/", line_tests_page.page, name="tests"),
    path("line-tests/<int:pk>/begin/", line_tests_page.begin, name="test-begin"),
    path("webhooks/twilio/browser/", calls.browser_dials, name="browser-dials"),
    path("desk/phone/", soft_phone.window, name="soft-phone"),
    path("desk/phone/token/", soft_phone.token, name="soft-phone-token"),
    path("desk/phone/<slug:what>/", soft_phone.state, name="soft-phone-state"),
    path("second-factor/", second_factor_page.page, name="second-factor"),
    path("second-factor/set-up/", second_factor_page.set_up, name="second-factor-set-up"),
    path("recordings/<int:pk>/sound/", recordings.sound, name="recording-sound"),
    path("incidents/", incidents_page.page, name="incidents"),
    path("incidents/bar/", incidents_page.bar, name="incidents-bar"),
    path("incidents/<int:pk>/take/", incidents_page.take, name="incident-take"),
    path("live/<str:channels>/", live.stream, name="live"),
]
