"""Brings database and files up to this code, in one process so that Django loads once."""

import hashlib
import io

from django.contrib.staticfiles.storage import staticfiles_storage

from hotline.embedded.places import CHECKOUT, Places

PACKAGES = ("hotline", "cases", "dispatch")


def migrate() -> None:
    _manage("migrate", interactive=False, skip_checks=False)  # the check of the schema would be left out


def load_city() -> None:
    _manage("load_city")


def configure_carrier() -> None:
    _manage("configure_carrier")


def collect_static(places: Places) -> None:
    """Collects and compresses static files when any of them changed: it takes seconds, a start should not."""
    if not hasattr(staticfiles_storage, "manifest_name"):  # they are served from the packages
        return
    seal = places.var / "static.seal"
    print_of_files = _print_of_static_files()
    if seal.exists() and seal.read_text() == print_of_files and (places.var / "static").exists():
        return
    _manage("collectstatic", interactive=False, clear=True)
    seal.write_text(print_of_files)


def _print_of_static_files() -> str:
    digest = hashlib.sha256((CHECKOUT / "requirements.txt").read_bytes())
    for path in sorted(path for package in PACKAGES for path in (CHECKOUT / package).glob("**/static/**/*")):
        state = path.stat()
        digest.update(f"{path} {state.st_mtime_ns} {state.st_size}\n".encode())
    return digest.hexdigest()


def _manage(name: str, **options: object) -> None:
    from django.core.management import call_command

    call_command(name, verbosity=0, stdout=io.StringIO(), **options)
