from pathlib import Path

from django.conf import settings

from hotline.management.commands.draw_lifecycles import drawing


def test_the_drawing_in_docs_is_the_declared_lifecycles():
    assert Path(settings.BASE_DIR, "docs", "lifecycles.md").read_text(encoding="utf-8") == drawing(), (
        "run: manage.py draw_lifecycles"
    )
