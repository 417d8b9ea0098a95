import pytest
from twilio.base.exceptions import TwilioRestException


@pytest.fixture
def three_waiting(number, hotline, carrier):
    hotline.says("/voice", '<Enqueue waitUrl="/wait" action="/left">main</Enqueue>')
    hotline.says("/wait", "<Say>请稍候</Say>")
    hotline.says("/taken", '<Say>轮到您了</Say><Pause length="600"/>')
    phones = [carrier.phone(f"+861380000000{index}") for index in (1, 2, 3)]
    sids = []
    for phone in phones:
        sids.append(phone.dial(number))
        phone.wait_to_hear("请稍候", sids[-1])
    return phones, sids


def test_a_queue_can_be_made_changed_and_removed(sdk, carrier):
    queue = sdk.queues.create(friendly_name="main", max_size=5)
    assert (queue.current_size, queue.max_size) == (0, 5)
    assert sdk.queues(queue.sid).update(max_size=7).max_size == 7
    assert [row.friendly_name for row in sdk.queues.list()] == ["main"]
    with pytest.raises(TwilioRestException):
        sdk.queues.create(friendly_name="main")
    assert sdk.queues(queue.sid).delete()
    assert sdk.queues.list() == []


def test_members_are_listed_in_order(sdk, three_waiting):
    _, sids = three_waiting
    queue = sdk.queues.list()[0]
    members = sdk.queues(queue.sid).members.list()
    assert [(row.call_sid, row.position) for row in members] == [(sid, i) for i, sid in enumerate(sids, start=1)]
    assert sdk.queues(queue.sid).members("Front").fetch().call_sid == sids[0]
    assert sdk.queues(queue.sid).fetch().current_size == 3


def test_the_first_can_be_taken(sdk, hotline, three_waiting):
    phones, sids = three_waiting
    queue = sdk.queues.list()[0]
    taken = sdk.queues(queue.sid).members("Front").update(url=hotline.url + "/taken")
    assert taken.call_sid == sids[0]
    phones[0].wait_to_hear("轮到您了", sids[0])


def test_a_particular_caller_can_be_taken_past_the_others(sdk, hotline, three_waiting):
    phones, sids = three_waiting
    queue = sdk.queues.list()[0]
    sdk.queues(queue.sid).members(sids[2]).update(url=hotline.url + "/taken", method="POST")
    phones[2].wait_to_hear("轮到您了", sids[2])
    assert [row.call_sid for row in sdk.queues(queue.sid).members.list()] == sids[:2]
    assert hotline.wait_for("/taken").params["QueueSid"] == queue.sid


def test_who_hung_up_is_no_member_any_more(sdk, hotline, three_waiting):
    phones, sids = three_waiting
    phones[1].hang_up(sids[1])
    assert hotline.wait_for("/left").params["QueueResult"] == "hangup"
    queue = sdk.queues.list()[0]
    assert [row.call_sid for row in sdk.queues(queue.sid).members.list()] == [sids[0], sids[2]]
    with pytest.raises(TwilioRestException) as gone:
        sdk.queues(queue.sid).members(sids[1]).update(url=hotline.url + "/taken")
    assert gone.value.code == 20404


def test_waiting_callers_are_told_their_position(hotline, three_waiting):
    asked = hotline.wait_for("/wait", QueuePosition="3")
    assert asked.params["CurrentQueueSize"] == "3"
    assert {"QueueSid", "QueueTime", "AvgQueueTime", "MaxQueueSize"} <= set(asked.params)


def test_a_full_queue_refuses(sdk, number, hotline, carrier):
    sdk.queues.create(friendly_name="main", max_size=1)
    hotline.says("/voice", '<Enqueue action="/left">main</Enqueue>')
    hotline.says("/left", "<Say>线路已满</Say>")
    carrier.phone("+8613800000001").dial(number)
    carrier.phone("+8613800000001").wait_for("queue")
    second = carrier.phone("+8613800000002")
    sid = second.dial(number)
    second.wait_to_hear("线路已满", sid)
    assert hotline.wait_for("/left").params["QueueResult"] == "queue-full"
