import pytest
from twilio.base.exceptions import TwilioRestException

from .conftest import HOTLINE


def test_a_number_is_found_and_configured(sdk, number, hotline):
    row = sdk.incoming_phone_numbers.list(phone_number=HOTLINE)[0]
    assert (row.sms_url, row.voice_method) == (hotline.url + "/sms", "POST")
    row.update(voice_url=hotline.url + "/other", voice_method="GET", friendly_name="上海")
    again = sdk.incoming_phone_numbers(row.sid).fetch()
    assert (again.voice_url, again.voice_method, again.friendly_name) == (hotline.url + "/other", "GET", "上海")
    assert again.sms_url == hotline.url + "/sms"


def test_the_same_number_cannot_be_had_twice(sdk, number):
    with pytest.raises(TwilioRestException) as refused:
        sdk.incoming_phone_numbers.create(phone_number=HOTLINE)
    assert refused.value.code == 21422


def test_a_released_number_takes_nothing_any_more(sdk, number, resident):
    sdk.incoming_phone_numbers.list()[0].delete()
    with pytest.raises(Exception, match="not a number of this account"):
        resident.text(HOTLINE, "喂")
