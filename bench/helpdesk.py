"""django-helpdesk 2.6 with as many tickets as we have cases, on the same database server, to be measured in the same run.

It is installed into a virtual environment of its own under .var/bench, never into ours (helpdesk-requirements.txt); its tickets
are written by generate_series. It runs as its documentation says, behind the same kind of server with as many processes as ours.
A page of theirs that has not come after LONGEST_SECONDS counts as one that took so long.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import psycopg

from bench.filled import OPEN_OF
from hotline.embedded import throwaway
from hotline.embedded.ports import free_port

REQUIREMENTS = Path(__file__).with_name("helpdesk-requirements.txt")
VERSION = next(
    line.partition("==")[2] for line in REQUIREMENTS.read_text().splitlines() if line.startswith("django-helpdesk==")
)
LONGEST_SECONDS = 120
DATABASE = "helpdesk"
PROCESSES = 2

SETTINGS = """
SECRET_KEY = "measured"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "project.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
    "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.admin", "django.contrib.humanize",
    "rest_framework", "helpdesk",
]
SITE_ID = 1
HELPDESK_TEAMS_MODE_ENABLED = False
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.template.context_processors.static", "django.contrib.messages.context_processors.messages",
    ]},
}]
STATIC_URL = "/static/"
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": %(name)r, "USER": %(user)r, "HOST": %(host)r, "CONN_MAX_AGE": 600,
}}
"""
URLS = """
from django.contrib import admin
from django.urls import include, path
urlpatterns = [path("admin/", admin.site.urls), path("", include("helpdesk.urls"))]
"""
ASGI = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
from django.core.asgi import get_asgi_application
application = get_asgi_application()
"""
# Prints the key of a session of somebody on the staff.
LOGGED_IN = """
import os, django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from helpdesk.models import Queue
user, _ = get_user_model().objects.get_or_create(
    username="agent", defaults={"is_staff": True, "is_superuser": True, "email": "a@example.org"})
Queue.objects.get_or_create(slug="q", defaults={"title": "Requests"})
session = SessionStore()
session[SESSION_KEY] = str(user.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = user.get_session_auth_hash()
session.create()
print(session.session_key)
"""
TICKETS = """
insert into helpdesk_ticket (title, queue_id, created, modified, submitter_email, status, on_hold, description, resolution,
    priority, due_date, secret_key)
select (array['缬沙坦胶囊', '胰岛素笔芯', '婴儿奶粉三段', '尿不湿', '阿司匹林', '透析用药', '卡培他滨', '硝苯地平', '大米蔬菜',
        '布洛芬混悬液', '甲状腺素片', '二甲双胍'])[1 + (hashint4(n) & 65535) %% 12],
    (select min(id) from helpdesk_queue), at, at, 'r' || n || '@example.org', case when n %% %(open_of)s = 0 then 1 else 4 end,
    false, (array['家里老人', '孩子', '我妈妈', '邻居阿婆', '孕妇'])[1 + n %% 5] || '急需药品，小区封控出不去，求助', '',
    1 + (hashint4(n) & 1023) %% 5, at + interval '1 day', md5(n::text)
from (select n, now() - (%(cases)s - n) * (interval '30 days' / %(cases)s) as at from generate_series(1, %(cases)s) n) drawn
"""


@dataclass
class Helpdesk:
    """The running system, as somebody sees it who is logged in."""

    url: str
    session: str

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url,
            cookies={"sessionid": self.session},
            trust_env=False,
            timeout=LONGEST_SECONDS,
            follow_redirects=True,
        )

    def open_list(self, client: httpx.Client) -> None:
        """The page with its rows, which it fetches by itself."""
        self._listed(client, "/tickets/")

    def search(self, client: httpx.Client, words: str) -> None:
        self._listed(client, f"/tickets/?q={words}")

    def dashboard(self, client: httpx.Client) -> None:
        client.get("/dashboard/").raise_for_status()

    def ticket(self, client: httpx.Client, pk: int) -> None:
        client.get(f"/tickets/{pk}/").raise_for_status()

    def _listed(self, client: httpx.Client, path: str) -> None:
        page = client.get(path)
        page.raise_for_status()
        begin = page.text.index("datatables_ticket_list/")
        rows = page.text[begin : begin + 4000].split('"')[0].split("'")[0]
        client.get(f"/{rows}", params={"draw": 1, "start": 0, "length": 25}).raise_for_status()


@contextmanager
def running(database_url: str, directory: Path, cases: int) -> Iterator[Helpdesk]:
    """Installs it when it is not there, fills it when it is empty, runs it."""
    python = _installed(directory)
    place = _place(database_url)
    _project(directory, place)
    _ask(python, directory, "-m", "django", "migrate", "--settings=project.settings", "-v", "0")
    session = _ask(python, directory, "-c", LOGGED_IN).strip().splitlines()[-1]
    _fill(place, cases)
    port = free_port()
    command = [
        str(python),
        "-m",
        "uvicorn",
        "project.asgi:application",
        "--port",
        str(port),
        "--workers",
        str(PROCESSES),
    ]
    command += ["--lifespan", "off", "--no-access-log", "--log-level", "error"]
    with _server(command, directory) as url:
        yield Helpdesk(f"{url}:{port}", session)


@contextmanager
def _server(command: list[str], directory: Path) -> Iterator[str]:
    process = subprocess.Popen(
        command, cwd=directory, env=_environment(), preexec_fn=throwaway.die_with_parent(signal.SIGTERM)
    )
    try:
        port = command[command.index("--port") + 1]
        _wait(f"http://127.0.0.1:{port}/nothing", process)
        yield "http://127.0.0.1"
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + LONGEST_SECONDS
    while True:
        try:
            httpx.get(url, trust_env=False, timeout=5)
            return
        except httpx.TransportError:
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.2)


def _installed(directory: Path) -> Path:
    """The interpreter of its own environment."""
    environment = directory / "venv"
    python, stamp = environment / "bin" / "python", environment / "installed"
    wanted = REQUIREMENTS.read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        _say(f"installing django-helpdesk {VERSION} into {environment}")
        directory.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=False).returncode:
            raise SystemExit("django-helpdesk could not be installed (see above); --alone measures without it")
        stamp.write_text(wanted)
    return python


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Place:
    host: str
    user: str

    @property
    def url(self) -> str:
        return f"host={self.host} user={self.user} dbname={DATABASE}"


def _place(url: str) -> Place:
    """Where our database is: theirs is beside it."""
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname or ""])[0]
    place = Place(unquote(host), parts.username or "")
    with psycopg.connect(url, autocommit=True) as connection:
        if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            connection.execute(f'create database "{DATABASE}"')  # type: ignore[arg-type]
    return place


def _project(directory: Path, place: Place) -> None:
    project = directory / "project"
    project.mkdir(exist_ok=True)
    (project / "__init__.py").touch()
    (project / "settings.py").write_text(SETTINGS % {"name": DATABASE, "user": place.user, "host": place.host})
    (project / "urls.py").write_text(URLS)
    (project / "asgi.py").write_text(ASGI)


def _fill(place: Place, cases: int) -> None:
    with psycopg.connect(place.url, autocommit=True) as connection:
        there = connection.execute("select count(*) from helpdesk_ticket").fetchone()
        if there and there[0] == cases:
            return
        _say(f"writing {cases:,} tickets for django-helpdesk, once")
        connection.execute("set synchronous_commit = off")
        connection.execute("truncate helpdesk_ticket cascade")
        connection.execute(TICKETS, {"cases": cases, "open_of": OPEN_OF})
        connection.execute("vacuum analyze helpdesk_ticket")


def _environment() -> dict[str, str]:
    ours = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "HOTLINE_VAR")
    return {name: value for name, value in os.environ.items() if name not in ours}


def _ask(python: Path, directory: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(python), *arguments], cwd=directory, env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout
