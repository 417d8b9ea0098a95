"""Cases in: lists that committees and other entries hand over. Cases out: what was asked and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import intake, masking, triage, updates
from cases.exchange import values
from cases.exchange.cells import AT_ONCE, at, dialled, house
from cases.exchange.kinds import BadRow, Column, Kind, Part, register
from cases.lifecycle import FINAL_STATES
from cases.models import Case, Export, Import, Need, Phone
from hotline.locks import hold_number

NUMBERS = ("电话", "手机", "手机号", "联系电话", "联系方式")
COLUMNS = (
    Column("reference", gettext_lazy("their number"), ("编号", "序号编号", "登记号"), values.text(60), example="A-0001"),
    Column("name", gettext_lazy("name of the person"), ("姓名", "求助人", "联系人"), values.text(60), example="王秀英"),
    Column("phone", gettext_lazy("telephone"), NUMBERS, values.phone, example="13800001111"),
    Column("reporter_name", gettext_lazy("asked for by"), ("代为求助", "登记人"), values.text(60)),
    Column("reporter_phone", gettext_lazy("telephone of who asks"), ("登记人电话",), values.phone),
    Column("relation", gettext_lazy("relation"), ("关系",), values.text(40)),
    Column("district", gettext_lazy("district"), ("区", "行政区"), values.district, example="杨浦区"),
    Column("community", gettext_lazy("community"), ("小区", "小区名称"), values.text(80), example="杏林新村"),
    Column("building", gettext_lazy("building"), ("楼栋", "楼号"), values.text(30), example="3"),
    Column("room", gettext_lazy("room"), ("室", "房间", "门牌"), values.text(30), example="502"),
    Column("address", gettext_lazy("address as said"), ("地址", "详细地址"), values.text(300)),
    Column("category", gettext_lazy("category"), ("类别", "分类"), values.category),
    Column("level", gettext_lazy("level"), ("紧急程度", "等级"), values.level),
    Column("words", gettext_lazy("words"), ("内容", "求助内容", "描述", "需求"), values.text(4000), example="胰岛素只剩两天"),
    Column("item", gettext_lazy("item"), ("物品", "药品", "药名"), values.text(120), example="胰岛素笔芯"),
    Column("brand", gettext_lazy("brand"), ("品牌",), values.text(80)),
    Column("specification", gettext_lazy("strength or specification"), ("规格",), values.text(80), example="3ml:300单位"),
    Column("quantity", gettext_lazy("quantity asked"), ("数量",), values.amount, example="2"),
    Column("unit", gettext_lazy("unit"), ("单位",), values.text(20), example="支"),
    Column("left_until", gettext_lazy("supply left until"), ("剩余天数", "余量到", "还剩"), values.left, example="2 天"),
    Column("prescription", gettext_lazy("prescription needed"), ("处方",), values.yes, example="是"),
    Column("household", gettext_lazy("vulnerabilities"), ("特殊情况", "人群"), values.household, example="独居,胰岛素"),
    Column("language", gettext_lazy("language"), (), values.text(10)),
    Column("came_at", gettext_lazy("came"), ("登记时间", "求助时间", "时间", "日期"), values.past, example="2022-04-05 10:30"),
)  # fmt: skip


def load(row: Mapping[str, Any], job: Import, key: str) -> bool:
    """One case in the queue, judged as any other; False when this row has made its case before."""
    if not row.get("words") and not row.get("item"):
        raise BadRow(("words", _("says nothing: fill in the words or the item")))
    number = row.get("reporter_phone") or row.get("phone") or ""
    hold_number(number or key)
    if Case.objects.filter(intake_key=key).exists():
        return False
    at: datetime = row.get("came_at") or timezone.now()
    case = intake.from_outside(_form(row, at), line=job.line, key=key, channel=Case.Channel.IMPORT, created_at=at)
    if job.tell:
        updates.tell(case, "received")
    return True


def _form(row: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The row in the structure of the intake form."""
    district, left = row.get("district"), row.get("left_until")
    ends_at = at + left if isinstance(left, timedelta) else left
    for_other = row.get("reporter_name") or row.get("reporter_phone")
    caller = {"name": row.get("name", ""), "number": row.get("phone", "")}
    if for_other:
        caller = {"name": row.get("reporter_name", ""), "number": row.get("reporter_phone", "")}
    need = {name: row.get(name, "") for name in ("item", "brand", "specification", "quantity", "unit")} | {
        "prescription": "yes" if row.get("prescription") else "",
        "left_until": ends_at.isoformat() if ends_at else "",
    }
    category, level = row.get("category"), row.get("level")
    return {
        "caller": caller,
        "for_whom": "other" if for_other else "caller",
        "person": {"name": row.get("name", ""), "number": row.get("phone", "")} if for_other else {},
        "relation": row.get("relation", ""),
        "language": row.get("language", ""),
        "words": row.get("words") or "",
        "address": {
            "district": str(district.pk) if district else "",
            "community_name": row.get("community", ""),
            "building": row.get("building", ""),
            "room": row.get("room", ""),
            "said": row.get("address", ""),
        },
        "household": row.get("household") or [],
        "category": category.slug if category else "",
        "level": str(level) if level else "",
        "level_reason": _("as the list says") if level else "",
        "needs": [need] if row.get("item") else [],
    }


# out

TITLES = (
    gettext_lazy("number"), gettext_lazy("state"), gettext_lazy("level"), gettext_lazy("category"), gettext_lazy("came by"),
    gettext_lazy("came"), gettext_lazy("name of the person"), gettext_lazy("telephone"), gettext_lazy("district"),
    gettext_lazy("community"), gettext_lazy("building"), gettext_lazy("room"), gettext_lazy("words"), gettext_lazy("needs"),
    gettext_lazy("vulnerabilities"), gettext_lazy("supply ends"), gettext_lazy("needed by"), gettext_lazy("next step"),
    gettext_lazy("next step due"), gettext_lazy("agent"), gettext_lazy("first contact"), gettext_lazy("decided"),
    gettext_lazy("delivered"), gettext_lazy("ended"), gettext_lazy("promised from"), gettext_lazy("promised until"),
    gettext_lazy("promise kept"), gettext_lazy("outcome"), gettext_lazy("note on the outcome"), gettext_lazy("their number"),
)  # fmt: skip
FIELDS = (
    "pk", "state", "level", "category_id", "channel", "created_at", "person_id", "person__name", "district_id",
    "address__community__name", "address__building", "address__room", "words", "vulnerabilities", "supply_ends_at",
    "needed_by", "next_step", "due_at", "owner_agent_id", "contacted_at", "decided_at", "delivered_at", "closed_at",
    "promised_from", "promised_until", "promise_kept", "outcome", "outcome_note", "intake_key",
)  # fmt: skip


def wanted(export: Export) -> QuerySet[Case]:
    """The cases an export is about."""
    found = Case.objects.all()
    first, last = (parse_date(export.filters.get(name) or "") for name in ("first", "last"))
    zone = timezone.get_current_timezone()
    if first:
        found = found.filter(created_at__gte=datetime.combine(first, datetime.min.time(), zone))
    if last:
        found = found.filter(created_at__lt=datetime.combine(last + timedelta(days=1), datetime.min.time(), zone))
    return found.exclude(state__in=FINAL_STATES) if export.filters.get("open") else found


def count(export: Export) -> int:
    return wanted(export).order_by().count()


def write(export: Export, after: int) -> Iterator[Part]:
    """In the order of their numbers, by parts: three queries each, whatever their number."""
    names = _Names()
    found = wanted(export).order_by("pk")
    while True:
        cases = list(found.filter(pk__gt=after).values_list(*FIELDS)[:AT_ONCE])
        if not cases:
            return
        after = cases[-1][0]
        pks, people = [case[0] for case in cases], {case[6] for case in cases}
        needs: dict[int, list[str]] = {}
        for need in (
            Need.objects.filter(case__in=pks)
            .order_by("pk")
            .only("case_id", "item", "specification", "quantity", "approved", "unit")
        ):
            needs.setdefault(need.case_id, []).append(str(need))
        numbers: dict[int, str] = {}
        for resident, number in (
            Phone.objects.filter(resident__in=people).order_by("preferred", "-pk").values_list("resident_id", "number")
        ):
            numbers[resident] = str(number)
        yield Part([_row(case, needs, numbers, names, export.unmasked) for case in cases], after)


class _Names:
    """Names of the few things that many cases share, read once."""

    def __init__(self) -> None:
        from cases.models import Category, District
        from hotline.models import User

        self.category = dict(Category.objects.values_list("pk", "name"))
        self.district = dict(District.objects.values_list("pk", "name"))
        self.agent = {user.pk: str(user) for user in User.objects.only("name", "username")}
        self.state, self.level = _words(Case.State), _words(Case.Level)
        self.channel, self.step, self.outcome = _words(Case.Channel), _words(Case.Step), _words(Case.Outcome)
        self.household = {slug: str(words) for slug, words in triage.VULNERABILITIES.items()}


def _words(choices: Any) -> dict[Any, str]:
    return {value: str(words) for value, words in choices.choices}


def _row(
    case: tuple[Any, ...], needs: dict[int, list[str]], numbers: dict[int, str], names: _Names, unmasked: bool
) -> list[Any]:
    (pk, state, level, category, channel, came, person, name, district, community, building, room, words, household,
     supply, needed, step, due, agent, contacted, decided, delivered, closed, p_from, p_until, kept, outcome, note,
     key) = case  # fmt: skip
    number = numbers.get(person, "")
    return [
        str(100_000 + pk),
        names.state[state],
        f"{level} {names.level[level]}",
        names.category.get(category, ""),
        names.channel[channel],
        at(came),
        (name if unmasked else masking.name(name or "")) or "",
        dialled(number) if unmasked else masking.phone(number),
        names.district.get(district, ""),
        community or "",
        *house(building, room, unmasked),
        words if unmasked else "",
        "; ".join(needs.get(pk, ())),
        ", ".join(names.household.get(slug, slug) for slug in household),
        *map(at, (supply, needed)),
        names.step.get(step, "") if step else "",
        at(due),
        names.agent.get(agent, ""),
        *map(at, (contacted, decided, delivered, closed, p_from, p_until)),
        "" if kept is None else (_("yes") if kept else _("no")),
        names.outcome.get(outcome, "") if outcome else "",
        note if unmasked else "",
        key.partition("#")[2] if key and key.startswith("import:") else "",
    ]


KIND = register(Kind("cases", gettext_lazy("cases"), COLUMNS, load, TITLES, write, count, has_days=True, personal=True))
