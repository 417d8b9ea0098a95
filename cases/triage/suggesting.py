"""Which category and level the words point to, with the words that led to it: offline, under a millisecond."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cases.triage import features, model, starting
from cases.triage.judging import SAYS_NOTHING, judge
from cases.triage.reading import Reading, read
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


# The levels that a look for words alone would give, most telling first.
WORDS_OF_LEVEL = (
    (5, re.compile(r"提供|捐|赠|需要的联系|投诉|举报|曝光|不作为|通行证|消杀")),
    (1, re.compile(r"呼吸困难|昏迷|抽搐|大出血|自杀|不想活|胸痛|羊水|生命危险|没透析")),
    (2, re.compile(r"断药|停药|断粮|没药|没吃的|没有吃的|吃完|用完|没了|胰岛素|化疗|手术|高烧|独居|救命")),
    (4, re.compile(r"猫|狗|宠物|回家|回老家|机场|火车站|香烟|消毒|酒精|电脑")),
)


NOT_URGENT = (3, 4)
URGENT_ENOUGH = 0.6  # a missed level 2 costs more than one too many


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
    level = next((level for level, words in WORDS_OF_LEVEL if words.search(said)), 3)
    if not total:
        return Suggestion(level=level)
    return Suggestion(best, scores[best] / (total + 1), level, found[best][:4])


def suggest(text: str, *, reading: Reading | None = None) -> Suggestion:
    """Category, confidence, level and words for a text, by the trained model; by keywords while there is none."""
    trained = model.shipped()
    return by_model(trained, text, reading) if trained else by_keywords(text)


def by_model(trained: model.Model, text: str, reading: Reading | None = None) -> Suggestion:
    """The model's category; the level of that category's rules, and the model's where no rule has a word to say."""
    reading = reading or read(text[: features.LOOKED_AT], at=features.SOME_TIME)
    found = features.of(text, reading)
    if not any(each in trained.weights for each in found):
        return Suggestion()
    categories, levels = trained.judge(found)
    best = max(range(len(categories)), key=categories.__getitem__)
    category = trained.categories[best]
    likely = trained.levels[max(range(len(levels)), key=levels.__getitem__)]
    level = level_by_rules(category, reading) or likely
    waits = reading.supply_ends_at is not None or reading.stated_urgency == "none"
    if level in NOT_URGENT and not waits and levels[0] + levels[1] >= URGENT_ENOUGH:
        level = 2
    return Suggestion(category, categories[best], level, trained.words_for(found, category))


def level_by_rules(category: str, reading: Reading) -> int | None:
    """What the starting rules of the category say; None when they have nothing but the usual to say."""
    judged = judge(category=starting.rules(category) if category else None, reading=reading, at=features.SOME_TIME)
    return None if judged.reasons[0]["slug"] in SAYS_NOTHING else judged.level
