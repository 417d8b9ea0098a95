"""The people of the demo who log in: agents with skills and languages, a supervisor, a dispatcher, an administrator."""

from __future__ import annotations

import os
import secrets
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from cases.models import Category
from dispatch.city.files import read
from hotline.access import ADMINISTRATOR, AGENT
from hotline.models import AgentSkill, Skill, User

ENGLISH_EVERY = 5
SHANGHAINESE_EVERY = 2


def load_staff(city: str) -> None:
    """Makes who is missing and gives the demo log-ins the demo password; people added by hand are left alone."""
    rows = read("hotline", city, "agents")
    languages = [_language(row) for row in rows["languages"]]
    people = [*_agents(rows), *(_other(row) for row in rows["others"])]
    User.objects.bulk_create(people, ignore_conflicts=True)
    by_name = User.objects.in_bulk([person.username for person in people], field_name="username")
    _set_password(list(by_name.values()))
    agents = [by_name[f"agent{n}"] for n in range(1, rows["count"] + 1)]
    _give_skills(agents, languages)


def demo_password() -> str:
    """DEMO_PASSWORD, else one made once and kept beside the other secrets of this machine."""
    known = os.environ.get("DEMO_PASSWORD")
    if known:
        return known
    made = "-".join(secrets.token_hex(2) for _ in range(4))
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    kept = settings.VAR_DIR / "secrets.env"
    with open(os.open(kept, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as file:
        file.write(f"DEMO_PASSWORD={made}\n")
    os.environ["DEMO_PASSWORD"] = made
    return made


def _agents(rows: dict[str, Any]) -> list[User]:
    surnames, given = rows["surnames"], rows["given"]
    return [
        User(
            username=f"agent{n}",
            role=AGENT,
            name=surnames[n * 7 % len(surnames)] + given[n * 11 % len(given)],
            desk_phone=f"+8621500{n:05d}",
        )
        for n in range(1, rows["count"] + 1)
    ]


def _other(row: dict[str, Any]) -> User:
    return User(**row, is_staff=True, is_superuser=row["role"] == ADMINISTRATOR)


def _language(row: dict[str, str]) -> Skill:
    return Skill.objects.get_or_create(slug=row["slug"], defaults={"kind": Skill.Kind.LANGUAGE, **row})[0]


def _set_password(people: list[User]) -> None:
    """One hash for all of them: hashing two hundred times would take a minute, and the password is the same."""
    password = demo_password()
    checked: dict[str, bool] = {}
    for person in people:
        if person.password not in checked:
            checked[person.password] = check_password(password, person.password)
    stale = [person for person in people if not checked[person.password]]
    if stale:
        User.objects.filter(pk__in=[person.pk for person in stale]).update(password=make_password(password))


def _give_skills(agents: list[User], languages: list[Skill]) -> None:
    """Mandarin for all, Shanghainese for every second, English for every fifth; most know two or three subjects."""
    skilled = set(AgentSkill.objects.values_list("user_id", flat=True))
    subjects = list(Skill.objects.filter(categories__in=Category.objects.all()).distinct().order_by("slug"))
    mandarin, shanghainese, english = languages
    rows = []
    for n, agent in enumerate(agents):
        if agent.pk in skilled:
            continue
        known = [(mandarin, 3)]
        known += [(shanghainese, 2)] if n % SHANGHAINESE_EVERY == 0 else []
        known += [(english, 2)] if n % ENGLISH_EVERY == 0 else []
        known += [(subject, 3 - place) for place, subject in enumerate(_subjects_of(n, subjects))]
        rows += [AgentSkill(user=agent, skill=skill, level=level) for skill, level in known]
    AgentSkill.objects.bulk_create(rows, ignore_conflicts=True)


def _subjects_of(n: int, subjects: list[Skill]) -> list[Skill]:
    """Every tenth agent takes everything; the others three in turn, each subject as often as the next."""
    if not subjects:
        return []
    turned = subjects[n % len(subjects) :] + subjects[: n % len(subjects)]
    return list(islice(turned, None if n % 10 == 0 else 3))
