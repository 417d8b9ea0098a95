"""Who can speak with whom: everybody on the line speaks Chinese, any other language asks for the skill of its name."""

from __future__ import annotations

from collections.abc import Collection

from hotline.models import AgentSkill, User

COMMON = ("zh-hans", "zh-hant", "zh", "")
# The skill's name where it is not the code of the language.
LANGUAGE_OF_SKILL = {"english": "en", "mandarin": "zh-hans", "shanghainese": "wuu"}


def of(user: User) -> list[str]:
    """Codes of the languages this agent can be given."""
    slugs = AgentSkill.objects.filter(user=user, skill__kind="language").values_list("skill__slug", flat=True)
    return [*COMMON, *(LANGUAGE_OF_SKILL.get(slug, slug) for slug in slugs)]


def spoken(language: str, skills: Collection[str]) -> bool:
    """Whether somebody with these language skills can be given a caller who speaks `language` ("en-gb" is English)."""
    known = {LANGUAGE_OF_SKILL.get(slug, slug) for slug in skills}
    return language in COMMON or bool({language, language.split("-")[0]} & known)
