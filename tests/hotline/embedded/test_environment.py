import stat

import pytest

from hotline.embedded.environment import complete, found, keep, kept_secrets, kept_values
from hotline.embedded.places import Places
from hotline.embedded.trouble import Trouble


@pytest.fixture
def places(tmp_path):
    places = Places(tmp_path / "var")
    places.make()
    return places


def test_secrets_are_made_once_and_closed_to_others(places):
    first = complete(places, {})
    assert complete(places, {})["DEMO_PASSWORD"] == first["DEMO_PASSWORD"]
    assert stat.S_IMODE((places.var / "secrets.env").stat().st_mode) == 0o600


def test_two_systems_have_different_secrets(tmp_path):
    one, other = (Places(tmp_path / name) for name in ("one", "other"))
    one.make()
    other.make()
    for name in ("SECRET_KEY", "TWILIO_AUTH_TOKEN", "DEMO_PASSWORD"):
        assert complete(one, {})[name] != complete(other, {})[name]


def test_a_secret_that_a_later_release_needs_is_added_to_those_that_are_kept(places):
    path = places.var / "secrets.env"
    path.write_text("SECRET_KEY=of-an-older-release\n")
    assert kept_secrets(path)["SECRET_KEY"] == "of-an-older-release"
    assert kept_values(path)["DEMO_PASSWORD"]


def test_what_the_operator_sets_wins(places):
    given = {"DATABASE_URL": "postgres://elsewhere/hotline", "DEMO_PASSWORD": "of-the-operator"}
    environment = complete(places, given)
    assert environment["DATABASE_URL"] == "postgres://elsewhere/hotline"
    assert environment["DEMO_PASSWORD"] == "of-the-operator"
    assert environment["REDIS_URL"].startswith("unix://")


def test_an_account_without_its_token_is_refused_in_one_sentence(places):
    with pytest.raises(Trouble, match="TWILIO_AUTH_TOKEN"):
        complete(places, {"TWILIO_ACCOUNT_SID": "AC" + "1" * 32})


def test_manage_py_in_another_shell_finds_the_running_system(places):
    keep(places, complete(places, {"WEB_PORT": "9000"}))
    assert found(places, {"WEB_PORT": ""})["WEB_PORT"] == "9000"
    assert found(places, {"WEB_PORT": "9001"})["WEB_PORT"] == "9001"
    assert "SECRET_KEY" not in kept_values(places.var / "services.env")
