"""`manage.py makemessages`: Django's own needs GNU gettext; this one needs only Babel."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from hotline import catalogue


class Command(BaseCommand):
    help = "Brings the Chinese catalogue up to the code and the templates, and says what is not translated yet."

    def handle(self, *args: Any, **options: Any) -> None:
        path = catalogue.file()
        found = catalogue.spoken_in_code()
        # what somebody has handed in beside the catalogue comes first, and may go once it is in
        fragments = sorted((settings.BASE_DIR / "locale" / "fragments").glob("*.po"))
        known = [catalogue.read(each) for each in [*fragments, path] if each.exists()]
        fresh = catalogue.brought_up(found, *known)
        changed = catalogue.write(fresh, path)
        missing = catalogue.untranslated(found, fresh)
        for words in missing:
            self.stdout.write(words)
        self.stdout.write(f"{len(fresh)} texts, {len(missing)} not translated{'' if changed else ', nothing changed'}")
