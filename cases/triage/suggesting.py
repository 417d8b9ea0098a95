"""Which category and level the words point to, with the words that led to it: offline, under a millisecond."""

from __future__ import annotations

from dataclasses import dataclass, field

from cases.triage import starting
from cases.triage.text import normal


@dataclass(frozen=True)
class Suggestion:
    """A proposal: category slug ("" when nothing points anywhere), how sure (0 to 1), level, and the words for it."""

    category: str = ""
    confidence: float = 0.0
    level: int = 2
    words: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        return {
            "category": self.category,
            "confidence": round(self.confidence, 3),
            "level": self.level,
            "words": self.words,
        }


def by_keywords(text: str) -> Suggestion:
    """The category whose keywords weigh most: the baseline, and the answer while there is no trained model."""
    said = normal(text)
    scores: dict[str, float] = {}
    found: dict[str, list[str]] = {}
    for category in starting.categories():
        words = category["rules"].get("keywords", {})
        hits = [word for word in words if word in said]
        scores[category["slug"]] = sum(words[word] for word in hits)
        found[category["slug"]] = sorted(hits, key=lambda word: -words[word])
    best = max(scores, key=lambda slug: scores[slug])
    total = sum(scores.values())
    if not total:
        return Suggestion()
    return Suggestion(best, scores[best] / (total + 1), 3, found[best][:4])


def suggest(text: str) -> Suggestion:
    """Category, confidence, level and words for a text."""
    return by_keywords(text)
