"""The JSON files of the starting data: <app>/city/<city>/<name>.json."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings


def read(app: str, city: str, name: str) -> Any:
    return json.loads(path(app, city, name).read_text(encoding="utf-8"))


def path(app: str, city: str, name: str) -> Path:
    return Path(settings.BASE_DIR) / app / "city" / city / f"{name}.json"
