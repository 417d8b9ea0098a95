"""What every test needs."""

import pytest
from django.conf import settings


@pytest.fixture(scope="session", autouse=True)
def static_files_without_a_manifest() -> None:
    """Pages name their static files plainly: the manifest of hashed names is made when the system is installed."""
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.STORAGES = storages
