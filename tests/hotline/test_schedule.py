import pytest
from django_celery_beat.schedulers import ModelEntry

from hotline.celery import app, schedule


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(schedule(3.0)))
def test_a_run_that_comes_too_late_is_dropped(name):
    """Otherwise an hour without a worker leaves thousands of sweeps in the broker, and residents wait behind them."""
    entry = schedule(3.0)[name]
    kept = ModelEntry.from_entry(name, app=app, **entry)
    assert 10 <= kept.options["expires"] <= max(10, 3 * entry["schedule"])


@pytest.mark.parametrize("name", sorted(schedule(3.0)))
def test_what_beat_starts_is_a_task_that_exists(name):
    app.loader.import_default_modules()
    assert schedule(3.0)[name]["task"] in app.tasks
