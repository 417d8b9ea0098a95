"""Red flags: 120 first, then us. Read from the words, not fooled by negation, by the past or by somebody else's story."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cases.triage.text import Piece, clauses

FILE = Path(__file__).with_name("red_flags.json")

# "没有发烧", "不发烧也没胸痛", "没有发烧、咳嗽、胸痛"; but "没药了胸痛" says that it hurts.
NEGATOR = r"(?:没有?|无|未|不|否认|排除|并非|不是|从未|也没有?|都没有?|并没有?|暂无|no|not|without|denies)\s*"
FILLER = r"(?:有|再|出现过?|发生过?|任何|什么|明显|过|感到|觉得|感觉|是|因为|any|have|having)?\s*"
LISTED = r"(?:[\u4e00-\u9fff]{1,5}?(?:[、和或跟与及/]|也没有?|也不|,)\s*)*"
NEGATED_BEFORE = re.compile(NEGATOR + FILLER + LISTED + r"$")
# What begins with a negator and yet affirms, or speaks of something else that is missing.
AFFIRMS = re.compile(
    r"(?:不得不|不是不|没法不|没办法|没人管?|没药|没有药|没钱|没法|不知道|不知|不停|不断|无法|没地方|没饭|没吃)$"
)
ENDED_AFTER = re.compile(
    r"^(?:[^药,。断停]{0,3})(?:已经|都|现在|就)?(?:已)?"
    r"(?:退了|好了|缓解|消失|止住|停了|没有了|没了|恢复|醒了|醒过来|过去了|稳定|治好|已退|痊愈|解除)"
)
PAST_BEFORE = re.compile(
    r"(?:去年|前年|上个?月|上个?星期|上周|以前|曾经|曾|当年|年前|个月前|小时候|既往|病史|之前|上次|"
    r"往年|那年|\d{4}年|有过|得过|做过)"
    r"[^,。]{0,10}$"
)
PAST_AFTER = re.compile(r"^(?:(?:[\u4e00-\u9fff]{0,2})(?:史|病史|后遗症|术后|康复|恢复期|后恢复|手术后)|的?药)")
FEARED_BEFORE = re.compile(
    r"(?:怕|担心|恐怕|万一|如果|假如|要是|否则|不然|以免|避免|防止|预防|以防|容易|可能(?:会|导致|引起)?|"
    r"会(?:导致|引起|造成|有)?|随时|万一会|就会|的话|风险|危险)[^,。]{0,6}$"
)
FEARED_AFTER = re.compile(r"^(?:的话|怎么办|的?风险|的?可能|的?危险)")
STORY = re.compile(
    r"听说|据说|新闻|报道|网上(?:看|说|传)|网传|朋友圈|微博|抖音|视频里|看到有人|有人说|"
    r"有人(?:已经)?(?:因为|因)|别人家|那个(?:案例|事件)|"
    r"之前有(?:个|人|一)|西安|小说|电影|电视(?:剧|里)|i (?:read|heard)|on the news"
)


@dataclass(frozen=True)
class RedFlag:
    """What was heard, with the three lines an agent sees: say this, ask this, and which key to press."""

    slug: str
    words: str
    zh: str
    en: str
    say_zh: str
    say_en: str
    ask_zh: str
    ask_en: str
    key: str  # "120", or "crisis" for the crisis line and a supervisor

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """The red flags by slug, with their patterns compiled."""
    flags = json.loads(FILE.read_text(encoding="utf-8"))
    for flag in flags:
        for name in ("any", "also"):
            flag[name] = re.compile("|".join(f"(?:{p})" for p in flag[name])) if flag.get(name) else None
        flag["near"] = [re.compile(p) for p in flag.get("near", [])]
        for name in ("unless", "keep_negation_of"):
            flag[name] = re.compile(flag[name]) if flag.get(name) else None
    return {flag["slug"]: flag for flag in flags}


def of_slug(slug: str, words: str = "") -> RedFlag:
    """A red flag by name, for one that an answer to a question raises."""
    flag = catalogue()[slug]
    named = ("slug", "zh", "en", "say_zh", "say_en", "ask_zh", "ask_en", "key")
    return RedFlag(words=words, **{name: flag[name] for name in named})


def find(text: str, *, circumstances: set[str]) -> list[RedFlag]:
    """The red flags in normal `text`. `circumstances`: "pregnant", "infant_under_3_months", for flags that need them."""
    pieces = list(clauses(text))
    found = []
    for slug, flag in catalogue().items():
        if flag.get("when") and flag["when"] not in circumstances:
            continue
        if not _may_be_said(flag, text):
            continue
        words = _said(flag, pieces)
        if words:
            found.append(of_slug(slug, words))
    return found


def _may_be_said(flag: dict[str, Any], text: str) -> bool:
    """A look at the whole text first: most texts hold no word of most flags."""
    if flag["near"] and all(pattern.search(text) for pattern in flag["near"]):
        return True
    return any(pattern.search(text) for pattern in (flag["any"], flag["also"]) if pattern)


def _said(flag: dict[str, Any], pieces: list[Piece]) -> str:
    for piece in pieces:
        if flag["unless"] and flag["unless"].search(piece.sentence):
            continue
        for pattern in (flag["any"], flag["also"]):
            for match in pattern.finditer(piece.words) if pattern else ():
                if happens(piece, match.start(), match.end(), flag):
                    return match.group()
        if flag["near"]:
            words = _near(flag, piece)
            if words:
                return words
    return ""


def _near(flag: dict[str, Any], piece: Piece) -> str:
    """Both parts in one sentence, the second one happening; found at the clause that holds the second."""
    first, second = flag["near"]
    if not first.search(piece.sentence):
        return ""
    for match in second.finditer(piece.words):
        if happens(piece, match.start(), match.end(), flag):
            known = first.search(piece.sentence)
            return match.group() if known is None else f"{known.group()} … {match.group()}"
    return ""


def happens(piece: Piece, start: int, end: int, flag: dict[str, Any] | None = None) -> bool:
    """Whether words [start, end) of the clause say that it is so now, with the one we speak about."""
    before, after = piece.words[:start], piece.words[end:]
    said = piece.words[start:end]
    keeps = flag["keep_negation_of"] if flag else None
    if not (keeps and keeps.search(said)) and _negated(piece, start):
        return False
    if ENDED_AFTER.match(after) or PAST_BEFORE.search(before) or PAST_AFTER.match(after):
        return False
    if STORY.search(piece.sentence[: piece.start - piece.sentence_start + start]):
        return False
    feared = FEARED_BEFORE.search(before) or FEARED_AFTER.match(after)
    return not feared or bool(flag and flag.get("hypothetical_counts"))


def _negated(piece: Piece, start: int) -> bool:
    match = NEGATED_BEFORE.search(piece.words[:start])
    if not match:
        return False
    begun = piece.words[: match.start()] + match.group()
    return not AFFIRMS.search(begun.rstrip("、,和或 "))
