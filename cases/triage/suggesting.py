"""Which category and level the words point to, with the words that led to it: offline, under a millisecond."""

from __future__ import annotations

from dataclasses import dataclass, field

from cases.triage import model, starting
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
    """Category, confidence, level and words for a text, by the trained model; by keywords while there is none."""
    trained = model.shipped()
    return by_model(trained, text) if trained else by_keywords(text)


def by_model(trained: model.Model, text: str) -> Suggestion:
    """What a trained model makes of a text. A text without a word that it knows points nowhere."""
    found, categories, levels = model.probabilities(trained, text)
    if not any(each in trained.weights for each in found):
        return Suggestion()
    best = max(range(len(categories)), key=categories.__getitem__)
    category = trained.categories[best]
    level = trained.levels[max(range(len(levels)), key=levels.__getitem__)]
    return Suggestion(category, categories[best], level, trained.words_for(found, category))
