"""Words made comparable: one form of writing, numerals as figures, sentences and clauses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# The traditional characters that people in this city write when they write them, one for one so that places stay.
SIMPLE = str.maketrans(
    "個藥斷糧媽還沒嬰兒們這裡來時點難過頭發燒緊給誰後著斤顆劑鹽麵醫院車產婦歲獨覺無電氣機壞體須實轉運隔離個買賣"
    "請問幾劃樓號區線嗎麼樣開關現帶壓糖針飯東幫盡缺護紙濕衛報應鄰聽說聞",
    "个药断粮妈还没婴儿们这里来时点难过头发烧紧给谁后着斤颗剂盐面医院车产妇岁独觉无电气机坏体须实转运隔离个买卖"
    "请问几划楼号区线吗么样开关现带压糖针饭东帮尽缺护纸湿卫报应邻听说闻",
)
PUNCTUATION = str.maketrans("！？；：，（）【】～—", "!?;:,()[]~-")
SENTENCE_END = re.compile(r"[。!?;\n]+")
CLAUSE_END = re.compile(r"[,。!?;:\n]+|\s{2,}")

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "仨": 3, "四": 4, "五": 5, "六": 6, "七": 7}
DIGITS |= {"八": 8, "九": 9}
NUMBER = r"(?:\d+(?:\.\d+)?|半|[零〇一二两俩三仨四五六七八九十百]+)"


@lru_cache(maxsize=64)
def normal(text: str) -> str:
    """One way of writing: half-width, lower case, simplified characters, plain punctuation."""
    return unicodedata.normalize("NFKC", text).lower().translate(SIMPLE).translate(PUNCTUATION)


def number(words: str) -> float | None:
    """The value of figures or Chinese numerals up to 999; half is 0.5. None when it is not a number."""
    if re.fullmatch(r"\d+(?:\.\d+)?", words):
        return float(words)
    if words == "半":
        return 0.5
    total, digit = 0, None
    for char in words:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in "十百":
            total += (1 if digit is None else digit) * (10 if char == "十" else 100)
            digit = 0
        else:
            return None
    return None if digit is None else float(total + digit)


@dataclass(frozen=True)
class Piece:
    """A clause with the sentence it stands in and where it begins in the text."""

    words: str
    start: int
    sentence: str
    sentence_start: int


def sentences(text: str) -> Iterator[tuple[str, int]]:
    start = 0
    for end in [*SENTENCE_END.finditer(text), None]:
        stop = end.start() if end else len(text)
        if text[start:stop].strip():
            yield text[start:stop], start
        start = end.end() if end else stop


def clauses(text: str) -> Iterator[Piece]:
    for sentence, begins in sentences(text):
        start = 0
        for end in [*CLAUSE_END.finditer(sentence), None]:
            stop = end.start() if end else len(sentence)
            if sentence[start:stop].strip():
                yield Piece(sentence[start:stop], begins + start, sentence, begins)
            start = end.end() if end else stop
