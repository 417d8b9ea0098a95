"""A practice shift on the running system: simulated callers ring a trainee, who writes down what they say."""

from cases.models import Callback, Case, Draft, PracticeShift
from hotline.models import Call, Presence
from tests.journeys.people import Agent, alone_on_duty, press
from tests.stack import Stack
from tests.waiting import until


def test_a_trainee_takes_simulated_callers_and_both_read_the_table(stack: Stack) -> None:
    trainee, lead = Agent(stack, "agent166"), Agent(stack, "supervisor")
    alone_on_duty()
    before = Case.objects.count(), Callback.objects.count()
    press(lead.browser, "/practice/start/", trainee=trainee.user.pk, callers=2)
    shift = PracticeShift.objects.get(is_open=True)
    assert Presence.objects.get(user=trainee.user).practice
    trainee.go_available()
    for _ in range(2):
        _take_one(trainee)
    until(lambda: not PracticeShift.objects.get(pk=shift.pk).is_open, "the shift to end by itself", 30)
    until(lambda: not Presence.objects.get(user=trainee.user).practice, "the trainee to be out of practice", 30)
    assert trainee.user.name in lead.browser.get("/practice/").text
    assert shift.callers.filter(trainee=trainee.user, handed_in_at__isnull=False).count() == 2
    assert all(row.answered_seconds is not None for row in shift.callers.all())
    assert (Case.objects.count(), Callback.objects.count()) == before
    assert stack.manage("check_integrity").returncode == 0


def _heard(trainee: Agent) -> str:
    page = trainee.browser.get("/practice/heard/").text
    return page.partition('<p class="say">')[2].partition("</p>")[0]


def _take_one(trainee: Agent) -> None:
    ringing = until(
        lambda: Call.objects.filter(line__practice=True, agent=trainee.user, state="offered").first(),
        "it rings",
        90,
    )
    page = trainee.browser.get("/desk/call/").text
    assert "/practice/pick-up/" in page
    until(
        lambda: trainee.browser.post("/practice/pick-up/").status_code == 204,
        "the telephone to ring at the carrier",
    )
    call = until(lambda: Call.objects.filter(pk=ringing.pk, state="connected").first(), "they talk")
    said = until(lambda: _heard(trainee), "the caller speaks")
    trainee.browser.get(f"/desk/form/call/{call.pk}/")
    draft = Draft.objects.get(call=call)
    answer = press(trainee.browser, f"/desk/form/{draft.key}/save/", version="", words=said, level="2")
    assert "handed-in" in answer.text
    press(trainee.browser, f"/desk/call/{call.pk}/hang-up/")
    until(lambda: Call.objects.filter(pk=call.pk, state="wrap_up").exists(), "wrap-up")
    press(trainee.browser, "/desk/presence/wrap-up-done/")
