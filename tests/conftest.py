"""What holds for every test."""

import pytest


@pytest.fixture(autouse=True)
def plain_static_files(settings):
    """Pages name their scripts and styles without the manifest that collectstatic would have written."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
