"""How long what is there still lasts, or since when it is gone, read from the words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from cases.triage.text import NUMBER, number

UNIT_HOURS = {
    "天": 24,
    "日": 24,
    "周": 168,
    "星期": 168,
    "礼拜": 168,
    "月": 720,
    "小时": 1,
    "钟头": 1,
    "day": 24,
    "week": 168,
}
UNIT_HOURS |= {"hour": 1, "month": 720, "d": 24}
FEED_HOURS = 4.0  # an infant is fed about six times a day
MEAL_HOURS = 8.0
NIGHT_ENDS = time(6)
SPAN = (
    rf"({NUMBER}|几)(?:\s*[-~到至、或]\s*{NUMBER})?\s*(?:个|多)*\s*(天|日(?!期)|周|星期|礼拜|月|小时|"
    rf"钟头|days?|weeks?|hours?|months?)"
)

LEFT = (
    r"(?:(?:大概|大约|最多|也)?(?:还|只|仅|就|剩余?|余|尚)(?:能|可以?|够|剩下?|有|余|可)+(?:再)?|"
    r"剩下?(?:了)?|够|不够|不足|能(?:再)?(?:吃|用|喝|撑|维持|坚持|顶)|"
    r"可(?:以)?(?:再)?(?:吃|用|维持|坚持)|维持|撑(?:到|个)?|坚持|顶多|最多|存量|余量|left for|"
    r"enough for|lasts?(?: for)?)"
)
LEFT_SPAN = re.compile(
    rf"{LEFT}(?:[^\d,。;\n]{{0,8}}?)(?:不到|不足|最多|大概|约|大约|只有|"
    rf"仅有)?{SPAN}(?:[左右]*)(?:的?(?:量|药|用量|口粮|存货|食物|粮|余量))?"
)
SPAN_LEFT = re.compile(
    rf"{SPAN}(?:左右)?(?:后|之后|内|以后)?(?:就|便|要|将|马上|可能)*(?:会|要)*(?:断药|断粮|吃完|用完|"
    rf"没(?:有)?(?:药|了|吃|粮)|喝完|断供|耗尽|断奶)"
)
SPAN_OF = re.compile(rf"{SPAN}的?(?:药?量|药|口粮|存粮|余量|存量)(?:了)?(?=[,。;\s!]|$)")
DAYS_LEFT_EN = re.compile(r"(\d+|one|two|three) (days?|weeks?|hours?) (?:left|of)")
FEEDS = re.compile(
    rf"(?:还|只|仅|就|剩|够|能)[^\d,。]{{0,6}}?({NUMBER})\s*(?:次|顿|餐)(?!饭)(?:奶)?|"
    rf"({NUMBER})\s*(?:次|顿|餐)奶|(\d+|one|two|three)(?: more)? feeds?"
)
MEALS = re.compile(rf"(?:还|只|仅|就|剩|够)[^\d,。]{{0,6}}?({NUMBER})\s*(?:顿|餐)")
PIECES_LEFT = re.compile(
    rf"(?:还剩|只剩|仅剩|剩下?|还有|只有|仅有|就剩)(?:下|了)?[^\d,。;]{{0,6}}?({NUMBER})\s*(片|粒|颗|"
    rf"支|袋|包|贴|针|张|瓶|罐|盒)"
)
PER_DAY = re.compile(
    rf"(?:每|1|一)(?:天|日)\s*(?:服用?|吃|用|打|要|换|次数)*\s*({NUMBER})\s*(次|片|粒|颗|支|袋|包|针|瓶|罐|"
    rf"贴|张)(?:[,\s]*(?:每次|1次|一次)\s*({NUMBER})\s*(?:片|粒|颗|支|袋|包))?"
)
AT_CLOCK = re.compile(
    rf"(今天|今晚|明天|明早)?(凌晨|早上|上午|中午|下午|傍晚|晚上|夜里|今晚|晚)?\s*({NUMBER})\s*(?:点|:00|时)(半)?"
)
CLOCK_CONTEXT = re.compile(r"最后|够到|吃到|用到|撑到|喝到|维持到|坚持到|能到|last")
UNTIL_DAY = (
    (
        re.compile(
            r"最后一(?:袋|包|瓶|支|针|片|顿)[^。;\n]{0,6}今晚|(?:只|仅|刚)?(?:够|能|撑|吃|用|"
            r"维持)[^,。]{0,4}(?:到)?(?:今晚|今夜)|最后一[^,。]{1,6}(?:今晚|"
            r"今夜)|今晚[^,。]{0,8}(?:用完|吃完|喝完|就没|没了|断|最后)|last \w+ tonight"
        ),
        "tonight",
    ),
    (
        re.compile(
            r"(?:够|能|撑|吃|用|维持)[^,。]{0,4}(?:到)?明天|明天[^,。]{0,6}(?:就|要|将|会|全)?(?:断|"
            r"没(?!有?(?:车|人))|吃完|用完|喝完|最后|不够)|tomorrow(?:'s)? (?:only|last)|only (?:for|"
            r"until) tomorrow|最后[^,。]{0,4}明天"
        ),
        "tomorrow",
    ),
    (
        re.compile(
            r"(?:够|能|撑|吃|用|维持)[^,。]{0,4}(?:到)?后天|后天[^,。]{0,6}(?:就|要|将|会|全)?(?:断(?!了)|"
            r"没(?!有?(?:车|人))|吃完|用完|喝完|最后)"
        ),
        "after_tomorrow",
    ),
    (
        re.compile(
            r"(?:够|能|撑|吃|用|维持)[^,。]{0,4}(?:到)?今天|今天[^,。]{0,6}(?:就|要|将|会|全)?(?:断(?!了)|"
            r"吃完|用完|喝完|最后|是最后)|最后一(?:天|片|粒|支|针|顿|次|袋|包|罐|瓶|餐|口|颗)"
        ),
        "today",
    ),
)
NEARLY = re.compile(
    r"(?:快|马上)(?:要)?空了|最后一(?:点|格|小格)|(?:快|即将|马上|将)(?:要)?无(?:药|针|粮|奶)|(?:药|粮|奶|针剂?|奶粉)(?:马上|快|就)?要(?:断|"
    r"没)了?|没(?:有)?几(?:片|粒|天|顿|支)了?|"
    r"(?:快|即将|马上|将要?|就要|面临|临近|濒临|眼看|差不多|要)(?:就|要|会|全)*(?:断药|断粮|断供|"
    r"断货|断奶|停药|没(?:了|有了|药|吃|粮|奶|得)|吃完|用完|喝完|吃光|用光|见底|耗尽|不够|告罄)|"
    r"(?:药|粮|奶粉|食物|菜|尿不湿|存货|库存|余量)[^,。]{0,4}(?:快|即将|马上)(?:要)?(?:没|完|吃完|"
    r"用完|断|见底|不够)|所剩(?:不多|无几)|(?:剩|存)(?:得|的)?(?:不多|很少)|running (?:out|low)|"
    r"almost out"
)
THING = (
    r"(?:药|奶粉|奶|尿布|尿不湿|纸尿裤|尿裤|卫生巾|胰岛素|试纸|针头|米|油|盐|面|菜|肉|粮|水|纸|蔬菜|"
    r"吃的|食物|口粮|存粮|猫粮|狗粮|氧气|煤气)"
)
GONE = r"(?:没有?了|没了|没有啦|吃完|用完|用光|用尽|吃光|喝完|空了|断了|已断|断货|耗尽|殆尽|告罄|告急)"
OUT = re.compile(
    r"(?:已|已经|都|早就|完全|全)?(?:断药|停药|断粮|断供|断奶粉|断炊|断顿|弹尽粮绝|断食|药断|粮断|断水断粮|断油|断针)"
    r"(?:了|已|中|\d|[一二两三四五六七八九十好几半多])?|"
    rf"(?:{THING}|储备|存货|库存|物资)[^,。]{{0,6}}?(?:已经?|都|早就?|全部?|完全|基本)?{GONE}|"
    rf"(?:已|已经|早|家里|现在|都|宝宝|孩子|老人)(?:已|也|都)?(?:没有?|无){THING}|"
    rf"没(?:有)?{THING}(?:了|啦|吃|喝|用|可|[,。;!\s]|$)|"
    r"(?:已|已经|早)(?:没有?|无)任何|没(?:有)?(?:饭吃|东西吃|吃的|奶喝)|无药(?:可|了)|没(?:有)?存药|"
    r"无存(?:药|粮)|一(?:片|粒|点)(?:药)?都?没|"
    r"没(?:有)?(?!人|法|办|车|想|事|用|关系|什么|去|做|转|到|收|发|给|钱|工作|地方|希望|电话|信心|"
    r"必要|意识)[^,。;!?\s]{1,4}了(?!吗)|"
    r"ran out|run out|out of|no (?:medicine|food|formula) left"
)
OUT_SINCE = re.compile(
    rf"(?:断|停|没)(?:药|粮|供|了|吃药|奶粉)?(?:了|已经|已|有|都|快|将近|近|超过)*({NUMBER}|好几|"
    rf"几)\s*(?:个|多)*(天|日|周|星期|礼拜|月)(?!后|内|之后|前)|({NUMBER}|几)\s*(?:个|多)*(天|日|周|"
    rf"星期|礼拜|月)(?:多)?(?:都|已|已经)?(?:没|未|没有)(?:有)?(?:吃到?药|用药|药吃|打针|服药|药了?)|"
    rf"ran out ({NUMBER}|one|two|three|five) (days?|weeks?) ago"
)
NOT_OUT = re.compile(
    r"(?:没有?|未|不|别|不能|不可|不敢|无法|避免|以免|防止|怕|担心|不想|勿|严禁)(?:随意|轻易|能|再|"
    r"要|会|敢|可以|得)?$"
)
SOON = re.compile(r"(?:快要?|即将|马上|将要?|就要|面临|临近|濒临|要|会|天后就?|天就|明天就?|后天就?|可能|后)$")
ENGLISH = {"one": 1.0, "two": 2.0, "three": 3.0, "five": 5.0}


@dataclass(frozen=True)
class Supply:
    """`ends_at` when an end can be reckoned; `ran_out` when it is said to be gone (`out_since` with it); else maybe near."""

    ends_at: datetime | None = None
    ran_out: bool = False
    out_since: datetime | None = None
    nearly_out: bool = False
    words: str = ""


def read(text: str, *, at: datetime, infant: bool = False) -> Supply:
    """From normal text, as said at `at`. The earliest end counts when several things last differently long."""
    ends = [*_spans(text, at), *_feeds(text, at, infant), *_pieces(text, at), *_days(text, at)]
    clock = _clock(text, at)
    if clock:
        ends = [clock]
    out, out_words = _out(text)
    since, since_words = _since(text, at)
    if since or out:
        # Something is gone already; what else still lasts does not make that better.
        return Supply(None, True, since, False, since_words or out_words)
    if ends:
        ends_at, words = min(ends)
        return Supply(ends_at, words=words)
    near = NEARLY.search(text)
    return Supply(nearly_out=bool(near), words=near.group() if near else "")


def _value(words: str | None) -> float | None:
    if words in ENGLISH:
        return ENGLISH[words]
    return 3.0 if words in ("几", "好几") else number(words or "")


def _unit(words: str) -> float:
    return UNIT_HOURS[words.rstrip("s")]


def _spans(text: str, at: datetime) -> list[tuple[datetime, str]]:
    found = []
    for pattern in (LEFT_SPAN, SPAN_LEFT, SPAN_OF, DAYS_LEFT_EN):
        for match in pattern.finditer(text):
            value = _value(match[1])
            before = text[max(0, match.start() - 6) : match.start()]
            if value is None or (re.search(r"需要?|求|购买?|配|开|想要|一共|隔离|封", before) and pattern is SPAN_OF):
                continue
            hours = value * _unit(match[2])
            if hours <= 24 * 92:
                found.append((at + timedelta(hours=hours), match.group()))
    return found


def _feeds(text: str, at: datetime, infant: bool) -> list[tuple[datetime, str]]:
    for pattern, hours in ((FEEDS, FEED_HOURS if infant else MEAL_HOURS), (MEALS, MEAL_HOURS)):
        match = pattern.search(text)
        value = _value(next((group for group in match.groups() if group), None)) if match else None
        if match and value is not None and value <= 60:
            return [(at + timedelta(hours=value * hours), match.group())]
    return []


def _pieces(text: str, at: datetime) -> list[tuple[datetime, str]]:
    left, dose = PIECES_LEFT.search(text), PER_DAY.search(text)
    count = _value(left[1]) if left else None
    if not left or not dose or not count:
        return []
    a_day = (_value(dose[1]) or 1) * (_value(dose[3]) or 1 if dose[3] else 1)
    return [(at + timedelta(days=count / a_day), f"{left.group()} · {dose.group()}")]


def _days(text: str, at: datetime) -> list[tuple[datetime, str]]:
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = {
        "today": midnight + timedelta(days=1),
        "tonight": midnight + timedelta(days=1, hours=NIGHT_ENDS.hour),
        "tomorrow": midnight + timedelta(days=2),
        "after_tomorrow": midnight + timedelta(days=3),
    }
    for pattern, day in UNTIL_DAY:
        if match := pattern.search(text):
            return [(ends[day], match.group())]
    return []


def _clock(text: str, at: datetime) -> tuple[datetime, str] | None:
    """ "最后一顿晚上8点": a time of day beside words that say it is the last."""
    for match in AT_CLOCK.finditer(text):
        value = number(match[3])
        before = text[max(0, match.start() - 8) : match.start()]
        if value is None or not 0 <= value <= 24 or not CLOCK_CONTEXT.search(before):
            continue
        part = match[2] or ""
        hour = int(value) + (12 if value < 12 and part in ("下午", "傍晚", "晚上", "夜里", "今晚", "晚") else 0)
        local = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
        end = local + timedelta(hours=hour, minutes=30 if match[4] else 0)
        later = match[1] in ("明天", "明早") or end <= at
        return end + timedelta(days=1 if later else 0), text[max(0, match.start() - 8) : match.end()].strip(" ,。")
    return None


def _out(text: str) -> tuple[bool, str]:
    for match in OUT.finditer(text):
        before = text[max(0, match.start() - 6) : match.start()]
        said = match.group()
        soon = SOON.search(before) or re.search(r"(?:快|即将|马上|要|将|就)(?:要)?(?:没|断|吃|用|喝)", said)
        if not soon and not NOT_OUT.search(before):
            return True, said
    return False, ""


def _since(text: str, at: datetime) -> tuple[datetime | None, str]:
    for match in OUT_SINCE.finditer(text):
        groups = [group for group in match.groups() if group]
        value = _value(groups[0])
        before = text[max(0, match.start() - 6) : match.start()]
        if value is None or SOON.search(before) or NOT_OUT.search(before):
            continue
        return at - timedelta(hours=value * _unit(groups[1])), match.group()
    return None, ""
