"""What every test needs."""

import os
from pathlib import Path

import pytest
from django.conf import settings

from hotline.embedded.places import Places
from tests import schema


@pytest.fixture(scope="session", autouse=True)
def static_files_without_a_manifest() -> None:
    """Pages name their static files plainly: the manifest of hashed names is made when the system is installed."""
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.STORAGES = storages


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The test database begins as a copy of the migrated schema, unless the server is one that was given."""
    var = os.environ["HOTLINE_VAR"]
    if "hotline-throwaway" in settings.DATABASES["default"]["OPTIONS"].get("host", ""):
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = schema.template(Places(Path(var)))
