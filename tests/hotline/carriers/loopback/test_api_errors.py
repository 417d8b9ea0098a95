import base64
import http.client
import json
from urllib.parse import urlsplit

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from .conftest import ACCOUNT, RESIDENT, TOKEN, ToLoopback


def ask(server, method: str, path: str, user: str = ACCOUNT, password: str = TOKEN) -> tuple[int, dict]:
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc, timeout=5)
    key = base64.b64encode(f"{user}:{password}".encode()).decode()
    connection.request(method, path, headers={"Authorization": f"Basic {key}"})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def test_a_wrong_token_is_20003(server, carrier):
    client = Client(ACCOUNT, "guessed", http_client=ToLoopback(server.base_url))
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=RESIDENT, from_=RESIDENT, body="x")
    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_another_account_is_20003(server, carrier):
    assert ask(server, "GET", f"/2010-04-01/Accounts/AC{'6' * 32}/Messages.json")[1]["code"] == 20003


def test_an_api_key_works(server, carrier):
    client = Client("SK" + "1" * 32, TOKEN, ACCOUNT, http_client=ToLoopback(server.base_url))
    assert client.messages.list() == []


def test_what_does_not_exist_is_20404(sdk, carrier):
    with pytest.raises(TwilioRestException) as refused:
        sdk.messages("SM" + "0" * 32).fetch()
    assert (refused.value.status, refused.value.code) == (404, 20404)


def test_an_unknown_path_answers_in_the_usual_form(server, carrier):
    status, body = ask(server, "GET", f"/2010-04-01/Accounts/{ACCOUNT}/Fax.json")
    assert status == 404
    assert set(body) == {"code", "message", "more_info", "status"}
    assert body["code"] == 20404


def test_a_method_that_does_not_exist_is_20004(server, carrier):
    assert ask(server, "DELETE", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json") == (
        405,
        {
            "code": 20004,
            "message": "Method not allowed",
            "more_info": "https://www.twilio.com/docs/errors/20004",
            "status": 405,
        },
    )
