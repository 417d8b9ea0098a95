"""The item catalogue, and the items with strength and quantity read from the words.

A known item brings its group with it (needs cooling, injected, controlled, on prescription); an unknown drug is still read
when it ends as drugs do ("…片", "…胶囊"). The catalogue grows with use: `learned` names are given by who calls.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cases.triage.text import NUMBER, number

FILE = Path(__file__).with_name("items.json")
# Names of one or two signs that are parts of many other words: only where they stand alone in a list.
ALONE = set(
    "米面油盐糖菜肉蛋奶水烟酒梨纸"  # one sign each
)
ALONE |= {"安定", "希德", "门冬", "柯丹", "罗拉", "三辰", "大王", "好奇", "a2", "头孢", "面罩", "开同", "乐松", "物资"}
ALONE |= {"吃的", "美素", "能恩", "牛栏", "启赋"}
GENERAL = {"药品", "食物", "慢性病药", "处方药", "接送", "生活用品"}
UNITS = (
    "盒|瓶|支|片|粒|袋|包|罐|箱|斤|公斤|千克|份|个|条|桶|板|提|套|颗|只|针|贴|板|卷|枚|把|棵|张|听|"
    "大包|大罐|大桶|次|boxes|box|bottles?|tins?|packs?|bags?|cans?|kg|pens?"
)
FORMS = (
    "缓释胶囊|肠溶胶囊|软胶囊|胶囊|缓释片|肠溶片|分散片|咀嚼片|控释片|口崩片|泡腾片|滴丸|颗粒|冲剂|"
    "注射液|注射剂|滴眼液|眼药水|眼膏|口服液|口服溶液|混悬液|糖浆|喷雾剂|喷雾|吸入剂|气雾剂|粉雾剂|"
    "滴剂|滴鼻液|软膏|乳膏|凝胶|贴剂|贴片|栓剂|栓|散剂|肠溶|片剂|片|丸"
)
# The ends of generic names: a drug written without its form ("伊班膦酸钠", "阿利沙坦酯") is still read.
STEMS = (
    "沙坦酯?|地平|洛尔|他汀钙?|西泮|唑仑|普利|列净|列汀|替尼|[单珠]抗|霉素|沙星|西林|西汀|拉唑|替丁|"
    "膦酸钠?|磷酸钠|双胍|格雷|"
    "沙班|肝素钠?|松龙|奈德|特罗|溴铵|前列素|夫定|韦酯?|洛韦|米芬|拉西坦|三嗪|哌酮|硫平|氮平|普兰|"
    "昔布|布洛芬|瑞林|帕肽|鲁肽|尤单抗"
)
NOT_WANTED_AFTER = re.compile(r"蛋白过敏|过敏(?!药)|不耐")
RUN = re.compile(r"(?:^|[,、。;:\s要买缺送])([米面油盐糖菜肉蛋奶]{2,5})(?=[,、。;\s都等没也]|$)")  # "米面油都要"
FORM_AFTER = re.compile(rf"(?:钠|钾|钙)?(?:{FORMS})")
DRUG_END = re.compile(rf"(?:{FORMS}|{STEMS})")
BEFORE_END = re.compile(r"[\u4e00-\u9fff]{1,12}$")
NO_DRUG = re.compile(
    r"[天日几多一二两三四五六七八九十半](?:片|丸)$|照片|大片|图片|薯片|名片|麦片|肉丸|影片|芯片|刀片|"
    r"唱片|药片|^片|^胶囊|^药丸"
)
STRENGTH = re.compile(
    r"\d+(?:\.\d+)?\s*(?:mg|ug|μg|mcg|iu|ml|g|kg|毫克|微克|毫升|万?单位|u|"
    r"克)(?![a-z])(?:\s*[*x×:/]\s*\d+(?:\.\d+)?\s*(?:mg|ml|g|片|粒|支|袋|s|t|颗|毫克|毫升|单位|"
    r"万单位)?)*(?:\s*/\s*[盒瓶支片粒袋])?"
    r"|\d+\s*(?:片|粒|支|颗|袋)\s*/\s*(?:盒|瓶|板)"
    r"|(?<![a-z])(?:nb|s|m|l|xl|xxl|xxxl|2xl|3xl|4xl)(?:码|号)?(?![a-z])|[1-4一二三四]\s*段|"
    r"\d+(?:\.\d+)?厘米|stage \d"
)
QUANTITY = re.compile(
    rf"(?<![\d.])({NUMBER})\s*(?:大|小|整)?({UNITS})(?!\s*/|多?小时|多?月|星期|礼拜|人|老人|孩子|宝宝|大人|点)"
)
NOT_A_QUANTITY = re.compile(r"(?:剩|剩下|还有|只有|仅有|每天|每日|一天|每次|一日|天|次|共住|家里|我们|吃|服|第)\s*$")
LEADING = re.compile(
    r"^(?:.*?(?:需要|急需|急求|求购|求助|想要|想买|购买|代买|帮买|帮配|代配|配到?|开|买|缺少?|缺|"
    r"吃的?是?|服用的?|注射|名称|药名|药品|再加|还有|另外|另有|以及|药物|名叫|叫做?|一种|有没有|请问|需|要|求|断了|没了|的|和|"
    r"与|及|或|是|为|了|盒|瓶|支|个|人|们|家里|这个|那个))+"
)
LINE_END = re.compile(r"[\n。;!?]")
CLAUSE_END = re.compile(r"[\n。;!?,、]")
REACH = 26
SHORTEST_ADDED = 2  # one sign is part of too many words


@dataclass(frozen=True)
class Line:
    """One thing asked for, with the words it was read from. The flags are the catalogue's."""

    item: str
    specification: str = ""
    quantity: float | None = None
    unit: str = ""
    words: str = ""
    brand: str = ""
    group: str = ""
    category: str = ""
    prescription: bool = False
    cooling: bool = False
    injected: bool = False
    controlled: bool = False


@dataclass(frozen=True)
class Known:
    """A catalogue entry as one of its names leads to it."""

    name: str
    group: str
    facts: dict[str, Any]
    first: str  # the entry's first name


@cache
def groups() -> dict[str, dict[str, Any]]:
    return json.loads(FILE.read_text(encoding="utf-8"))["groups"]


@dataclass(frozen=True)
class Added:
    """What supervisors added to the catalogue: an item of a group with its facts, or another name of a known one."""

    names: tuple[str, ...]
    means: str = ""
    group: str = ""
    facts: dict[str, Any] | None = None
    unit: str = ""


_added: tuple[Added, ...] = ()


def add(entries: Iterable[Added]) -> None:
    """What was added to the catalogue beyond the file, all of it. Whoever reads next reads with it (cases.catalogue)."""
    global _added
    _added = tuple(entries)
    names.cache_clear()
    _pattern.cache_clear()


def is_built_in(item: str) -> bool:
    """Whether the file, or what was added, has an entry of this very name."""
    return item.strip().lower() in names()


@cache
def names() -> dict[str, Known]:
    """Every name in the catalogue, as written in normal text."""
    return _of_file() | _of_added(_of_file())


def _of_added(known: dict[str, Known]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for entry in _added:
        same = known.get(entry.means.lower()) or found.get(entry.means.lower()) if entry.means else None
        for name in entry.names:
            if name.lower() in known or len(name) < SHORTEST_ADDED:
                continue
            if same:
                found[name.lower()] = Known(name, same.group, same.facts, same.first)
            elif entry.group in groups():
                facts = groups()[entry.group] | {fact: on for fact, on in (entry.facts or {}).items() if on}
                found[name.lower()] = Known(name, entry.group, facts, entry.names[0])
    return found


@cache
def _of_file() -> dict[str, Known]:
    listed = json.loads(FILE.read_text(encoding="utf-8"))
    known = {}
    for entry in listed["items"]:
        for name in (entry["name"], *entry["also"]):
            group = entry["group"]
            known[name.lower()] = Known(name, group, listed["groups"][group], entry["name"])
    return known


@cache
def _pattern(extra: tuple[str, ...] = ()) -> re.Pattern[str]:
    found = sorted({*names(), *extra} - ALONE, key=len, reverse=True)
    alone = "|".join(sorted(ALONE & set(names()), key=len, reverse=True))
    edge = r"[,、。;:/+\s和及跟()\d需要买送缺没点些]|^"
    ends = r"(?=[,、。;:/+\s和及跟()!\d一二两三几半等没都也什吗了]|$)"
    return re.compile("|".join(_worded(name) for name in found) + rf"|(?:(?<={edge[:-2]})|^)(?:{alone}){ends}")


def _worded(name: str) -> str:
    """Latin names stand as whole words."""
    return rf"(?<![a-z]){re.escape(name)}(?![a-z])" if name.isascii() else re.escape(name)


def look_up(item: str) -> Known | None:
    """What the catalogue knows about an item written by hand: its own name, else the longest name inside it."""
    item = item.strip().lower()
    if item in names():
        return names()[item]
    match = _pattern().search(item)
    return names().get(match.group()) if match else None


def read(text: str, *, learned: Iterable[str] = ()) -> list[Line]:
    """The items in normal text in their order, each once; general words ("药", "物资") only when nothing nearer is said."""
    found = _places(text, tuple(sorted(learned)))
    lines: list[Line] = []
    for i, (start, end, name, known) in enumerate(found):
        stop = found[i + 1][0] if i + 1 < len(found) else len(text)
        begin = found[i - 1][1] if i else 0
        lines.append(_line(text, start, end, name, known, begin, stop))
    return _distinct(lines)


def _places(text: str, learned: tuple[str, ...]) -> list[tuple[int, int, str, Known | None]]:
    taken: list[tuple[int, int, str, Known | None]] = []
    for match in _pattern(learned).finditer(text):
        start, end = match.span()
        if NOT_WANTED_AFTER.match(text, end):
            continue
        form = FORM_AFTER.match(text, end)
        end = form.end() if form else end
        taken.append((start, end, text[start:end], names().get(match.group())))
    for run in RUN.finditer(text):
        taken += [(i, i + 1, text[i], names()[text[i]]) for i in range(*run.span(1))]
    for ending in DRUG_END.finditer(text):
        name = _unknown_drug(text, ending)
        start = ending.end() - len(name)
        if name and not any(start < e and ending.end() > s for s, e, *_ in taken):
            taken.append((start, ending.end(), name, None))
    return sorted(taken)


def _unknown_drug(text: str, end: re.Match[str]) -> str:
    """The name that ends as drugs do, without the words before it; "" when it is none."""
    before = BEFORE_END.search(text, max(0, end.start() - 12), end.start())
    name = LEADING.sub("", (before.group() if before else "") + end.group())
    return name if len(name) >= 3 and not NO_DRUG.search(name) else ""


def _line(text: str, start: int, end: int, name: str, known: Known | None, begin: int, stop: int) -> Line:
    after = LINE_END.split(text[end : min(stop, end + REACH)])[0]
    before = CLAUSE_END.split(text[max(begin, start - 10) : start])[-1]
    strength = STRENGTH.search(after) or STRENGTH.search(before)
    rest = after
    if strength and strength.string is after:
        rest = after[: strength.start()] + " " * (strength.end() - strength.start()) + after[strength.end() :]
    amount = _amount(rest) or _amount(before, adjoining=True)
    facts = known.facts if known else {"category": "medicine"}
    used_end = end + max([m.end() for m in (strength, amount) if m and m.string in (after, rest)], default=0)
    return Line(
        item=name if known is None or known.name.lower() not in ("药品", "药物") else known.name,
        specification=strength.group().strip() if strength else "",
        quantity=number(amount[1]) if amount else None,
        unit=amount[2] if amount else "",
        words=text[start:used_end].strip(),
        brand=known.name if known and known.name != known.first and known.group not in ("food", "household") else "",
        group=known.group if known else "drug",
        category=facts["category"],
        prescription=bool(facts.get("prescription")) or known is None,
        cooling=bool(facts.get("cooling")),
        injected=bool(facts.get("injected")),
        controlled=bool(facts.get("controlled")),
    )


def _amount(words: str, *, adjoining: bool = False) -> re.Match[str] | None:
    for match in QUANTITY.finditer(words):
        if NOT_A_QUANTITY.search(words[: match.start()]):
            continue
        if adjoining and re.search(r"[\u4e00-\u9fff]{3,}", words[match.end() :]):
            continue
        return match
    return None


def _distinct(lines: list[Line]) -> list[Line]:
    particular = [line for line in lines if not _is_general(line)] or lines[:1]
    kept: dict[str, Line] = {}
    for line in particular:
        had = kept.get(line.item)
        if had is None or (had.quantity is None and line.quantity is not None):
            kept[line.item] = line
    return list(kept.values())


def _is_general(line: Line) -> bool:
    known = names().get(line.item)
    return bool(known) and (known.first in GENERAL or known.group == "medicine_any")  # type: ignore[union-attr]
