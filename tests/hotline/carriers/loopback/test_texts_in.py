from .conftest import HOTLINE, RESIDENT


def test_a_text_reaches_the_hotline_with_the_usual_parameters(number, hotline, resident):
    sent = resident.text(number, "救命，胰岛素没了")
    asked = hotline.wait_for("/sms")
    assert sent["webhook_status"] == 200
    assert asked.params["MessageSid"] == asked.params["SmsSid"] == sent["sid"]
    assert (asked.params["From"], asked.params["To"]) == (RESIDENT, HOTLINE)
    assert asked.params["Body"] == "救命，胰岛素没了"
    assert asked.params["NumMedia"] == "0"
    assert asked.params["NumSegments"] == "1"
    assert asked.params["FromCountry"] == "CN"


def test_the_signature_is_one_the_sdk_accepts(number, hotline, resident):
    resident.text(number, "a+b&c=d 你好 😷")
    assert hotline.wait_for("/sms").signed


def test_a_get_webhook_is_signed_over_its_query(sdk, number, hotline, resident):
    row = sdk.incoming_phone_numbers.list(phone_number=number)[0]
    row.update(sms_url=hotline.url + "/sms?line=1", sms_method="GET")
    resident.text(number, "你好 & 再见")
    asked = hotline.wait_for("/sms")
    assert asked.method == "GET"
    assert asked.signed
    assert (asked.params["line"], asked.params["Body"]) == ("1", "你好 & 再见")


def test_the_answer_can_reply(number, hotline, resident):
    hotline.says("/sms", "<Message>收到\n编号 0412</Message><Message><Body>第二条</Body></Message>")
    resident.text(number, "你好")
    resident.wait_for_message("第二条")
    assert resident.messages("in")[0]["body"] == "收到\n编号 0412"


def test_the_answer_can_be_plain_text(number, hotline, resident):
    hotline.says("/sms", "plain:收到")
    resident.text(number, "你好")
    resident.wait_for_message("收到")


def test_an_answer_can_redirect(number, hotline, resident):
    hotline.says("/sms", "<Redirect>/other</Redirect>")
    hotline.says("/other", "<Message>从别处来</Message>")
    resident.text(number, "你好")
    resident.wait_for_message("从别处来")


def test_a_failing_webhook_is_an_alert_and_not_retried(number, hotline, resident, carrier, sdk):
    hotline.says("/sms", (500, "no"))
    sent = resident.text(number, "你好")
    assert sent["webhook_status"] == 500
    assert [row["error_code"] for row in carrier.log(kind="alert")] == [11200]
    assert len(hotline.requests("/sms")) == 1
    row = sdk.messages(sent["sid"]).fetch()
    assert (row.direction, row.status, row.body) == ("inbound", "received", "你好")


def test_a_fallback_address_is_asked_when_the_first_fails(number, hotline, resident, sdk):
    sdk.incoming_phone_numbers.list(phone_number=number)[0].update(sms_fallback_url=hotline.url + "/fallback")
    hotline.says("/sms", (503, ""))
    hotline.says("/fallback", "<Message>备用</Message>")
    resident.text(number, "你好")
    resident.wait_for_message("备用")
    assert hotline.wait_for("/fallback").params["ErrorCode"] == "11200"


def test_short_codes_and_withheld_numbers_can_write(number, hotline, carrier):
    carrier.phone("10086").text(number, "余额提醒")
    carrier.phone("anonymous").text(number, "不想说")
    assert [one.params["From"] for one in hotline.requests("/sms")] == ["10086", "+266696687"]
