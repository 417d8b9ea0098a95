"""The entry of the web."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")
django.setup(set_prefix=False)

from hotline.application import Application  # noqa: E402 it needs the settings

application = Application()
