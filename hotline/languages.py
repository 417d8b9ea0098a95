"""Who can speak with whom: everybody on the line speaks Chinese, any other language asks for the skill of its name.

A dialect is a wish: who asks for Shanghainese gets somebody who speaks it when one is free, and anybody else otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from hotline.models import AgentSkill, User

COMMON = ("zh-hans", "zh-hant", "zh", "")
# The skill's name where it is not the code of the language.
LANGUAGE_OF_SKILL = {"english": "en", "mandarin": "zh-hans", "shanghainese": "wuu"}
SHANGHAINESE = "shanghainese"


def of(user: User) -> list[str]:
    """Codes of the languages this agent can be given."""
    return codes(AgentSkill.objects.filter(user=user, skill__kind="language").values_list("skill__slug", flat=True))


def codes(slugs: Iterable[str]) -> list[str]:
    """The same for the slugs of somebody's language skills."""
    return [*COMMON, *(LANGUAGE_OF_SKILL.get(slug, slug) for slug in slugs)]


def wished(language: str, dialect: str, levels: Mapping[str, int]) -> int:
    """How well somebody with these levels speaks what the caller would like best; 0 for not noted."""
    if dialect:
        return levels.get(dialect, 0)
    code = language.split("-")[0]
    return max((n for slug, n in levels.items() if LANGUAGE_OF_SKILL.get(slug, slug).split("-")[0] == code), default=0)


def is_offered(dialect: str) -> bool:
    """Whether anybody who works here speaks it: callers are not asked for what nobody has."""
    return AgentSkill.objects.filter(skill__slug=dialect, user__is_active=True).exists()


def spoken(language: str, skills: Collection[str]) -> bool:
    """Whether somebody with these language skills can be given a caller who speaks `language` ("en-gb" is English)."""
    known = {LANGUAGE_OF_SKILL.get(slug, slug) for slug in skills}
    return language in COMMON or bool({language, language.split("-")[0]} & known)
