"""Who lives there: ages, and what makes waiting more dangerous than for others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.triage.red_flags import happens
from cases.triage.text import NUMBER, Piece, clauses, number

VULNERABILITIES: dict[str, str | Promise] = {
    "infant_under_6_months": _("infant under 6 months"),
    "pregnant": _("pregnant"),
    "over_80": _("over 80"),
    "lives_alone": _("lives alone"),
    "bedridden": _("bedridden"),
    "insulin": _("on insulin"),
    "dialysis": _("dialysis"),
    "oxygen_at_home": _("oxygen at home"),
    "chemotherapy": _("chemotherapy"),
    "disability": _("disability"),
}

SAID = {
    "pregnant": r"怀孕|孕妇|孕\s*\d|孕(?:早|中|晚)期|待产|临产|产检|预产期|身孕|孕周|二胎孕|pregnan",
    "lives_alone": (
        r"独居|独自(?:一人)?(?:在家|居住|生活)|一个人(?:在家|住|生活|居住)|自己一个人|孤寡|空巢|孤身|"
        r"身边没(?:有)?人|无人照(?:顾|料)|没人照(?:顾|料)|一人(?:在家|居住|独居)|lives? alone|on (?:my|"
        r"her|his) own"
    ),
    "bedridden": r"卧床|瘫痪|瘫在床|不能下床|下不了床|长期在床|植物人|失能|半身不遂|褥疮|鼻饲|bedridden",
    "insulin": r"胰岛素|诺和(?:锐|灵|平)?|来得时|优泌(?:乐|林)|甘精|门冬|赖脯|德谷|长舒霖|长秀霖|insulin",
    "dialysis": r"透析|血透|腹透|尿毒症|dialysis",
    "oxygen_at_home": r"吸氧|制氧机|氧气(?:瓶|袋|机)?|呼吸机|家庭氧疗|oxygen",
    "chemotherapy": r"化疗|放疗|靶向药|免疫治疗|chemo",
    "disability": r"残疾|残障|轮椅|盲人|失明|聋哑|聋人|智障|脑瘫|自闭症|唐氏|截肢|失聪|disab|wheelchair",
}
SAID_PATTERNS = {slug: re.compile(pattern) for slug, pattern in SAID.items()}

# "92岁", "年近九十", "八十多岁", "90高龄"; not "岁月", not "48小时"
AGE = re.compile(
    rf"(?:年?近|快|已经?|高龄|今年)?({NUMBER})\s*(?:多|几|来)?(?:周)?\s*(?:岁(?!月)|高龄|years? old|y/o|yo\b)"
)
AGE_AND_HALF = re.compile(rf"({NUMBER})岁(半)")
NEAR_AGE = re.compile(r"(?:年近|快|将近|近)([六七八九]十|[6-9]0)(?:岁|高龄|的)?")
DECADE = re.compile(r"([七八九])旬|(耄耋)")
CHILD = r"(?:宝宝|宝贝|婴儿|娃娃?|孩子?|女儿|儿子|小孩|幼儿|孙子|孙女|外孙女?|新生儿|男宝|女宝|双胞胎|baby|infant)"
MONTHS = re.compile(
    rf"({NUMBER})\s*(?:个)?(?:多)?月(?:大|龄)?(?:的)?[^,。\d]{{0,6}}{CHILD}|"
    rf"{CHILD}[^,。\d]{{0,8}}?({NUMBER})\s*个(?:多|半)?月|({NUMBER})\s*(?:个多?月(?:大|龄)|月龄)|"
    rf"({NUMBER})[- ]?months?[- ]old"
)
DAYS_OLD = re.compile(
    rf"(?:{CHILD}[^,。\d]{{0,8}}?|出生|生下来|刚生)({NUMBER})\s*(?:多)?天|({NUMBER})\s*(?:多)?天(?:大)?的?{CHILD}"
)
NEWBORN = re.compile(r"新生儿|刚出生|刚生(?!活)|坐月子|月子里|未满月|没满月|newborn")
FULL_MONTH = re.compile(r"刚?满月|出月子")
UNDER_A_YEAR = re.compile(r"百天|百日")
NOT_ITS_AGE = re.compile(r"孕|怀|预产|退烧|断|隔离|封|药|还剩|只剩|疫苗|术后")
WEEK = re.compile(
    rf"(?:孕|怀孕|孕期|现)(?:已|已经|有|了|妇)?({NUMBER})\s*(?:多|\+\d?)?(?:周|w)|"
    rf"({NUMBER})\s*(?:多)?周(?:的)?(?:孕妇|身孕)|(\d+) weeks? pregnant"
)
PREGNANT_MONTHS = re.compile(rf"(?:怀孕|孕)(?:已|已经|有|了)?({NUMBER})\s*个?多?月")


@dataclass(frozen=True)
class Household:
    """Slugs of VULNERABILITIES with the words they came from; the age of the oldest and of the youngest in months."""

    vulnerabilities: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    age: int | None = None
    infant_months: int | None = None
    pregnant_week: int | None = None

    @property
    def circumstances(self) -> set[str]:
        """What some red flags depend on."""
        young = self.infant_months is not None and self.infant_months < 3
        return {*self.vulnerabilities, *(["infant_under_3_months"] if young else [])}


def read(text: str) -> Household:
    """From normal text. Negated words ("不是独居") and other people's stories do not count."""
    found: dict[str, str] = {}
    said = {slug: pattern for slug, pattern in SAID_PATTERNS.items() if pattern.search(text)}
    for piece in clauses(text) if said else ():
        for slug, pattern in said.items():
            match = None if slug in found else pattern.search(piece.words)
            if match and _is_so(piece, match):
                found[slug] = match.group()
    age, age_words = _age(text)
    months, months_words = _months(text)
    if age is not None and age >= 80:
        found["over_80"] = age_words
    if months is not None and months < 6:
        found["infant_under_6_months"] = months_words
    week = _week(text)
    if week is not None:
        found.setdefault("pregnant", str(week))
    slugs = [slug for slug in VULNERABILITIES if slug in found]
    return Household(slugs, found | {"age": age_words, "infant_months": months_words}, age, months, week)


def _is_so(piece: Piece, match: re.Match[str]) -> bool:
    return happens(piece, match.start(), match.end(), {"hypothetical_counts": True, "keep_negation_of": None})


def _age(text: str) -> tuple[int | None, str]:
    ages: list[tuple[int, str]] = []
    for pattern in (AGE, NEAR_AGE):
        for match in pattern.finditer(text):
            value = number(match[1])
            if value is not None and 0 < value <= 115:
                ages.append((int(value), match.group()))
    ages += [({"七": 70, "八": 80, "九": 90}.get(m[1] or "", 80), m.group()) for m in DECADE.finditer(text)]
    return max(ages, default=(None, ""))


def _months(text: str) -> tuple[int | None, str]:
    found: list[tuple[int, str]] = []
    for match in MONTHS.finditer(text):
        value = number(next(group for group in match.groups() if group))
        around = text[max(0, match.start() - 3) : match.end()]
        if value is not None and value <= 36 and not NOT_ITS_AGE.search(around):
            found.append((int(value), match.group()))
    for match in DAYS_OLD.finditer(text):
        value = number(next(group for group in match.groups() if group))
        around = text[max(0, match.start() - 3) : match.end() + 3]
        if value is not None and value <= 100 and not re.search(r"孕|断|隔离|封|药|还剩|只剩|没|咳|拉|烧|吐", around):
            found.append((int(value // 30), match.group()))
    for pattern, months in ((NEWBORN, 0), (FULL_MONTH, 1), (UNDER_A_YEAR, 3)):
        if said := pattern.search(text):
            found.append((months, said.group()))
    for match in AGE_AND_HALF.finditer(text):
        value = number(match[1])
        if value is not None and value < 3:
            found.append((int(value) * 12 + 6, match.group()))
    if found:
        return min(found)
    young = [(int((number(m[1]) or 0) * 12), m.group()) for m in AGE.finditer(text) if 0 < (number(m[1]) or 0) <= 3]
    return min(young, default=(None, ""))


def _week(text: str) -> int | None:
    for match in WEEK.finditer(text):
        value = number(next(group for group in match.groups() if group))
        if value is not None and 1 <= value <= 43:
            return int(value)
    for match in PREGNANT_MONTHS.finditer(text):
        value = number(match[1])
        if value is not None and 1 <= value <= 10:
            return int(value * 4.3)
    return None
