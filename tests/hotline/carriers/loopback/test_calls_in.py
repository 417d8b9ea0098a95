from .conftest import HOTLINE, RESIDENT


def test_a_call_asks_for_instructions_and_says_them(number, hotline, resident):
    hotline.says("/voice", '<Say language="zh-CN">您好，这里是热线。</Say>')
    sid = resident.dial(number)
    assert "您好" in resident.wait_to_hear("热线", sid)
    asked = hotline.wait_for("/voice")
    assert asked.signed
    assert asked.params["CallSid"] == sid
    assert (asked.params["From"], asked.params["To"]) == (RESIDENT, HOTLINE)
    assert (asked.params["CallStatus"], asked.params["Direction"]) == ("ringing", "inbound")
    assert "CallerName" not in asked.params
    assert resident.call(sid)["heard"][0]["language"] == "zh-CN"


def test_the_end_is_reported_to_the_number(number, hotline, resident):
    hotline.says("/voice", '<Say>您好</Say><Pause length="60"/>')
    sid = resident.dial(number)
    resident.wait_for("pause", sid)
    resident.hang_up(sid)
    asked = hotline.wait_for("/status")
    assert asked.params["CallSid"] == sid
    assert asked.params["CallStatus"] == "completed"
    assert int(asked.params["CallDuration"]) >= 0


def test_keys_go_to_the_action(number, hotline, resident):
    hotline.says("/voice", '<Gather numDigits="1" action="/menu"><Say>请按一</Say></Gather><Say>没听到</Say>')
    hotline.says("/menu", "<Say>谢谢</Say>")
    sid = resident.dial(number)
    resident.press("1", sid)
    resident.wait_to_hear("谢谢", sid)
    assert hotline.wait_for("/menu").params["Digits"] == "1"
    assert "没听到" not in resident.heard(sid)


def test_silence_falls_through_the_prompt(number, hotline, resident):
    hotline.says("/voice", '<Gather numDigits="1" timeout="2" action="/menu"/><Say>没听到</Say>')
    sid = resident.dial(number)
    resident.wait_to_hear("没听到", sid)
    assert not hotline.requests("/menu")


def test_enqueue_and_dequeue_a_particular_caller(number, hotline, carrier, sdk):
    hotline.says("/voice", '<Enqueue waitUrl="/wait" action="/left">main</Enqueue>')
    hotline.says("/wait", "<Say>请稍候</Say>")
    hotline.says("/agent", "<Say>接通了</Say>")
    first, second = carrier.phone("+8613800000001"), carrier.phone("+8613800000002")
    one = first.dial(number)
    first.wait_for("queue", one)
    two = second.dial(number)
    second.wait_to_hear("请稍候", two)
    queue = sdk.queues.list()[0]
    assert (queue.friendly_name, queue.current_size) == ("main", 2)
    member = sdk.queues(queue.sid).members(two).update(url=hotline.url + "/agent")
    assert (member.call_sid, member.position) == (two, 2)
    second.wait_to_hear("接通了", two)
    assert hotline.wait_for("/left").params["QueueResult"] == "redirected"
    assert [row.call_sid for row in sdk.queues(queue.sid).members.list()] == [one]


def test_two_meet_in_a_conference(number, hotline, carrier, sdk, resident, agent):
    hotline.says("/voice", "<Dial><Conference>room</Conference></Dial>")
    hotline.says("/out", "<Dial><Conference>room</Conference></Dial>")
    sid = resident.dial(number)
    resident.wait_for("conference", sid)
    call = sdk.calls.create(to=agent.number, from_=number, url=hotline.url + "/out")
    agent.answer()
    agent.wait_for("conference", call.sid)
    assert agent.speak("您好，我是坐席") == [resident.number]
    assert resident.speak("救命") == [agent.number]
    assert "我是坐席" in resident.heard(sid)
