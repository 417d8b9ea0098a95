"""A cell as a value, or in words why not: what spreadsheets make of telephones, dates and numbers is undone or said."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from cases import people
from cases.models import Category, District
from cases.models.case import Case
from cases.models.place import ZoneTier
from cases.triage import VULNERABILITIES

ROUNDED = re.compile(r"(\d)(?:\.(\d+))?E\+?(\d{1,2})", re.IGNORECASE)
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+(.*))?")
CLOCK = re.compile(r"(\d{1,2})[::](\d{2})(?:[::]\d{2}(?:\.\d+)?)?")
SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
DAYS_LEFT = re.compile(r"(\d{1,3}|[一二两三四五六七八九十])\s*(?:天|日|days?)", re.IGNORECASE)
SPREADSHEET_DAY_0 = datetime(1899, 12, 30)  # noqa: DTZ001 as a spreadsheet counts, without a zone
EARLIEST_YEAR = 2000
YES = {"是", "有", "对", "要", "需要", "√", "y", "yes", "true", "1", "1.0"}
NO = {"否", "无", "没有", "不", "不要", "不需要", "×", "x", "n", "no", "false", "0", "0.0", ""}
CHINESE_DIGITS = {sign: n for n, sign in enumerate("零一二三四五六七八九十")} | {"两": 2}


class BadCell(ValueError):
    """Why a cell cannot be taken, in words for whoever filled it in."""


def clean(words: str) -> str:
    """The cell without what spreadsheets and input methods put around it."""
    return unicodedata.normalize("NFKC", words).strip().removeprefix("'").strip()


def text(longest: int) -> Any:
    """Words of at most so many signs."""

    def read(words: str) -> str:
        if len(words) > longest:
            raise BadCell(
                _("has %(n)d signs, at most %(most)d are kept: shorten it") % {"n": len(words), "most": longest}
            )
        return words

    return read


def phone(words: str) -> str:
    """E.164. A number that a spreadsheet has rounded is refused: its last digits are lost."""
    if not words:
        return ""
    rounded = ROUNDED.fullmatch(words.replace(" ", ""))
    if rounded:
        digits, power = rounded[1] + (rounded[2] or ""), int(rounded[3])
        if len(digits) != power + 1:
            raise BadCell(
                _("the spreadsheet has rounded the number to %s: format the column as text and enter it again") % words
            )
        words = digits
    words = re.sub(r"\.0+$", "", words)
    if re.fullmatch(r"86\d{10,11}", words):
        words = f"+{words}"
    number = people.e164(words)
    if not number or not people.can_be_dialled(number):
        raise BadCell(_("“%s” is no telephone number that can be dialled") % words)
    if number.startswith("+861") and len(number) != len("+8613800000000"):
        raise BadCell(_("“%s” has not eleven digits") % words)
    return number


def moment(words: str) -> datetime | None:
    """A time of the city: 2022-04-05 10:30, 2022/4/5, 2022年4月5日, or a spreadsheet's own count of days."""
    if not words:
        return None
    at = _moment(words)
    if at.year in (1899, 1900, 1904, 1970):
        raise BadCell(_("%s is what a program writes when it does not know the day: leave the cell empty") % words)
    if at.year < EARLIEST_YEAR or at.year > timezone.localdate().year + 2:
        raise BadCell(_("the year of %s cannot be right") % words)
    return timezone.make_aware(at) if timezone.is_naive(at) else at


def _moment(words: str) -> datetime:
    if SERIAL.fullmatch(words):
        return SPREADSHEET_DAY_0 + timedelta(days=float(words))
    try:
        exact = parse_datetime(words)
        if exact is not None:
            return exact
        found = DAY.fullmatch(words)
        if not found:
            raise ValueError
        day = date(int(found[1]), int(found[2]), int(found[3]))
        clock = CLOCK.fullmatch((found[4] or "0:00").strip())
        if not clock:
            raise ValueError
        return datetime.combine(day, time(int(clock[1]), int(clock[2])))
    except ValueError as wrong:
        raise BadCell(_("“%s” is no day: write 2022-04-05 or 2022-04-05 10:30") % words) from wrong


def past(words: str) -> datetime | None:
    """A time that has been."""
    at = moment(words)
    if at and at > timezone.now():
        raise BadCell(_("%s lies in the future") % words)
    return at


def left(words: str) -> datetime | timedelta | None:
    """When supplies end: a day, or so many days ("2", "两天") from when the case came."""
    if not words:
        return None
    days = DAYS_LEFT.fullmatch(words)
    if days or re.fullmatch(r"\d{1,2}", words):
        said = days[1] if days else words
        return timedelta(days=int(said) if said.isdecimal() else CHINESE_DIGITS[said])
    return moment(words)


def clock(words: str) -> time | None:
    """A time of the day: 08:30, or the part of a day that a spreadsheet makes of it."""
    if not words:
        return None
    if re.fullmatch(r"0?\.\d+", words):
        minutes = round(float(words) * 24 * 60) % (24 * 60)
        return time(minutes // 60, minutes % 60)
    found = CLOCK.search(words)
    try:
        if found:
            return time(int(found[1]), int(found[2]))
    except ValueError:
        pass
    raise BadCell(_("“%s” is no time of the day: write 08:30") % words)


def amount(words: str) -> str:
    """A quantity above 0, as the intake form takes it."""
    if not words:
        return ""
    try:
        value = float(words)
    except ValueError as wrong:
        raise BadCell(_("“%s” is no number: put the unit into its own column") % words) from wrong
    if not 0 < value < 1_000_000:
        raise BadCell(_("%s cannot be a quantity") % words)
    return f"{value:g}"


def number(least: float, most: float) -> Any:
    """A number within these."""

    def read(words: str) -> float | None:
        if not words:
            return None
        try:
            value = float(words)
        except ValueError as wrong:
            raise BadCell(_("“%s” is no number") % words) from wrong
        if not least <= value <= most:
            raise BadCell(
                _("%(value)s lies outside %(least)g to %(most)g") % {"value": words, "least": least, "most": most}
            )
        return value

    return read


def birth_year(words: str) -> int | None:
    """1938, or the whole day of birth."""
    if not words:
        return None
    found = re.match(r"(\d{4})(?:\.0)?(?!\d)", words)
    this_year = timezone.localdate().year
    if not found or not this_year - 130 <= int(found[1]) <= this_year:
        raise BadCell(_("“%s” is no year of birth: write 1938") % words)
    return int(found[1])


def yes(words: str) -> bool:
    said = words.casefold()
    if said in YES:
        return True
    if said in NO:
        return False
    raise BadCell(_("“%s” is neither yes nor no") % words)


def district(words: str) -> District | None:
    """By name (浦东新区, 浦东), by its English or short name."""
    if not words:
        return None
    said = words.casefold()
    for each in District.objects.all():
        names = {
            each.name,
            each.slug,
            each.name_en.casefold(),
            *(each.name.removesuffix(end) for end in ("新区", "区", "县")),
        }
        if said in names:
            return each
    raise BadCell(_("no district is called “%s”") % words)


def category(words: str) -> Category | None:
    if not words:
        return None
    said = words.casefold()
    known = list(Category.objects.order_by("order", "slug"))
    for each in known:
        if said in (each.slug, each.name.casefold(), each.name_en.casefold()):
            return each
    names = ", ".join(each.name for each in known)
    raise BadCell(_("no category is called “%(words)s”; there are: %(names)s") % {"words": words, "names": names})


def level(words: str) -> int | None:
    """1 to 5, or its word."""
    if not words:
        return None
    found = re.match(r"([1-5])(?:\.0)?(?!\d)", words)
    if found:
        return int(found[1])
    for value, name in Case.Level.choices:
        if words.casefold() == str(name).casefold():
            return value
    raise BadCell(_("“%s” is no level: write 1 to 5") % words)


def zone(words: str) -> str:
    """A zone tier by its slug or the first words of its name in either language (封控区, 封控, lockdown)."""
    if not words:
        return ""
    chinese = {"封控": "lockdown", "管控": "control", "防范": "precaution"}
    if words[:2] in chinese:
        return chinese[words[:2]]
    for value, name in ZoneTier.choices:
        if value and words.casefold() in (value, str(name).casefold()):
            return str(value)
    raise BadCell(_("“%s” is no zone tier: lockdown, control or precaution") % words)


def household(words: str) -> list[str]:
    """Vulnerabilities, by slug or name, separated by commas or spaces of any kind."""
    names = {str(name).casefold(): slug for slug, name in VULNERABILITIES.items()} | IN_CHINESE
    found: list[str] = []
    unknown: list[str] = []
    for part in re.split(r"[,;、；/]+", words):
        said = part.strip().casefold()
        if not said:
            continue
        slug = said if said in VULNERABILITIES else names.get(said)
        if slug:
            found.append(slug)
        else:
            unknown.append(part.strip())
    if unknown:
        raise BadCell(_("not known: %s") % ", ".join(unknown))
    return sorted(set(found))


# What people write in lists, whatever the language of the page.
IN_CHINESE = {
    "半岁以下": "infant_under_6_months",
    "婴儿": "infant_under_6_months",
    "孕妇": "pregnant",
    "80岁以上": "over_80",
    "高龄": "over_80",
    "独居": "lives_alone",
    "卧床": "bedridden",
    "胰岛素": "insulin",
    "透析": "dialysis",
    "吸氧": "oxygen_at_home",
    "化疗": "chemotherapy",
    "残疾": "disability",
}
