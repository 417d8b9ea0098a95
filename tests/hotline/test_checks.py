import os
import subprocess
import sys

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from hotline import checks

SAFE = {
    "PRODUCTION": True,
    "DEBUG": False,
    "SECOND_FACTOR": True,
    "SECRET_KEY": "k" * 50,
    "HOTLINE_BASE_URL": "https://hotline.example.org",
    "ALLOWED_HOSTS": ["hotline.example.org"],
    "TWILIO_ACCOUNT_SID": "AC" + "5" * 32,
    "TWILIO_AUTH_TOKEN": "of-the-account",
    "TWILIO_API_URL": "https://api.twilio.com",
}


@pytest.fixture
def production(settings):
    for name, value in SAFE.items():
        setattr(settings, name, value)
    return settings


def ids():
    return [problem.id for problem in checks.problems()]


def test_a_well_configured_production_starts(production):
    checks.refuse_unsafe_production()


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("SECRET_KEY", "only-for-a-machine-of-ones-own", "hotline.E001"),
        ("SECRET_KEY", "short", "hotline.E001"),
        ("DEBUG", True, "hotline.E002"),
        ("SECOND_FACTOR", False, "hotline.E009"),
        ("HOTLINE_BASE_URL", "http://hotline.example.org", "hotline.E003"),
        ("ALLOWED_HOSTS", ["*"], "hotline.E004"),
        ("ALLOWED_HOSTS", ["localhost"], "hotline.E005"),
        ("TWILIO_AUTH_TOKEN", "loopback", "hotline.E006"),
        ("TWILIO_ACCOUNT_SID", "AC" + "0" * 32, "hotline.E006"),
        ("TWILIO_API_URL", "http://127.0.0.1:8010", "hotline.E007"),
    ],
)
def test_each_unsafe_setting_stops_production_and_says_what_to_set(production, name, value, problem):
    setattr(production, name, value)
    assert ids() == [problem]
    with pytest.raises(checks.Unsafe, match=name):
        checks.refuse_unsafe_production()


def test_a_subdomain_may_be_allowed_with_its_parent(production):
    production.ALLOWED_HOSTS = [".example.org"]
    assert ids() == []


def test_every_problem_is_named_at_once(production):
    production.DEBUG = True
    production.SECRET_KEY = "short"
    with pytest.raises(checks.Unsafe, match=r"(?s)SECRET_KEY.*DEBUG"):
        checks.refuse_unsafe_production()


def test_a_machine_of_ones_own_starts_with_the_defaults(settings):
    settings.PRODUCTION = False
    checks.refuse_unsafe_production()


@pytest.mark.parametrize("process", ["import hotline.asgi", "import django; django.setup()"])
def test_no_process_of_an_unsafe_production_starts(process, tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "SECRET_"))}
    environment |= {"HOTLINE_PRODUCTION": "1", "HOTLINE_VAR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", process], env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr
    assert "HOTLINE_BASE_URL" in done.stderr


@pytest.mark.django_db
def test_a_database_that_stopped_half_way_through_replaced_migrations_is_refused():
    assert checks.check_schema(None, databases=["default"]) == []
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("dispatch", "0001_squashed_0008_goods_searches_loans_outages_zones")
    recorder.migration_qs.filter(app="dispatch").delete()
    recorder.record_applied("dispatch", "0001_initial")
    [error] = checks.check_schema(None, databases=["default"])
    assert "dispatch up to 0001_initial" in error.msg
